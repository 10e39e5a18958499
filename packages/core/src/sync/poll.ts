// Asks the documented status call and keeps what it says of other devices.
import type { Clock } from '../ports.ts';
import type { Books } from './books.ts';
import { type Halt, readJson, readPlainCall } from './answer.ts';
import { isEqualValue } from './equal.ts';
import type { Local } from './local.ts';
import { tokenOutcome } from './push.ts';
import { INCOHERENT, parseServerAnswer, type ServerAnswer } from './server-answer.ts';
import type { ServerCalls } from './server-calls.ts';
import { findOwn } from './status.ts';
import type { Self } from './status-input.ts';
import type { StoredAnswer } from './sync-state.ts';

export interface PollOptions {
  readonly local: Local;
  readonly calls: ServerCalls;
  readonly self: Self;
  readonly clock: Clock;
  readonly books: Books;
}

/**
 * Null when the server answered, whether or not it made sense.
 * @param term of the leader that asks; what was answered to an older one is older than what is shown.
 */
export async function pollStatus(options: PollOptions, term: number, signal: AbortSignal): Promise<Halt | null> {
  const { local, calls, clock } = options;
  const acknowledged = local.view.head.acknowledged;
  const sent = await calls.status(signal);
  if (sent.kind === 'no_token') return tokenOutcome(sent);
  const { result } = sent;
  const common = readPlainCall(result, clock.now());
  if (common !== null) return common;
  if (result.ok && result.response.status < 300) await keepAnswer(options, parseServerAnswer(readJson(result.response)), acknowledged, term);
  return null;
}

async function keepAnswer({ local, self, books }: PollOptions, answer: ServerAnswer | null, acknowledged: number, term: number): Promise<void> {
  await local.commit((draft) => {
    if (draft.view.head.term !== term) return;
    books.writeSuccess(draft);
    const { sync, answer: before } = draft.view;
    const others = sync.problems.filter((code) => code !== INCOHERENT);
    draft.setSync({ problems: answer === null ? [...others, INCOHERENT] : others });
    if (answer === null) return;
    const next: StoredAnswer = { answer: withoutOwn(answer, self, (sync.capabilities ?? []).length === 0), acknowledged, running: [] };
    if (!isEqualValue(next, before)) draft.putMeta('answer', next);
  }, 'relaxed');
}

/** This device's row is told from local data; what the server says of it changes with each call. */
export function withoutOwn(answer: ServerAnswer, self: Self, isBasic: boolean): ServerAnswer {
  const own = findOwn(answer.devices, self, isBasic);
  return own === undefined ? answer : { ...answer, devices: answer.devices.filter((device) => device !== own) };
}
