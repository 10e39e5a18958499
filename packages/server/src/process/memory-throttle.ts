// Rate limits of one server process, kept in its memory by `rate-limiter-flexible`.
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Throttle } from '../ports.ts';

/** Calls a minute of one address: many devices may share it. */
const ADDRESS_PER_MINUTE = 12_000;
/** Calls a minute of one user: a device that comes back after a month offline sends one call a session to a basic client. */
const USER_PER_MINUTE = 6_000;
/** Sign-ins a minute of one address, right or wrong. */
const LOGINS_PER_MINUTE = 60;
/** Wrong passwords for one name from one address in a quarter of an hour. */
const FAILURES_HERE = 8;
/** Wrong passwords for one name from anywhere in an hour: high, so that strangers cannot lock anybody out cheaply. */
const FAILURES_ANYWHERE = 100;

interface Refused { readonly msBeforeNext: number }

const isRefused = (thrown: unknown): thrown is Refused => typeof (thrown as Refused | null)?.msBeforeNext === 'number';
const secondsOf = (ms: number): number => Math.max(1, Math.ceil(ms / 1000));

async function take(limiter: RateLimiterMemory, key: string): Promise<number | null> {
  try {
    await limiter.consume(key);
    return null;
  } catch (thrown) {
    if (isRefused(thrown)) return secondsOf(thrown.msBeforeNext);
    throw thrown;
  }
}

async function waitOf(limiter: RateLimiterMemory, key: string): Promise<number | null> {
  const state = await limiter.get(key);
  return state !== null && state.remainingPoints <= 0 ? secondsOf(state.msBeforeNext) : null;
}

/** The real adapter. */
export function memoryThrottle(): Throttle {
  const calls = new RateLimiterMemory({ keyPrefix: 'calls', points: ADDRESS_PER_MINUTE, duration: 60 });
  const userCalls = new RateLimiterMemory({ keyPrefix: 'user', points: USER_PER_MINUTE, duration: 60 });
  const logins = new RateLimiterMemory({ keyPrefix: 'logins', points: LOGINS_PER_MINUTE, duration: 60 });
  const here = new RateLimiterMemory({ keyPrefix: 'here', points: FAILURES_HERE, duration: 900 });
  const anywhere = new RateLimiterMemory({ keyPrefix: 'anywhere', points: FAILURES_ANYWHERE, duration: 3600 });
  const place = (username: string, address: string | null): string => `${address ?? ''} ${username}`;
  return {
    beforeCall: (address) => (address === null ? Promise.resolve(null) : take(calls, address)),
    beforeUserCall: (userId) => take(userCalls, userId),
    beforeLogin: async (username, address) =>
      (address === null ? null : await take(logins, address)) ?? (await waitOf(here, place(username, address))) ?? waitOf(anywhere, username),
    afterFailedLogin: async (username, address) => {
      await here.penalty(place(username, address));
      await anywhere.penalty(username);
    },
  };
}
