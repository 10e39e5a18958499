import { useState } from 'react';
import type { Session, SyncEngine } from '@syncline/core';
import { deviceTypeName } from '@syncline/protocol';
import { Dialog } from './dialog.tsx';
import { decisionProblem, discardWords } from './discard-words.ts';
import { Icon, type IconName } from './icons.tsx';
import { detailWords, endProblem } from './problem-words.ts';
import { SessionChanges } from './session-changes.tsx';
import { SessionDialog } from './session-dialog.tsx';
import { STATES } from './status-words.ts';
import { useOneAtATime } from './use-one-at-a-time.ts';
import { clockNote, dateWords, lengthWords, span } from './words.ts';

const STATE_ICONS: Readonly<Record<Session['state'], IconName>> = {
  running: 'clock', queued: 'clock', sending: 'up', confirmed: 'check', parked: 'alert', cancelled: 'cross', deleted: 'cross',
};

interface RowProps {
  readonly engine: SyncEngine;
  readonly session: Session;
  /** In server time. */
  readonly now: number;
}

export function SessionRow({ engine, session, now }: RowProps) {
  const { id, state, pending, displayId, conflictId, category, project, note, duration } = session;
  const slept = clockNote(session.clock);
  const isElsewhere = session.deviceId !== null && session.deviceId !== engine.deviceId;
  return (
    <li tabIndex={-1} data-session-id={id} data-state={state} className="session">
      <span className="when">{span(session)}<span className="note">{lengthWords(duration ?? 0)}</span></span>
      <span className="what"><strong>{category}</strong> <span className="muted">{project}</span>{note !== '' && <span className="note">{note}</span>}{session.tags.length > 0 && <Tags tags={session.tags} />}{slept !== null && <span className="note">{slept}</span>}{isElsewhere && <span className="note">{session.source === 'web_timer' ? 'Another web timer' : deviceTypeName(session.source)}</span>}</span>
      <span className="states">
        {conflictId !== null && <a className="state parked" href="#overlaps"><Icon name="overlap" />Overlaps</a>}
        <span className={`state ${state}`}><Icon name={STATE_ICONS[state]} />{STATES[state]}{state === 'cancelled' && pending && ', waiting to send'}</span>
        {displayId !== null && <span className="note">No. {displayId}</span>}
      </span>
      <SessionChanges engine={engine} session={session} isOffered={whyUndecided(session, now) === null} />
      <Undecided engine={engine} session={session} now={now} />
    </li>
  );
}

function Tags({ tags }: { readonly tags: readonly string[] }) {
  return <ul className="tags" aria-label="Tags">{tags.map((tag) => <li key={tag}>{tag}</li>)}</ul>;
}

/** What keeps a session from the server until a person does something about it; null when nothing does. */
function whyUndecided({ state, parked, endTime }: Session, now: number): string | null {
  if (parked !== null) return `The server refused it: ${sentence(parked.message)} ${detailWords(parked.details)}`;
  const isTooEarly = state === 'queued' && endTime !== null && endProblem(endTime, now) !== null;
  return isTooEarly ? `It ends in the future and is sent then, on ${dateWords(endTime)}. If a time is wrong, change it.` : null;
}

/** Why it waits for a person, and what that person can do. */
function Undecided({ engine, session, now }: RowProps) {
  const { id, parked, startTime, endTime, category, project, note } = session;
  const [asking, setAsking] = useState<'edit' | 'discard' | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const ask = (what: 'edit' | 'discard' | null): void => {
    setProblem(null);
    setAsking(what);
  };
  const close = (): void => ask(null);
  const once = useOneAtATime();
  const attempt = (action: () => Promise<unknown>): void => once(() => action().then(close, (error: unknown) => setProblem(decisionProblem(error))));
  const why = whyUndecided(session, now);
  const discarding = discardWords(session);
  // It may be on its way again, or there: what a person is typing must not go away for that.
  if (why === null && asking === null) return null;
  return (
    <div className={parked === null ? 'decide early' : 'decide'}>
      {why !== null && <p>{why}</p>}
      {/* What stands behind an open dialog is neither seen nor heard. */}
      {problem !== null && asking === null && <p className="problem" role="alert">{problem}</p>}
      <div className="actions">
        <button onClick={() => ask('edit')}>Edit…</button>
        {parked !== null && <button onClick={() => attempt(() => engine.sessions.retry(id))}>Try again</button>}
        <button className="quiet" onClick={() => ask('discard')}>Discard…</button>
      </div>
      {asking === 'edit' && endTime !== null && (
        <SessionDialog title="Change the session" action="Save and send" known={{ startTime, endTime, category, project, note }} onSave={(changes) => engine.sessions.retry(id, changes)} onClose={close} />
      )}
      {asking === 'discard' && (
        <Dialog title={discarding.title} onClose={close}>
          <p>{category}, {span(session)}. {discarding.text}</p>
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
