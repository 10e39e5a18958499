// Runs in the page: what waits in a store goes to the server, and what the store holds afterwards is looked at.
import type { BenchSession } from './contender.ts';
import { recorded } from './data.ts';

/** Whose sessions go, and how the server knows. */
export interface Account {
  readonly userId: string;
  readonly token: string;
}

export interface Drainer {
  /** Has met the server before, and was cut off from it since: these wait, durably. */
  hold(account: Account, sessions: readonly BenchSession[]): Promise<void>;
  /** The server can be reached again: resolves when it has everything and the store says so. */
  drain(): Promise<void>;
  /** What the store holds then; null where there is no store. */
  left(): Promise<{ readonly waiting: number; readonly confirmed: number } | null>;
}

/** What the documented submit takes. */
export function submitOf({ id, startTime, endTime, category, project, note }: BenchSession) {
  return {
    session_id: id, start_time: new Date(startTime).toISOString(), end_time: new Date(endTime).toISOString(), duration: (endTime - startTime) / 60_000,
    category, project, note, source: 'web_timer',
  };
}

export async function post({ token }: Account, path: string, body: unknown): Promise<unknown> {
  const response = await fetch(path, { method: 'POST', headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return response.json();
}

export function offerDrain(drainer: Drainer): void {
  const works = {
    async hold(account: Account, count: number): Promise<void> {
      await drainer.hold(account, Array.from({ length: count }, (_, n) => recorded(n)));
    },
    async drain(count: number): Promise<number> {
      const begun = performance.now();
      await drainer.drain();
      const ms = performance.now() - begun;
      const left = await drainer.left();
      if (left !== null && (left.waiting !== 0 || left.confirmed !== count)) throw new Error(`wrong answer: ${JSON.stringify(left)} after draining ${count}`);
      return ms;
    },
  };
  Object.assign(globalThis, { works });
}
