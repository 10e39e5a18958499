import { useState } from 'react';
import type { Session, SyncEngine } from '@syncline/core';
import { Dialog } from './dialog.tsx';
import { decisionProblem, discardWords, needsNewId } from './discard-words.ts';
import { detailWords, endProblem } from './problem-words.ts';
import { recordAnew } from './record-anew.ts';
import { changesOf } from './session-changes.tsx';
import { SessionDialog, type SessionInput } from './session-dialog.tsx';
import { useUndo } from './undo-notice.tsx';
import { useOneAtATime } from './use-one-at-a-time.ts';
import { dateWords, span } from './words.ts';

/** What keeps a session from the server until a person does something about it; null when nothing does. */
export function whyUndecided({ state, parked, displayId, endTime }: Session, now: number): string | null {
  if (parked !== null) {
    const refused = `The server refused it: ${sentence(parked.message)} ${detailWords(parked.details)}`.trim();
    return needsNewId({ parked, displayId }) ? `${refused} Recorded anew, it gets an id of its own.` : refused;
  }
  const isTooEarly = state === 'queued' && endTime !== null && endProblem(endTime, now) !== null;
  return isTooEarly ? `It ends in the future and is sent then, on ${dateWords(endTime)}. If a time is wrong, change it.` : null;
}

interface UndecidedProps {
  readonly engine: SyncEngine;
  readonly session: Session;
  /** In server time. */
  readonly now: number;
}

/** Why it waits for a person, and what that person can do. */
export function Undecided({ engine, session, now }: UndecidedProps) {
  const { id, parked, category } = session;
  /** With the session as it was when its dialog opened. */
  const [asking, setAsking] = useState<{ readonly what: 'edit' | 'anew' | 'discard'; readonly before: Session } | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const ask = (what: 'edit' | 'anew' | 'discard'): void => {
    setProblem(null);
    setAsking({ what, before: session });
  };
  const close = (): void => {
    setProblem(null);
    setAsking(null);
  };
  const say = useUndo();
  const once = useOneAtATime();
  const attempt = (action: () => Promise<unknown>): void => once(() => action().then(close, (error: unknown) => setProblem(decisionProblem(error))));
  const why = whyUndecided(session, now);
  const about = `${category}, ${span(session)}`;
  const discarding = discardWords(session);
  const isTaken = needsNewId(session);
  const sendChanged = async (input: SessionInput): Promise<void> => {
    if (asking === null) return;
    const { before } = asking;
    await engine.sessions.retry(id, { ...changesOf(before, input), ...(input.note === before.note ? {} : { note: input.note }) });
  };
  const keepAnew = async (input: SessionInput): Promise<void> => {
    const made = await recordAnew(engine.sessions, session, input);
    say({ text: `Recorded anew: ${made.category}, ${span(made)}.${made.conflictId === null ? '' : ' It overlaps another session; see Overlaps.'}` });
  };
  const known = asking === null || asking.before.endTime === null ? null : { ...asking.before, endTime: asking.before.endTime };
  // It may be on its way again, or there: what a person is typing must not go away for that.
  if (why === null && asking === null) return null;
  return (
    <div className={parked === null ? 'decide early' : 'decide'}>
      {why !== null && <p>{why}</p>}
      {/* What stands behind an open dialog is neither seen nor heard. */}
      {problem !== null && asking === null && <p className="problem" role="alert">{problem}</p>}
      <div className="actions">
        {isTaken
          ? <button aria-label={`Record anew ${about}`} onClick={() => ask('anew')}>Record anew…</button>
          : <button aria-label={`Edit ${about}`} onClick={() => ask('edit')}>Edit…</button>}
        {parked !== null && !isTaken && <button aria-label={`Try again ${about}`} onClick={() => attempt(() => engine.sessions.retry(id))}>Try again</button>}
        <button className="quiet" aria-label={`Discard ${about}`} onClick={() => ask('discard')}>Discard…</button>
      </div>
      {asking?.what === 'edit' && known !== null && (
        <SessionDialog title="Change the session" action="Save and send" known={known} onSave={sendChanged} onClose={close} />
      )}
      {asking?.what === 'anew' && known !== null && (
        <SessionDialog title="Record the session anew" action="Record anew" known={known} onSave={keepAnew} onClose={close} />
      )}
      {asking?.what === 'discard' && (
        <Dialog title={discarding.title} onClose={close}>
          <p>{about}. {discarding.text}</p>
          {problem !== null && <p className="problem" role="alert">{problem}</p>}
          <div className="actions">
            <button className="primary danger" onClick={() => attempt(() => engine.sessions.discard(id))}>Yes, discard it</button>
            <button className="quiet" onClick={close}>Keep it</button>
          </div>
        </Dialog>
      )}
    </div>
  );
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
