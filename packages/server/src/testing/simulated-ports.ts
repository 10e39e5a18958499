// Doubles of the server's ports that need no time, no chance and no cryptography. Never for a real server: its tokens are not signed.
import { inlineDocuments } from '../documents/inline-documents.ts';
import type { Clock, Ids, Log, Passwords, ServerPorts, ServerStore, TokenClaims, Tokens } from '../ports.ts';
import { uuidOf } from './contract-case.ts';

/** A clock that stands still until it is put. */
export interface SettableClock extends Clock {
  /** Puts the clock, and runs what is due by then, in order of time. */
  set(ms: number): void;
}

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

export function createSettableClock(ms: number): SettableClock {
  let now = ms;
  const timers = new Set<Timer>();
  const due = (until: number): Timer | undefined => [...timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
  return {
    now: () => now,
    after: (wait, run) => {
      const timer = { at: now + wait, run };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    set: (next) => {
      for (let timer = due(next); timer !== undefined; timer = due(next)) {
        timers.delete(timer);
        now = Math.max(now, timer.at);
        timer.run();
      }
      now = next;
    },
  };
}

/** Ids that count up. @param first worlds that share a database begin at different numbers. */
export function createCountingIds(first: number = 1): Ids {
  let last = first;
  return {
    uuid: () => uuidOf((last += 1)),
    secret: () => `secret-${(last += 1)}`,
  };
}

const PREFIX = 'simulated.';

/** Tokens that only look at their time: the claims as JSON. */
export function createSimulatedTokens(): Tokens {
  return {
    sign: async (claims) => PREFIX + Buffer.from(JSON.stringify(claims)).toString('base64url'),
    verify: async (token, now) => {
      if (!token.startsWith(PREFIX)) return null;
      const claims = JSON.parse(Buffer.from(token.slice(PREFIX.length), 'base64url').toString()) as TokenClaims;
      return claims.expiresAt > now ? claims : null;
    },
  };
}

/** Hashes that hide nothing. */
export function createSimulatedPasswords(): Passwords {
  return {
    hash: async (password) => `plain:${password}`,
    verify: async (password, stored) => stored === `plain:${password}`,
    needsRehash: () => false,
  };
}

export const SILENT_LOG: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/**
 * All ports of a simulated server over a store.
 * @param clock one that calls nobody back makes streams that are neither kept alive nor ended by time.
 */
export function createSimulatedPorts(store: ServerStore, clock: Pick<Clock, 'now'> & Partial<Clock>, ids: Ids = createCountingIds()): ServerPorts {
  return { store, clock: { after: () => () => undefined, ...clock }, ids, tokens: createSimulatedTokens(), passwords: createSimulatedPasswords(), documents: inlineDocuments(), log: SILENT_LOG };
}
