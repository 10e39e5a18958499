// Doubles of the server's ports that need no time, no chance and no cryptography. Never for a real server: its tokens are not signed.
import type { Clock, Ids, Log, Passwords, ServerPorts, ServerStore, TokenClaims, Tokens } from '../ports.ts';
import { uuidOf } from './contract-case.ts';

/** A clock that stands still until it is put. */
export interface SettableClock extends Clock {
  set(ms: number): void;
}

export function createSettableClock(ms: number): SettableClock {
  let now = ms;
  return { now: () => now, set: (next) => void (now = next) };
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

/** All ports of a simulated server over a store. */
export function createSimulatedPorts(store: ServerStore, clock: Clock, ids: Ids = createCountingIds()): ServerPorts {
  return { store, clock, ids, tokens: createSimulatedTokens(), passwords: createSimulatedPasswords(), log: SILENT_LOG };
}
