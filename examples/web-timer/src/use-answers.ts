import { useEffect, useState } from 'react';
import type { ConflictChoice, SyncEngine } from '@syncline/core';
import { type Answer, dayOf, refusalWords } from './settle-words.ts';

export type ChoiceAnswers = ReadonlyMap<string, Answer>;

/** One key for each choice. */
export function choiceKey(choice: ConflictChoice): string {
  return 'sessionId' in choice ? `${choice.kind} ${choice.sessionId}` : choice.kind;
}

/** What each choice would do, worked out on this device; null until it is. @param round another number asks again. */
export function useAnswers(engine: SyncEngine, conflictId: string, choices: readonly ConflictChoice[], round: number): ChoiceAnswers | null {
  const [answers, setAnswers] = useState<ChoiceAnswers | null>(null);
  const keys = choices.map(choiceKey).join();
  useEffect(() => {
    let isOver = false;
    const ask = (choice: ConflictChoice): Promise<readonly [string, Answer]> =>
      // `plan` may also throw at once, so it is called within a promise.
      Promise.resolve().then(() => engine.conflicts.plan(conflictId, choice, dayOf)).then(
        (plan) => [choiceKey(choice), { plan }] as const,
        (error: unknown) => [choiceKey(choice), { why: refusalWords(error) }] as const,
      );
    void Promise.all(choices.map(ask)).then((found) => isOver || setAnswers(new Map(found)));
    return () => void (isOver = true);
    // The keys stand for the choices.
  }, [engine, conflictId, keys, round]);
  return answers;
}
