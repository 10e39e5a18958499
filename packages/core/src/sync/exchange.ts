// One complete sync: operations go up, their results, everybody's changes and the status come down, and all of an answer is written in one
// transaction. Repeats itself while there is more in either direction.
import { isDocumented, type Operation, sessionsOf } from '../model/operation.ts';
import { FIRST_VERSION, type FinishedSession, type RunningSession } from '../model/session.ts';
import { codeOf, failure, type Halt, isCutOff, plainText, readCommon, readJson } from './answer.ts';
import { BACK_OFF_MIN_MS } from './backoff.ts';
import type { Draft } from './draft.ts';
import { type ExchangeAnswer, parseExchange } from './exchange-answer.ts';
import { type Batch, countHeld, exchangeBody, nextBatch } from './exchange-request.ts';
import { readResult, wholeRefusal } from './exchange-result.ts';
import { Merge } from './merge.ts';
import { commitOverPacked } from './packed-lookup.ts';
import { withoutOwn } from './poll.ts';
import { pause } from './pause.ts';
import type { PreferencesPart } from './preferences-part.ts';
import { type Drained, isAnswered, type PushOptions, tokenOutcome } from './push.ts';
import { planReoffer, Verification } from './reoffer.ts';
import { INCOHERENT } from './server-answer.ts';
import { planSettle, type Settled, settleInto } from './settle.ts';
import { planSettlements } from './settlements.ts';
import type { Self } from './status-input.ts';
import { DAMAGED, type ExchangePosition, withProblem } from './sync-state.ts';
import type { View } from './view.ts';
import { besideInSettlements } from './withdraw.ts';

/** Operations up, and changes down, in one exchange. A server takes more; what is settled and taken in at once must not keep the page from its next frame. */
const MOST = 500;
/** So many clones in one term of a leader, and it is no straggler of an earlier one. */
const CLONE_PROOFS = 2;

export interface ExchangerOptions extends PushOptions {
  readonly self: Self;
  readonly preferences: PreferencesPart | null;
}

export class Exchanger {
  readonly #options: ExchangerOptions;
  /** Names this run of the engine; never stored, so a copied profile cannot share it. */
  #run: string;
  #clones = 0;
  /** So many operations go up, and changes come down, at once. Fewer after a refusal of the whole: one bad operation must not hold up the others. */
  #most: number = MOST;
  /** The walk from the beginning, as far as it came; forgotten with the leader. */
  #walk: Verification | null = null;
  #sent = 0;

  constructor(options: ExchangerOptions) {
    this.#options = options;
    this.#run = options.ids.uuid();
  }

  /** A new term of leading begins. */
  begin(): void {
    this.#run = this.#options.ids.uuid();
    this.#clones = 0;
    this.#walk = null;
    this.#most = MOST;
  }

  /** Exchanges until there is nothing more, or something stands in the way. */
  async run(term: number, signal: AbortSignal): Promise<Drained> {
    this.#sent = 0;
    const pending = this.#options.local.view.operations.size;
    for (;;) {
      const round = await this.#round(term, signal, pending);
      if (round === 'again') continue;
      return { sent: this.#sent, faltered: false, halt: round };
    }
  }

  /** `again`, or what ended it: null when everything is done. */
  async #round(term: number, signal: AbortSignal, total: number): Promise<Halt | null | 'again'> {
    const { local, calls, clock, self } = this.#options;
    const batch = await local.commit((draft) => this.#announce(draft, term, total), 'relaxed');
    if (batch === null || signal.aborted) return null;
    const { exchange } = local.view.sync;
    const cursor = exchange === null || exchange.isVerifying ? (this.#walk?.cursor ?? null) : exchange.cursor;
    const before = this.#operationsOf(batch);
    // A store that refuses them now must not hold up the rest.
    const preferences = await this.#options.preferences?.outgoing().catch(() => undefined);
    const body = exchangeBody(local.view, self, this.#run, cursor, batch, this.#most, preferences);
    const sent = await calls.post('/api/sync/exchange', JSON.stringify(body), signal);
    if (signal.aborted && !isAnswered(sent)) return null;
    if (sent.kind === 'no_token') return this.#failed(batch, tokenOutcome(sent), term, false);
    const { result } = sent;
    const common = readCommon(result, clock.now());
    if (common !== null) return this.#failed(batch, common, term, true);
    if (!result.ok) return null;
    const { response } = result;
    const fields = readJson(response);
    if (response.status >= 300 && !isCutOff(response)) return this.#refused(batch, response.status, fields, term, signal);
    const answer = parseExchange(fields);
    if (answer === null) return this.#incoherent(batch, term);
    this.#most = Math.min(MOST, this.#most * 2);
    const isKept = await this.#keep(answer, batch, before, cursor, term);
    return isKept && !signal.aborted && this.#isMore(answer, batch, cursor) ? 'again' : null;
  }

  /** Whether there is more to exchange after that answer has been taken in. */
  #isMore(answer: ExchangeAnswer, { seqs }: Batch, sentCursor: string | null): boolean {
    const { local: { view }, clock, user } = this.#options;
    // More that begins where this began would never end.
    if (answer.more) return answer.cursor !== sentCursor;
    // Of what was refused the server counts a session twice that was told of in part: it is told once more how many are left.
    const isMiscounted = countHeld(view, new Set(seqs)) > view.sessionsPending;
    return isMiscounted || nextBatch(view, clock.now(), user, 1).seqs.length > 0 || isUncertain(view);
  }

  #operationsOf({ seqs }: Batch): readonly Operation[] {
    return seqs.map((seq) => this.#options.local.view.operations.get(seq) as Operation);
  }

  /** Notes what goes on its way. Null for a leader that is none any more. */
  #announce(draft: Draft, term: number, total: number): Batch | null {
    if (draft.view.head.term !== term) return null;
    const { exchange, problems } = draft.view.sync;
    // The walk brings again what this device has lost of its history.
    if (exchange !== null && problems.includes(DAMAGED)) draft.setSync({ exchange: { ...exchange, isVerifying: true } });
    // What rests on a state that the server may have lost waits until the walk shows it.
    const batch: Batch = isUncertain(draft.view) ? { seqs: [], starts: [], operations: [] } : nextBatch(draft.view, draft.now, this.#options.user, this.#most);
    draft.setHead({ inFlight: batch.seqs });
    if (batch.seqs.length > 0) {
      const progress = { done: this.#sent, total: Math.max(total, this.#sent + batch.seqs.length) };
      this.#options.contact.write(draft, { phase: 'syncing', progress });
    }
    return batch;
  }

  async #keep(answer: ExchangeAnswer, batch: Batch, before: readonly Operation[], sentCursor: string | null, term: number): Promise<boolean> {
    const { local, ids, books } = this.#options;
    const settled = batch.seqs.flatMap((seq, i): Settled[] => {
      const operation = before[i] as Operation;
      const result = answer.results.get(operation.opId);
      // A server whose time went back takes nothing before it has been walked.
      if (result === undefined && isSetBack(answer)) return [];
      return [{ seq, opId: operation.opId, outcome: readResult(result, operation), random: ids.random() }];
    });
    const acknowledged = new Set(settled.flatMap(({ opId, outcome }) => (outcome.kind === 'acknowledged' ? [opId] : [])));
    const walk = this.#walkAfter(answer, sentCursor, before.filter(({ opId }) => acknowledged.has(opId)).flatMap(toldBy));
    const records = [...answer.sessions, ...settled.flatMap(({ outcome }) => (outcome.kind === 'acknowledged' ? outcome.sessions : []))];
    // What was only recorded here lies in the outbox and nowhere else.
    const decided = before.filter((operation) => !isDocumented(operation)).map(sessionsOf);
    const beside = besideInSettlements(local.view, before.flatMap(sessionsOf));
    const kept = [...answer.settlements.map(({ sessionIds }) => sessionIds), ...decided, beside].flat();
    const wanted = [...records.map(({ id }) => id), ...kept];
    // Versions of an earlier epoch say nothing of what happened to a session since.
    const unchanged = walk === null ? answer.sessions.filter(({ version }) => version === FIRST_VERSION) : [];
    const near = new Map(unchanged.map((session) => [session.id, session]));
    for (const id of kept) near.delete(id);
    const keepPreferences = this.#options.preferences?.incoming(answer.preferences);
    const isKept = await commitOverPacked(local, wanted, 'relaxed', (draft, packed) => {
      const isLeading = this.#plan(draft, answer, settled, batch, before, packed, walk, term);
      if (!isLeading) return false;
      keepPreferences?.(draft);
      // What a walk brought is weighed when it is over.
      if (walk === null && !this.#isMore(answer, batch, sentCursor)) books.writeSuccess(draft);
      return true;
    }, near);
    if (!isKept) return false;
    this.#walk = walk;
    for (const { outcome } of settled) if (outcome.kind === 'acknowledged') this.#sent += 1;
    if (walk !== null && !answer.more) await this.#finishWalk(walk, term);
    return true;
  }

  /** Where the walk from the beginning is after this answer; null without one. @param own what this request told of: no change says so. */
  #walkAfter(answer: ExchangeAnswer, sentCursor: string | null, own: readonly string[]): Verification | null {
    const { cursor, sessions, settlements, cancelledIds } = answer;
    const { view } = this.#options.local;
    const isBack = isSetBack(answer) || isUnsure(view);
    const walk = isBack || sentCursor === null ? Verification.begin() : this.#walk;
    // Another tab may have asked for a walk since this was sent: what answers it does not begin at the beginning.
    if (walk === null || !(isBack || isUncertain(view))) return null;
    return walk.with(cursor, [...[...sessions, ...settlements].map(({ id }) => id), ...own], cancelledIds);
  }

  #plan(
    draft: Draft, answer: ExchangeAnswer, settled: readonly Settled[], { starts }: Batch, before: readonly Operation[], packed: ReadonlyMap<string, FinishedSession>, walk: Verification | null, term: number,
  ): boolean {
    const { local, self, contact } = this.#options;
    contact.write(draft);
    const { sync, answer: shown } = draft.view;
    const merge = new Merge(draft, local.store, packed);
    settleInto(merge, draft, term, settled);
    planSettlements(draft, merge, answer, settled, before);
    if (draft.view.head.term !== term) {
      // An acknowledgement, and what came of a settlement, is a fact whoever heard it; the rest is for the leader of now.
      merge.finish();
      return false;
    }
    draft.setHead({ inFlight: [] });
    const own = merge.gained;
    planTold(draft, starts);
    for (const settlement of answer.settlements) walk?.compareSettlement(settlement, draft.view.settlements.get(settlement.id));
    for (const session of answer.sessions) {
      // Where the server is behind, this device's state stays until it is offered: whoever leads then may have to walk again.
      if (walk?.compare(session, merge.known(session.id)) !== true) merge.take(session, walk !== null);
    }
    const pulled = merge.gained - own;
    merge.finish();
    const isVerifying = walk !== null || sync.exchange?.isVerifying === true;
    const position: ExchangePosition = { epoch: answer.epoch, cursor: isVerifying ? null : answer.cursor, tag: answer.tag, head: answer.head, isVerifying };
    const { sessions: lost, kept, read } = sync.loss ?? { sessions: 0, kept: 0, read: 0 };
    const isMore = sync.exchange === null && answer.announced - kept > lost;
    const loss = isMore ? { sessions: answer.announced - kept, kept, read, at: draft.now } : sync.loss;
    draft.setSync({ exchange: position, loss, problems: sync.problems.filter((code) => code !== INCOHERENT) });
    this.#keepStatus(draft, answer, self, pulled, shown?.acknowledged ?? 0);
    return true;
  }

  #keepStatus(draft: Draft, { status, running, more }: ExchangeAnswer, self: Self, pulled: number, counted: number): void {
    const { answer: before, head } = draft.view;
    if (status === null) {
      if (before !== null && pulled !== 0) draft.putMeta('answer', { ...before, acknowledged: Math.max(0, counted + pulled) });
      return;
    }
    // Once this device knows the whole history, its own conflicts are all there are.
    const told = more ? status : { ...status, openConflicts: 0, conflicts: [] };
    draft.putMeta('answer', { answer: withoutOwn(told, self, false), acknowledged: head.acknowledged, running });
    // Whatever was deleted or made shorter since, the server knows the newest end.
    draft.setHead({ lastAcknowledged: status.lastSession });
  }

  async #finishWalk(walk: Verification, term: number): Promise<void> {
    const { local, ids, user } = this.#options;
    await planReoffer(local, walk, { term, owner: user, ids });
    this.#walk = null;
  }

  async #failed(batch: Batch, outcome: Halt, term: number, wasSent: boolean): Promise<Halt> {
    // Too much for the server, for the time of one request, or for this device: the same again would be so as well.
    if (outcome.kind === 'failed' && (outcome.scope === 'server' || outcome.code === 'timeout' || outcome.code === 'too_large')) this.#most = Math.max(1, Math.floor((batch.seqs.length || this.#most) / 2));
    try {
      await this.#takeBack(term, wasSent && outcome.kind === 'failed' && outcome.unknown);
    } finally {
      // What the server asks for holds, whatever the store says.
      await this.#halt(outcome);
    }
    return outcome;
  }

  async #halt(halt: Halt): Promise<Halt> {
    if (halt.kind === 'failed') this.#options.books.noteFailure();
    await this.#options.books.fail(halt, this.#sent > 0);
    return halt;
  }

  /** Nothing is on its way any more. @param told sessions whose beginning is not told again. */
  async #takeBack(term: number, isUnknown: boolean, told: Batch['starts'] = []): Promise<void> {
    await this.#options.local.commit((draft) => {
      if (draft.view.head.term !== term) return;
      planTold(draft, told);
      if (isUnknown) draft.markUnknown(draft.view.head.inFlight);
      draft.setHead({ inFlight: [] });
    }, 'relaxed');
  }

  /** The server refused the request as a whole. */
  async #refused(batch: Batch, status: number, body: ReturnType<typeof readJson>, term: number, signal: AbortSignal): Promise<Halt | null | 'again'> {
    if (body?.['code'] === 'device_cloned') return this.#cloned(term);
    const refusal = failure('server', codeOf(body, status), plainText(body?.['error'], `The server answered ${status}`), status >= 500);
    // The account has no place for another device, whatever this one says: there is one when others have been away.
    if (body?.['code'] === 'limit_reached') {
      await this.#takeBack(term, false);
      return this.#halt(refusal);
    }
    const { seqs } = batch;
    if (seqs.length > 1) {
      this.#most = Math.floor(seqs.length / 2);
      await this.#takeBack(term, status >= 500);
      this.#options.books.noteFailure();
      const now = this.#options.clock.now();
      if (this.#options.books.freeAt(now) <= now && status < 500) return this.#breathe(signal);
      return this.#halt(refusal);
    }
    const operation = this.#operationsOf(batch)[0];
    if (batch.starts.length > 0 && status < 500) {
      // It may be to blame, and is only news.
      await this.#takeBack(term, false, batch.starts);
      return this.#breathe(signal);
    }
    if (operation === undefined) {
      await this.#takeBack(term, false);
      return this.#halt(refusal);
    }
    const { ids, local } = this.#options;
    const othersSucceeded = operation.delivery.successesAtFault !== local.view.sync.successes;
    const outcome = wholeRefusal(status, body, operation, othersSucceeded);
    const settled: Settled = { seq: seqs[0] as number, opId: operation.opId, outcome, random: ids.random() };
    const beside = besideInSettlements(local.view, [operation.session.id]);
    await commitOverPacked(local, beside, 'relaxed', (draft, packed) => planSettle(draft, local.store, term, [settled], packed));
    return outcome.kind === 'failed' ? this.#halt(outcome) : this.#breathe(signal);
  }

  /** What finds out which operation is to blame are requests like others: not without a breath in between. */
  async #breathe(signal: AbortSignal): Promise<'again' | null> {
    if (!signal.aborted) await pause(BACK_OFF_MIN_MS, this.#options.clock, signal);
    return signal.aborted ? null : 'again';
  }

  async #incoherent(batch: Batch, term: number): Promise<Halt> {
    await this.#takeBack(term, batch.seqs.length > 0);
    await this.#options.books.write((state) => withProblem(state, INCOHERENT));
    return this.#halt(failure('server', INCOHERENT, 'The answer made no sense', true));
  }

  /** Once it may be a request of an earlier run that came late. Twice, and another installation uses this id: this one takes a new one. */
  async #cloned(term: number): Promise<Halt | 'again'> {
    const { ids, local } = this.#options;
    this.#clones += 1;
    this.#run = ids.uuid();
    await this.#takeBack(term, false);
    if (this.#clones % CLONE_PROOFS === 0) {
      const deviceId = ids.uuid();
      await local.commit((draft) => {
        if (draft.view.head.term === term) draft.setSync({ deviceId, ...withProblem(draft.view.sync, 'device_cloned') });
      }, 'strict');
    }
    // A server that goes on saying so is not asked without a pause.
    return this.#clones > CLONE_PROOFS ? this.#halt(failure('server', 'http_409', 'The server answered 409', false)) : 'again';
  }
}

function isSetBack({ reset }: ExchangeAnswer): boolean {
  return reset === 'epoch' || reset === 'cursor_ahead';
}

/** A store that holds acknowledged sessions, and does not know from which epoch: its first walk shows whether this server has them. */
function isUnsure({ sync, head, overlay }: View): boolean {
  if (sync.exchange !== null) return false;
  return head.nextChunk > 1 || [...overlay.values()].some(({ server }) => server !== null);
}

/** Whether the walk from the beginning is not over. */
function isUncertain(view: View): boolean {
  return view.sync.exchange?.isVerifying === true || isUnsure(view);
}

/** Ids of the sessions, and of the settlement, that the server holds once it acknowledged an operation. */
function toldBy(operation: Operation): readonly string[] {
  return [operation.opId, ...sessionsOf(operation)];
}

/** Refused or not: that a session began is news, and news are told once. */
function planTold(draft: Draft, starts: readonly RunningSession[]): void {
  for (const { id } of starts) {
    const running = draft.view.running.get(id);
    if (running !== undefined) draft.put('running', id, { ...running, notice: null });
  }
}
