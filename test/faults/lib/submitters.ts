// Devices that submit as fast as they can, remember what was acknowledged, and send again what was not, as an engine does.
import { jwtTokens } from '../../../packages/server/src/auth/jwt-tokens.ts';
import type { ServerStore } from '@syncline/server';
import type { ServerCommand } from '../../provision/server-command.ts';

export const SECRET = 'kept by the suite of faults, for no other server';
const LANES = 12;
const HALF_HOUR = 1_800_000;
const MINUTES_25 = 1_500_000;
const FIRST = Date.UTC(2004, 0, 1);

export interface Row {
  readonly id: string;
  readonly displayId: number;
  readonly startTime: number;
  readonly note: string;
}

/** What the database holds of the account. */
export interface Holdings {
  readonly rows: readonly Row[];
  readonly total: number;
}

export interface Run {
  /** Resolves at the first acknowledgement, or at the end. */
  readonly flows: Promise<void>;
  readonly ends: Promise<void>;
}

export class Submitters {
  readonly userId: string = crypto.randomUUID();
  readonly acknowledged: Set<string> = new Set();
  /** Every session that was ever sent, by id. */
  readonly sent: Map<string, { readonly startTime: number; readonly note: string }> = new Map();
  #unknown: string[] = [];
  #token = '';
  #isStopped = false;

  /** Makes the account, in a database that no server has open. */
  async enroll(store: ServerStore): Promise<void> {
    const { userId } = this;
    const now = Date.now();
    await store.accounts.create({ userId, username: userId, email: '', createdAt: now, passwordHash: '', timezone: 'UTC' });
    await store.accounts.openLogin({ sid: userId, userId, createdAt: now, expiresAt: now + 300 * 86_400_000, refreshHash: null }, null);
    this.#token = await jwtTokens(SECRET, null).sign({ userId, sid: userId, tokenId: userId, issuedAt: now, expiresAt: now + 300 * 86_400_000 });
  }

  /** Submits until no answer comes, or until it is stopped. */
  run(url: string, limit = Number.POSITIVE_INFINITY): Run {
    this.#isStopped = false;
    let left = limit;
    let flow = (): void => undefined;
    const flows = new Promise<void>((resolve) => (flow = resolve));
    const lane = async (): Promise<void> => {
      while (!this.#isStopped && left > 0) {
        left -= 1;
        const status = await this.#submit(url, this.#unknown.shift() ?? this.#next());
        if (status === 0) return;
        if (status < 300) flow();
      }
    };
    const ends = Promise.all(Array.from({ length: LANES }, lane)).then(flow);
    return { flows, ends };
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** Sends again until nothing is unknown. */
  async settle(url: string): Promise<void> {
    for (let tries = 0; this.#unknown.length > 0; tries += 1) {
      if (tries > 100) throw new Error(`${this.#unknown.length} sessions are refused by a server that is well`);
      await this.run(url, this.#unknown.length).ends;
    }
  }

  /** Acknowledged and not there, there twice, there otherwise than sent. */
  differences({ rows, total }: Holdings): { lost: number; doubled: number; changed: number; miscounted: number } {
    const there = new Set(rows.map(({ id }) => id));
    const numbers = new Set(rows.map(({ displayId }) => displayId));
    const changed = rows.filter(({ id, startTime, note }) => this.sent.get(id)?.startTime !== startTime || this.sent.get(id)?.note !== note);
    return {
      lost: [...this.acknowledged].filter((id) => !there.has(id)).length,
      doubled: rows.length - Math.min(there.size, numbers.size),
      changed: changed.length,
      miscounted: Math.abs(total - rows.length),
    };
  }

  #next(): string {
    const id = crypto.randomUUID();
    this.sent.set(id, { startTime: FIRST + this.sent.size * HALF_HOUR, note: `number ${this.sent.size}` });
    return id;
  }

  /** Status of the answer; 0 without one. */
  async #submit(url: string, id: string): Promise<number> {
    const { startTime, note } = this.sent.get(id) ?? { startTime: 0, note: '' };
    const body = {
      session_id: id, start_time: new Date(startTime).toISOString(), end_time: new Date(startTime + MINUTES_25).toISOString(), duration: 25,
      category: 'writing', project: 'book', note, source: 'web_timer',
    };
    const status = await fetch(`${url}/api/pomodoro/submit`, {
      method: 'POST', headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${this.#token}` }, body: JSON.stringify(body),
    }).then(async (answer) => (await answer.json(), answer.status), () => 0);
    if (status === 200 || status === 201) this.acknowledged.add(id);
    else this.#unknown.push(id);
    if (status >= 400 && status < 500 && status !== 429) throw new Error(`a sound session was refused with ${status}`);
    return status;
  }
}

/** What is right: nothing lost, nothing twice. */
export const RIGHT = { lost: 0, doubled: 0, changed: 0, miscounted: 0 } as const;

/** The moment of a kill is chance, and time is all that there is to wait for. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms));
}

/** Kills the server a moment after its submitters began, as often as that. Resolves once it is dead for the last time. */
export async function killOften(cycles: number, submitters: Submitters, start: () => ServerCommand, delayMs: () => number): Promise<void> {
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    const server = start();
    const url = await server.listening();
    const { flows, ends } = submitters.run(url);
    await flows;
    await pause(delayMs());
    await server.signal('SIGKILL');
    await ends;
  }
}
