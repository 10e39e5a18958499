// Finds sessions for an app: running ones, the outbox, history. What it answers is committed.
import type { Session, SessionQuery } from '../api.ts';
import { engineError } from '../errors.ts';
import type { FinishedSession } from '../model/session.ts';
import { compareNewest, confirmedToSession, operationToSession, runningToSession } from '../model/session-view.ts';
import { findInHistory, newestInHistory } from './history-search.ts';
import type { Local } from './local.ts';
import type { Written } from './record.ts';
import type { Self } from './status.ts';

const LIMIT_DEFAULT = 100;
const LIMIT_MAX = 1000;
const TRIES = 20;

export class SessionReader {
  readonly #local: Local;
  readonly #self: Self;

  constructor(local: Local, self: Self) {
    this.#local = local;
    this.#self = self;
  }

  fromWritten({ seq, operation }: Written): Session {
    const { view } = this.#local;
    const conflictId = view.conflictBySession.get(operation.session.id) ?? null;
    return operationToSession(operation, { conflictId, inFlight: view.head.inFlight.includes(seq) });
  }

  fromHistory(session: FinishedSession): Session {
    return confirmedToSession(session, this.#local.view.conflictBySession.get(session.id) ?? null);
  }

  fromRunning(id: string): Session | null {
    const running = this.#local.view.running.get(id);
    return running === undefined ? null : runningToSession(running, this.#self.deviceType, this.#self.deviceId);
  }

  #fromOutbox(id: string): Session | null {
    const { view } = this.#local;
    const seq = view.seqsOf(id)[0];
    const operation = seq === undefined ? undefined : view.operations.get(seq);
    return operation === undefined || seq === undefined ? null : this.fromWritten({ seq, operation });
  }

  async get(id: string): Promise<Session | null> {
    await this.#local.settled();
    const near = this.fromRunning(id) ?? this.#fromOutbox(id);
    if (near !== null) return near;
    const { found } = await this.findPacked(id);
    return found === null ? this.#fromOutbox(id) : this.fromHistory(found);
  }

  /** Looks a session up in history. `version` is the history version for which the answer holds. */
  async findPacked(id: string): Promise<{ readonly found: FinishedSession | null; readonly version: number }> {
    for (let tries = 0; ; tries += 1) {
      const version = this.#local.view.head.historyVersion;
      if (this.#local.view.head.nextChunk === 1) return { found: null, version };
      const found = await findInHistory(this.#local.store, id);
      await this.#local.refresh();
      if (this.#local.view.head.historyVersion === version || tries >= TRIES) return { found, version };
    }
  }

  async list(query: SessionQuery = {}): Promise<readonly Session[]> {
    const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY, states, limit = LIMIT_DEFAULT } = query;
    if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT_MAX) {
      throw engineError('invalid_input', [{ path: 'limit', message: `must be a whole number from 1 to ${LIMIT_MAX}` }]);
    }
    await this.#local.settled();
    const wantsPacked = states === undefined || states.includes('confirmed') || states.includes('cancelled');
    const packed = wantsPacked ? await this.#listPacked(from, to, states, limit) : [];
    const isWanted = (session: Session): boolean =>
      (states?.includes(session.state) ?? true) && session.startTime < to && (session.endTime ?? Number.POSITIVE_INFINITY) > from;
    const near = this.#listNear();
    const ids = new Set(near.map((session) => session.id));
    return [...near, ...packed.filter((session) => !ids.has(session.id))].filter(isWanted).sort(compareNewest).slice(0, limit);
  }

  #listNear(): Session[] {
    const { view } = this.#local;
    const sessions: Session[] = [];
    for (const id of view.running.keys()) sessions.push(this.fromRunning(id) as Session);
    for (const [seq, operation] of view.operations) sessions.push(this.fromWritten({ seq, operation }));
    return sessions;
  }

  /** History may hold only few of the wanted state among its newest: look further until there are enough. */
  async #listPacked(from: number, to: number, states: SessionQuery['states'], limit: number): Promise<Session[]> {
    let until = to;
    const found: Session[] = [];
    for (let tries = 0; tries < TRIES; ) {
      const { nextChunk, historyVersion } = this.#local.view.head;
      if (nextChunk === 1) return found;
      const page = await newestInHistory(this.#local.store, this.#local.history, historyVersion, from, until, limit);
      if (page === null) {
        tries += 1;
        await this.#local.refresh();
        continue;
      }
      const known = new Set(found.map((session) => session.id));
      const sessions = page.map((session) => this.fromHistory(session)).filter((session) => !known.has(session.id));
      found.push(...sessions.filter((session) => states?.includes(session.state) ?? true));
      const oldest = page.at(-1)?.startTime;
      if (states === undefined || page.length < limit || found.length >= limit || oldest === undefined || oldest >= until) return found;
      until = oldest + 1;
      if (sessions.length === 0) until = oldest;
    }
    return found;
  }
}
