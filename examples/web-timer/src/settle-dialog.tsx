import { Fragment, useState } from 'react';
import type { ConflictChoice, ResolutionPlan, Session, Settlement, SyncEngine } from '@syncline/core';
import type { Conflict } from '@syncline/protocol';
import { Dialog } from './dialog.tsx';
import { isOffered, settleProblem, summaryWords, UNSUPPORTED, type Way, waysFor } from './settle-words.ts';
import { SettlePreview } from './settle-preview.tsx';
import { type ChoiceAnswers, choiceKey, useAnswers } from './use-answers.ts';
import { WayOption } from './way-option.tsx';
import { dayWords, sessionName, span } from './words.ts';

/** So many sessions of one overlap are offered one by one; the rest can be kept or merged together. */
const OFFERED = 30;

interface SettleDialogProps {
  readonly engine: SyncEngine;
  readonly conflict: Conflict;
  readonly known: ReadonlyMap<string, Session>;
  readonly now: number;
  readonly whereOf: (session: Session) => string;
  readonly onSettled: (settlement: Settlement) => void;
  readonly onClose: () => void;
}

/** All ways to settle an overlap, and what the chosen one would change. Nothing changes until it is applied. */
export function SettleDialog({ engine, conflict, known, now, whereOf, onSettled, onClose }: SettleDialogProps) {
  const ids = conflict.sessionIds.slice(0, OFFERED);
  const ways = waysFor(conflict.sessionIds.length);
  const [round, setRound] = useState(0);
  const answers = useAnswers(engine, conflict.id, ways.flatMap((way) => choicesOf(way, ids)), round);
  const [kind, setKind] = useState<Way['kind'] | null>(null);
  const [picked, setPicked] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const plan = kind === null || answers === null ? null : planOf(ways, kind, picked, ids, answers);
  const apply = (chosen: ResolutionPlan): void =>
    void engine.conflicts.resolve(chosen).then(onSettled, (error: unknown) => (setProblem(settleProblem(error)), setRound(round + 1)));
  const nameOf = (id: string): string => {
    const session = known.get(id);
    return session === undefined ? 'The other part' : sessionName(session);
  };
  const options = ids.map((id) => ({ id, words: optionWords(known.get(id), now, whereOf) }));
  const isUnsupported = answers !== null && [...answers.values()].every((answer) => !isOffered(answer) && answer.why === UNSUPPORTED);
  return (
    <Dialog title="Settle this overlap" onClose={onClose} isWide>
      {isUnsupported ? <p role="alert">{UNSUPPORTED}</p> : (
        <>
          <fieldset className="ways">
            <legend>What should become of them?</legend>
            {plan === null && <p className="effect muted">Choose one to see what it would change. Nothing changes until you apply it, and you can take it back.</p>}
            {ways.map((way) => (
              <Fragment key={way.kind}>
                <WayOption way={way} options={options} answers={answers} isChosen={kind === way.kind} picked={picked} onChoose={(session) => (setKind(way.kind), setPicked(session))} />
                {/* Read right after what was chosen, and on a narrow screen seen there, too. */}
                {plan !== null && kind === way.kind && <div className="effect"><SettlePreview preview={plan.preview} nameOf={nameOf} now={now} /></div>}
              </Fragment>
            ))}
            {ids.length < conflict.sessionIds.length && <p className="note">The first {OFFERED} of {conflict.sessionIds.length} sessions are offered one by one.</p>}
          </fieldset>
          <p className="unseen" role="status">{plan === null ? '' : summaryWords(plan.preview)}</p>
        </>
      )}
      {problem !== null && <p className="problem" role="alert">{problem}</p>}
      <div className="actions">
        {!isUnsupported && <button className="primary" disabled={plan === null} onClick={() => plan !== null && apply(plan)}>Apply</button>}
        <button className="quiet" onClick={onClose}>Close</button>
      </div>
    </Dialog>
  );
}

function choicesOf({ kind }: Way, ids: readonly string[]): ConflictChoice[] {
  return kind === 'keep_one' || kind === 'trim' || kind === 'split' ? ids.map((sessionId) => ({ kind, sessionId })) : [{ kind }];
}

/** The plan of what is chosen; null while a session is still to be named. */
function planOf(ways: readonly Way[], kind: Way['kind'], picked: string, ids: readonly string[], answers: ChoiceAnswers): ResolutionPlan | null {
  const way = ways.find((candidate) => candidate.kind === kind);
  const choice = way && choicesOf(way, ids).find((candidate) => !('sessionId' in candidate) || candidate.sessionId === picked);
  const answer = choice && answers.get(choiceKey(choice));
  return answer && isOffered(answer) ? answer.plan : null;
}

function optionWords(session: Session | undefined, now: number, whereOf: (session: Session) => string): string {
  if (session === undefined) return 'A session of another device';
  return `${sessionName(session)}, ${dayWords(session.startTime, now)} ${span(session)}, ${whereOf(session)}`;
}
