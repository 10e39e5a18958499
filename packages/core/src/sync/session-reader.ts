// Finds sessions for an app: running ones, the outbox, history. What it answers is committed.
import type { Session, SessionQuery, SessionState } from '../api.ts';
import { isDocumented } from '../model/operation.ts';
import type { FinishedSession } from '../model/session.ts';
import { type Circumstances, compareNewest, finishedToSession, runningToSession } from '../model/session-view.ts';
import { refuse, unless } from './check-call.ts';
import { newestInHistory } from './history-search.ts';
import type { Local } from './local.ts';
import { findPacked } from './packed-lookup.ts';
import type { Written } from './record.ts';
import type { Self } from './status-input.ts';

const LIMIT_DEFAULT = 100;
export const LIMIT_MAX = 1000;
const TRIES = 20;
const NO_TIME = 'must be a number of milliseconds';

function isTime(value: number): boolean {
  return typeof value === 'number' && !Number.isNaN(value);
}

export class SessionReader {
  readonly #local: Local;
  readonly #self: Self;

  constructor(local: Local, self: Self) {
    this.#local = local;
    this.#self = self;
  }

  fromWritten({ seq, operation }: Written): Session {
    const { session } = operation;
    return this.#fromNear(session.id) ?? finishedToSession(session, operation, this.#circumstances(session.id, [seq]));
  }

  /** A session of the outbox or the overlay, as it is shown; null when it is in neither. */
  #fromNear(id: string): Session | null {
    const { view } = this.#local;
    const shown = view.shown(id);
    if (shown === null) return null;
    const seqs = view.seqsOf(id);
    const telling = seqs.find((seq) => view.parked.has(seq)) ?? seqs.find((seq) => view.head.inFlight.includes(seq)) ?? seqs[0];
    const operation = telling === undefined ? null : (view.operations.get(telling) ?? null);
    return finishedToSession(shown, operation, this.#circumstances(id, seqs));
  }

  #circumstances(id: string, seqs: readonly number[]): Circumstances {
    const { view } = this.#local;
    return { conflictId: view.conflictBySession.get(id) ?? null, inFlight: seqs.some((seq) => view.head.inFlight.includes(seq)) };
  }

  fromHistory(session: FinishedSession): Session {
    return finishedToSession(session, null, this.#circumstances(session.id, []));
  }

  fromRunning(id: string): Session | null {
    const running = this.#local.view.running.get(id);
    return running === undefined ? null : runningToSession(running, this.#self.deviceType, this.#self.deviceId);
  }

  get(id: string): Promise<Session | null> {
    return this.#local.look(() => this.#get(id));
  }

  async #get(id: string): Promise<Session | null> {
    for (let tries = 0; ; tries += 1) {
      await this.#local.settled();
      const near = this.fromRunning(id) ?? this.#fromNear(id);
      if (near !== null) return near;
      const { version, sessions } = await findPacked(this.#local, [id]);
      const found = sessions.get(id);
      if (found !== undefined) return this.fromHistory(found);
      await this.#local.refresh();
      // What was acknowledged meanwhile was in neither.
      if (this.#local.view.head.historyVersion === version || tries >= TRIES) return this.#fromNear(id);
    }
  }

  list(query?: SessionQuery): Promise<readonly Session[]> {
    return this.#local.look(() => this.#list(query));
  }

  async #list(query?: SessionQuery): Promise<readonly Session[]> {
    const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY, states, limit = LIMIT_DEFAULT } = { ...query };
    refuse([
      ...unless(isTime(from), 'from', NO_TIME),
      ...unless(isTime(to), 'to', NO_TIME),
      ...unless(Array.isArray(states ?? []), 'states', 'must be a list of states'),
      ...unless(Number.isInteger(limit) && limit >= 1 && limit <= LIMIT_MAX, 'limit', `must be a whole number from 1 to ${LIMIT_MAX}`),
    ]);
    const isAsked = (state: SessionState): boolean => states?.includes(state) ?? state !== 'deleted';
    const wantsPacked = isAsked('confirmed') || isAsked('cancelled');
    const isWanted = (session: Session): boolean =>
      isAsked(session.state) && session.startTime < to && (session.endTime ?? Number.POSITIVE_INFINITY) > from;
    for (let count = limit, tries = 0; ; ) {
      await this.#local.settled();
      const { view, store, history } = this.#local;
      const { nextChunk, historyVersion } = view.head;
      const page = wantsPacked && nextChunk > 1 ? await newestInHistory(store, history, historyVersion, from, to, count) : [];
      // What went into history meanwhile would be in neither.
      const isOld = page === null || this.#local.isBusy || view.head.historyVersion !== historyVersion;
      if (isOld && (tries += 1) < TRIES) {
        await this.#local.refresh();
        continue;
      }
      if (page?.includes(null)) this.#local.noteDamage();
      const packed = (page ?? []).flatMap((session) => (session === null || view.near(session.id) !== null ? [] : [this.fromHistory(session)])).filter(isWanted);
      // History may hold only few of what is wanted among its newest.
      if (page !== null && page.length >= count && packed.length < limit) count *= 2;
      else return [...this.#listNear().filter(isWanted), ...packed].sort(compareNewest).slice(0, limit);
    }
  }

  #listNear(): Session[] {
    const { view } = this.#local;
    const sessions: Session[] = [];
    for (const id of view.running.keys()) sessions.push(this.fromRunning(id) as Session);
    const ids = new Set(view.overlay.keys());
    for (const operation of view.operations.values()) if (isDocumented(operation)) ids.add(operation.session.id);
    for (const id of ids) {
      const session = this.#fromNear(id);
      if (session !== null) sessions.push(session);
    }
    return sessions;
  }
}
