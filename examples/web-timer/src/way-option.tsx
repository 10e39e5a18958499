import { useId } from 'react';
import { type Answer, isOffered, summaryWords, type Way } from './settle-words.ts';
import { type ChoiceAnswers, choiceKey } from './use-answers.ts';

interface WayOptionProps {
  readonly way: Way;
  readonly options: readonly { readonly id: string; readonly words: string }[];
  readonly answers: ChoiceAnswers | null;
  readonly isChosen: boolean;
  /** The session that is named, or empty. */
  readonly picked: string;
  /** Called with the session that is named, empty where the way names none. */
  readonly onChoose: (sessionId: string) => void;
}

/** One way to settle; where it names a session, all of them, and why one is not on offer. */
export function WayOption({ way: { kind, title, means, asks }, options, answers, isChosen, picked, onChoose }: WayOptionProps) {
  const id = useId();
  const of = (sessionId: string): Answer | null => answers?.get(kindKey(kind, sessionId)) ?? null;
  const all = asks === null ? [of('')] : options.map((option) => of(option.id));
  const open = all.findIndex((answer) => answer !== null && isOffered(answer));
  const isOff = open < 0;
  // Said once where it is the same for every session.
  const reasons = [...new Set(all.flatMap((answer) => (answer === null || isOffered(answer) ? [] : [answer.why])))];
  const summary = all[0] !== null && all[0] !== undefined && isOffered(all[0]) && asks === null ? summaryWords(all[0].plan.preview) : null;
  return (
    <div className={isOff ? 'way off' : 'way'}>
      <label className="check">
        <input type="radio" name="way" checked={isChosen} disabled={isOff} aria-describedby={id} onChange={() => onChoose(asks === null ? '' : options[open]?.id ?? '')} />
        <strong>{title}</strong>
      </label>
      <div id={id} className="note">
        {means}
        {summary !== null && <span className="note sum">{summary}</span>}
        {isOff && reasons.map((why) => <span key={why} className="note why">Not on offer: {why}</span>)}
      </div>
      {isChosen && asks !== null && (
        <fieldset className="which">
          <legend>{asks}</legend>
          {options.map((option) => <Candidate key={option.id} group={`${kind}-session`} words={option.words} answer={of(option.id)} isPicked={picked === option.id} onPick={() => onChoose(option.id)} />)}
        </fieldset>
      )}
    </div>
  );
}

interface CandidateProps {
  readonly group: string;
  readonly words: string;
  readonly answer: Answer | null;
  readonly isPicked: boolean;
  readonly onPick: () => void;
}

function Candidate({ group, words, answer, isPicked, onPick }: CandidateProps) {
  const id = useId();
  if (answer === null) return null;
  return (
    <div>
      <label className="check">
        <input type="radio" name={group} checked={isPicked} disabled={!isOffered(answer)} aria-describedby={id} onChange={onPick} />{words}
      </label>
      <span id={id} className="note">{isOffered(answer) ? summaryWords(answer.plan.preview) : answer.why}</span>
    </div>
  );
}

function kindKey(kind: Way['kind'], sessionId: string): string {
  return choiceKey(kind === 'keep_one' || kind === 'trim' || kind === 'split' ? { kind, sessionId } : { kind });
}
