// The session calls of the engine: stamp once, decide in one transaction, answer when it is durable.
import { canonicalUuid } from '@syncline/protocol';
import type {
  CancelInput, FinishInput, RecordInput, RunningElsewhere, Session, SessionQuery, SessionsApi, SleepEvidence, StartInput,
} from '../api.ts';
import type { AnnotateInput } from '../api-annotations.ts';
import { engineError } from '../errors.ts';
import type { Effect } from '../model/effect.ts';
import { isCancelReason } from '../model/rows.ts';
import { checkRecord, checkStart, checkWords, DEFAULT_PROJECT, type FinishedSession, type Marks, type RunningSession } from '../model/session.ts';
import { sleepOf } from '../model/sleep.ts';
import type { Clock, Ids } from '../ports.ts';
import type { Source } from '../source.ts';
import type { ClockWatch } from './clock-watch.ts';
import type { Self } from './status-input.ts';
import type { AnnotationsPart, AnnotationWish } from './annotations-part.ts';
import { canonical, refuse } from './check-call.ts';
import type { Draft } from './draft.ts';
import { planEdit } from './edit.ts';
import { commitOverPacked } from './packed-lookup.ts';
import { LiveList } from './live-list.ts';
import type { Local } from './local.ts';
import {
  type Asked, changesOf, planCancel, planComplete, planDiscard, planRecord, planRetry, planStart, type Stamp, toFinished, type Written,
} from './record.ts';
import type { SessionReader } from './session-reader.ts';
import { lacks } from './sync-state.ts';
import { besideInSettlements } from './withdraw.ts';

/** What is known of a session that begins. */
export type StartedSession = Omit<RunningSession, 'notice'>;

export interface SessionsOptions {
  readonly local: Local;
  readonly reader: SessionReader;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly owner: string;
  readonly source: string;
  readonly self: Self;
  readonly tab: string;
  readonly watch: ClockWatch;
  /** Null when notes and tags do not merge here. */
  readonly annotations: AnnotationsPart | null;
  readonly running: Source<readonly Session[]>;
  readonly elsewhere: Source<readonly RunningElsewhere[]>;
  /** Throws once the engine is closed. */
  readonly check: () => void;
  /** After something durable: there may be work. */
  readonly onRecorded: () => void;
  /** A session began just now. */
  readonly onStarted: (session: StartedSession) => void;
}

type Decide<T = Written> = (draft: Draft, packed: ReadonlyMap<string, FinishedSession>) => T;

/** A copy of an input whose words are fit: what the app does with its own before the transaction changes nothing. */
function checked<Input extends object>(input: Input): Input {
  refuse(checkWords(input));
  return { ...input };
}

/** Whatever it is: what is wrong with it is found later. */
function copyOf(query: SessionQuery | undefined): SessionQuery {
  const { states } = { ...query };
  return { ...query, states: Array.isArray(states) ? [...states] : states };
}

export class Sessions implements SessionsApi {
  readonly #options: SessionsOptions;
  readonly #lists = new Set<LiveList>();
  /** By session: settles when all that was asked for of it is done. */
  readonly #turns = new Map<string, Promise<void>>();

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  get running(): Source<readonly Session[]> {
    return this.#options.running;
  }

  get elsewhere(): Source<readonly RunningElsewhere[]> {
    return this.#options.elsewhere;
  }

  /** The store changed: live lists look again. */
  refreshLists(): void {
    for (const list of this.#lists) list.refresh();
  }

  closeLists(): void {
    for (const list of this.#lists) list.close();
    this.#lists.clear();
  }

  #marks(): Marks {
    const { clock, tab } = this.#options;
    return { now: Math.round(clock.now()), monotonic: clock.monotonic(), tab };
  }

  /** Who acts, now. */
  stamp(): Stamp {
    const { ids, owner, source, self: { deviceId }, watch } = this.#options;
    return { opId: ids.uuid(), owner, source, deviceId, marks: this.#marks(), clockAt: (instant) => watch.boundAt(instant) };
  }

  async start(input: StartInput): Promise<Session> {
    const { check, ids, local, tab, reader, onStarted, self, watch } = this.#options;
    check();
    const marks = this.#marks();
    refuse(checkStart(input));
    const running = {
      id: ids.uuid(), startTime: marks.now, plannedDuration: input.plannedDuration, category: input.category,
      project: input.project ?? DEFAULT_PROJECT, note: input.note ?? '', tab, monotonicStart: marks.monotonic,
      clockBound: watch.boundAt(marks.now),
    };
    const opId = ids.uuid();
    await local.commit((draft) => planStart(draft, running, opId, input.beside === true, self), 'strict');
    onStarted(running);
    return reader.fromRunning(running.id) ?? this.#lost(running);
  }

  /** Another tab finished it in the same moment: what was started is still the answer. */
  async #lost({ id }: StartedSession): Promise<Session> {
    const session = await this.#options.reader.get(id);
    if (session === null) throw engineError('not_running');
    return session;
  }

  async complete(id: string, asked: FinishInput = {}): Promise<Session> {
    const { check, local } = this.#options;
    check();
    const stamp = this.stamp();
    const input = checked(asked);
    const key = canonical(id, 'not_running');
    return this.#written(await this.#once(key, [], true, (draft) => planComplete(draft, local.store, key, input, stamp)));
  }

  slept(id: string): SleepEvidence | null {
    const running = this.#options.local.view.running.get(canonicalUuid(id) ?? '');
    return running === undefined ? null : sleepOf(running, this.#marks());
  }

  async cancel(id: string, input: CancelInput = {}): Promise<Session> {
    const { check, local } = this.#options;
    check();
    const stamp = this.stamp();
    const { reason, note = '' } = checked(input);
    if (reason !== undefined && !isCancelReason(reason)) refuse([{ path: 'reason', message: 'must be one of the documented reasons' }]);
    const key = canonical(id, 'not_running');
    const cancelled = { reason: reason ?? null, note };
    return this.#written(await this.#once(key, [], true, (draft) => planCancel(draft, local.store, key, cancelled, stamp)));
  }

  async record(input: RecordInput): Promise<Session> {
    const { check, ids, local } = this.#options;
    check();
    const stamp = this.stamp();
    refuse(checkRecord(input));
    const isMinted = input.id === undefined;
    const session = toFinished(input, isMinted ? ids.uuid() : canonical(input.id, 'invalid_input'), stamp);
    // An id the app brought may be in history already; one that was minted here cannot.
    const looked = isMinted ? [] : [session.id];
    return this.#answered(await this.#write(session.id, looked, (draft, packed) => planRecord(draft, local.store, session, stamp, packed.get(session.id) ?? null)));
  }

  /** What was written, or the session that is so already. */
  async #answered(result: Written | FinishedSession): Promise<Session> {
    const { reader } = this.#options;
    return 'seq' in result ? this.#written(result) : ((await reader.get(result.id)) ?? reader.fromHistory(result));
  }

  #written(written: Written): Session {
    this.#options.onRecorded();
    return this.#options.reader.fromWritten(written);
  }

  async get(id: string): Promise<Session | null> {
    this.#options.check();
    const key = canonicalUuid(id);
    return key === null ? null : this.#options.reader.get(key);
  }

  async list(query?: SessionQuery): Promise<readonly Session[]> {
    this.#options.check();
    return this.#options.reader.list(copyOf(query));
  }

  observe(query?: SessionQuery): Source<readonly Session[]> {
    const own = copyOf(query);
    return new LiveList(() => this.list(own), this.#lists);
  }

  async retry(id: string, changes: Asked = {}): Promise<Session> {
    const { check, local } = this.#options;
    check();
    const stamp = this.stamp();
    const given = checked(changes);
    const key = canonical(id, 'not_found');
    return this.#written(await this.#overSettlements(key, true, (draft, packed) => planRetry(draft, local.store, key, given, stamp, packed)));
  }

  async amend(id: string, asked: Asked): Promise<Session> {
    const { note, ...other } = checked(asked);
    const { annotations } = this.#options;
    if (note !== undefined && annotations !== null) return this.#annotate(annotations, { id, input: { note }, otherOf: (session) => changesOf(other, session) });
    return this.#edit('amend', id, (session) => [{ kind: 'edit', id: session.id, changes: changesOf({ note, ...other }, session) }]);
  }

  async annotate(id: string, input: AnnotateInput): Promise<Session> {
    this.checkEdits();
    const { annotations } = this.#options;
    if (annotations === null) throw engineError('unsupported');
    return this.#annotate(annotations, { id, input: annotations.read(input), otherOf: () => ({}) });
  }

  async #annotate(part: AnnotationsPart, wish: AnnotationWish): Promise<Session> {
    this.checkEdits();
    const { local } = this.#options;
    const stamp = this.stamp();
    const id = canonical(wish.id, 'not_found');
    return this.#answered(await this.#once(id, [id], true, (draft, packed) => part.plan(draft, local.store, packed, { ...wish, id }, stamp)));
  }

  delete(id: string): Promise<Session> {
    return this.#edit('delete', id, (session) => [{ kind: 'delete', id: session.id }]);
  }

  restore(id: string): Promise<Session> {
    return this.#edit('restore', id, (session) => [{ kind: 'restore', id: session.id }]);
  }

  /** Throws where an edit can never reach the server. */
  checkEdits(): void {
    const { check, local } = this.#options;
    check();
    if (lacks(local.view.sync, 'exchange')) throw engineError('unsupported');
  }

  async #edit(kind: 'amend' | 'delete' | 'restore', id: string, effectsOn: (session: FinishedSession) => readonly Effect[]): Promise<Session> {
    this.checkEdits();
    const { local } = this.#options;
    const stamp = this.stamp();
    const key = canonical(id, 'not_found');
    return this.#written(await this.#once(key, [key], true, (draft, packed) => {
      const session = draft.view.near(key) ?? packed.get(key) ?? null;
      const isFit = session !== null && session.cancelled === null && (session.deletedAt === null) === (kind !== 'restore');
      if (!isFit) throw engineError('not_found');
      return planEdit(draft, local.store, packed, { kind, session, effects: effectsOn(session), looked: [key], settlement: null }, stamp);
    }));
  }

  async discard(id: string): Promise<Session> {
    const { check, local, reader } = this.#options;
    check();
    const key = canonical(id, 'not_found');
    return reader.fromWritten(await this.#overSettlements(key, false, (draft, packed) => planDiscard(draft, local.store, key, packed)));
  }

  /** Settlements over that session may come to nothing by it. */
  async #overSettlements(id: string, isLeft: boolean, plan: Decide): Promise<Written> {
    const { local } = this.#options;
    await local.settled();
    return this.#once(id, [id, ...besideInSettlements(local.view, [id])], isLeft, plan);
  }

  /** A transaction may run again after a commit that nobody heard of. @param isLeft whether the operation is in the outbox after it. */
  #once<T extends Written | FinishedSession>(id: string, looked: readonly string[], isLeft: boolean, plan: Decide<T>): Promise<T> {
    let done: T | null = null;
    return this.#write(id, looked, (draft, packed) => {
      if (done !== null && 'seq' in done && (draft.view.operations.get(done.seq)?.opId === done.operation.opId) === isLeft) return done;
      return (done = plan(draft, packed));
    });
  }

  /** What is asked for of one session without waiting takes effect in that order, however long each look at its history takes. */
  #write<T extends Written | FinishedSession>(id: string, looked: readonly string[], plan: Decide<T>): Promise<T> {
    const own = (this.#turns.get(id) ?? Promise.resolve()).then(() => commitOverPacked(this.#options.local, looked, 'strict', plan));
    const forget = (): void => {
      if (this.#turns.get(id) === over) this.#turns.delete(id);
    };
    const over = own.then(forget, forget);
    this.#turns.set(id, over);
    return own;
  }
}
