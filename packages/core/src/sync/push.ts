// Sends the outbox, oldest first, at most four at once. Each answer is settled in one transaction that also chooses what goes next.
import { type Operation, operationRequest } from '../model/operation.ts';
import type { FinishedSession } from '../model/session.ts';
import type { Clock, Ids } from '../ports.ts';
import { failure, type Halt, type Outcome, readDelivery } from './answer.ts';
import type { Books } from './books.ts';
import type { Contact } from './contact.ts';
import type { Draft } from './draft.ts';
import type { Local } from './local.ts';
import { nextToSend } from './outbox.ts';
import { commitOverPacked } from './packed-lookup.ts';
import type { Sent, ServerCalls } from './server-calls.ts';
import { planSettle, type Settled } from './settle.ts';
import { besideInSettlements } from './withdraw.ts';

export const IN_FLIGHT_MAX = 4;
/** For each one in flight another is announced, which is sent while the answer to the one before it is settled. */
const LANES = 2 * IN_FLIGHT_MAX;
/** So many items in a row that failed on their own: then it is the server. */
const FAULT_RUN_MAX = 3;

export interface PushOptions {
  readonly local: Local;
  readonly calls: ServerCalls;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly user: string;
  readonly contact: Contact;
  readonly books: Books;
}

export interface Drained {
  readonly sent: number;
  /** Items failed, each on its own, and nothing came of any other. */
  readonly faltered: boolean;
  /** What ended it early; null when everything that could be sent was. */
  readonly halt: Halt | null;
}

interface Step {
  readonly seq: number;
  readonly operation: Operation;
  readonly othersSucceeded: boolean;
}

export class Drain {
  readonly #options: PushOptions;
  readonly #term: number;
  readonly #signal: AbortSignal;
  readonly #total: number;
  readonly #waiting: (() => void)[] = [];
  #inFlight = 0;
  #sent = 0;
  #done = 0;
  #faultRun = 0;
  #halt: Halt | null = null;

  constructor(options: PushOptions, term: number, total: number, signal: AbortSignal) {
    this.#options = options;
    this.#term = term;
    this.#total = total;
    this.#signal = signal;
  }

  /** @param isProbe after failures, or a token that was refused: one request first, the others only once it succeeded. */
  async run(isProbe: boolean): Promise<Drained> {
    let started = 0;
    const lanes: Promise<unknown>[] = [];
    // A lane fails only when the store refuses; the others end first.
    const faults: unknown[] = [];
    const start = (count: number): void => {
      for (; started < count; started += 1) lanes.push(this.#lane(() => start(LANES)).catch((fault: unknown) => faults.push(fault)));
    };
    start(isProbe ? 1 : Math.min(LANES, this.#total));
    // More may be started while these run.
    for (let ended = 0; ended < lanes.length; ) {
      ended = lanes.length;
      await Promise.all(lanes);
    }
    if (faults.length > 0) throw faults[0];
    return { sent: this.#sent, faltered: this.#faultRun > 0 && this.#done === 0, halt: this.#halt };
  }

  async #lane(onSuccess: () => void): Promise<void> {
    let step = await this.#commit([]);
    while (step !== null) {
      const outcome = await this.#inTurn(step);
      if (outcome === null) return;
      step = await this.#commit([{ seq: step.seq, opId: step.operation.opId, outcome, random: this.#options.ids.random() }], [step.operation.session.id]);
      if (outcome.kind === 'acknowledged') onSuccess();
    }
  }

  #commit(settled: readonly Settled[], sessionIds: readonly string[] = []): Promise<Step | null> {
    const { local } = this.#options;
    // A refusal takes back what was decided over that session, and with it over others.
    return commitOverPacked(local, besideInSettlements(local.view, sessionIds), 'relaxed', (draft, packed) => this.#plan(draft, settled, packed));
  }

  #plan(draft: Draft, settled: readonly Settled[], packed: ReadonlyMap<string, FinishedSession>): Step | null {
    const { local, user, contact } = this.#options;
    // How long a session is held that lies in the server's future depends on it.
    contact.write(draft);
    planSettle(draft, local.store, this.#term, settled, packed);
    if (draft.view.head.term !== this.#term || this.#signal.aborted) return null;
    const seq = this.#halt === null ? nextToSend(draft.view, draft.now, user) : null;
    const operation = seq === null ? undefined : draft.view.operations.get(seq);
    if (seq === null || operation === undefined) return null;
    draft.setHead({ inFlight: [...draft.view.head.inFlight, seq].sort((a, b) => a - b) });
    const progress = { done: this.#done, total: Math.max(this.#total, this.#done + 1) };
    contact.write(draft, { phase: 'syncing', progress });
    return { seq, operation, othersSucceeded: operation.delivery.successesAtFault !== draft.view.sync.successes };
  }

  /** Waits until fewer are in flight. Null when the engine stopped meanwhile: the row in `inFlight` says that the outcome is unknown. */
  async #inTurn(step: Step): Promise<Outcome | null> {
    while (this.#inFlight >= IN_FLIGHT_MAX) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.#signal.aborted) return null;
    if (this.#halt !== null) return { kind: 'unsent' };
    this.#inFlight += 1;
    let counted: Promise<void> | null = null;
    let outcome: Outcome | null;
    try {
      outcome = await this.#deliver(step);
      // What halts the drain is known before others go on.
      if (outcome !== null) counted = this.#count(outcome);
    } finally {
      this.#inFlight -= 1;
      for (const goOn of this.#waiting.splice(0)) goOn();
    }
    await counted;
    return outcome;
  }

  async #deliver({ operation, othersSucceeded }: Step): Promise<Outcome | null> {
    const { calls, clock } = this.#options;
    const { path, body } = operationRequest(operation);
    const sent = await calls.post(path, body, this.#signal);
    if (this.#signal.aborted && !isAnswered(sent)) return null;
    if (sent.kind === 'no_token') return tokenOutcome(sent);
    return readDelivery(sent.result, { operation, hadUnknown: operation.delivery.unknown, othersSucceeded, now: clock.now() });
  }

  async #count(outcome: Outcome): Promise<void> {
    const { books, clock } = this.#options;
    if (outcome.kind === 'acknowledged') {
      books.noteSuccess();
      this.#faultRun = 0;
      this.#sent += 1;
    }
    if (outcome.kind === 'acknowledged' || outcome.kind === 'parked') this.#done += 1;
    if (outcome.kind === 'unauthorized' || outcome.kind === 'stopped') return this.#stop(outcome);
    if (outcome.kind !== 'failed') return;
    // The pause that another lane began may be over by the time this one fails.
    if (this.#halt === null) books.noteFailure();
    else books.breathe();
    this.#faultRun += 1;
    const now = clock.now();
    const isEverybody = outcome.scope !== 'item' || this.#faultRun >= FAULT_RUN_MAX || books.freeAt(now) > now;
    // A pause the server asks for is noted whatever stopped the drain; of the others one is enough.
    if (isEverybody && (this.#halt === null || outcome.retryAfterMs !== null)) await this.#stop(outcome);
  }

  /** Noted at once: other lanes, and other tabs, are not to wait for a request that hangs. */
  async #stop(halt: Halt): Promise<void> {
    if (this.#halt?.kind === 'stopped') return;
    this.#halt = halt;
    await this.#options.books.fail(halt, this.#sent > 0);
  }
}

/** Whether something came back, which counts whatever ended meanwhile. */
export function isAnswered(sent: Sent): boolean {
  return sent.kind === 'answered' && sent.result.ok;
}

/** No request was made, so nothing is unknown. */
export function tokenOutcome({ refusal }: Extract<Sent, { kind: 'no_token' }>): Halt {
  const { code, message } = refusal;
  if (code !== 'token_failed') return { kind: 'unauthorized', status: 401, code, message };
  return failure('connection', code, message, false);
}
