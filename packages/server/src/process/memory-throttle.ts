// Rate limits of one server process, kept in its memory by `rate-limiter-flexible`.
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Throttle } from '../ports.ts';

/** Calls a minute of one address: many devices may share it. */
const ADDRESS_PER_MINUTE = 12_000;
/** Calls a minute of one user: a device that comes back after a month offline sends one call a session to a basic client. */
const USER_PER_MINUTE = 6_000;
/** Sign-ins a minute of one address, right or wrong. */
const LOGINS_PER_MINUTE = 60;
/** Tries for one name from one address that cost no waiting; from the next on the wait doubles. */
const FREE_TRIES = 5;
const WAIT_MAX_S = 900;
/** Tries for one name in an hour from all addresses that never signed in to it. The others are not counted, so strangers lock nobody out. */
const TRIES_OF_STRANGERS = 100;
/** An address is remembered for so long after a sign-in. Timers of the platform cannot wait 25 days. */
const FAMILIAR_S = 14 * 86_400;

interface Refused { readonly msBeforeNext: number }

const isRefused = (thrown: unknown): thrown is Refused => typeof (thrown as Refused | null)?.msBeforeNext === 'number';
const secondsOf = (ms: number): number => Math.max(1, Math.ceil(ms / 1000));

async function take(limiter: RateLimiterMemory, key: string, seconds?: number): Promise<number | null> {
  try {
    await limiter.consume(key, 1, seconds === undefined ? {} : { customDuration: seconds });
    return null;
  } catch (thrown) {
    if (isRefused(thrown)) return secondsOf(thrown.msBeforeNext);
    throw thrown;
  }
}

/**
 * The line to the net that an address belongs to. One line has a whole network of IPv6, named by the first four groups, and may take another
 * address of it for every call. IPv4 is one address, also in the words of IPv6.
 */
function lineOf(address: string): string {
  const ipv4 = /^::ffff:([\d.]+)$/i.exec(address)?.[1];
  if (ipv4 !== undefined || !address.includes(':')) return ipv4 ?? address;
  const [before = '', after] = address.split('::');
  const groups = before === '' ? [] : before.split(':');
  const left = after === undefined ? 0 : 8 - groups.length - (after === '' ? 0 : after.split(':').length);
  return [...groups, ...Array<string>(Math.max(0, left)).fill('0'), ...(after ?? '').split(':')].slice(0, 4).join(':');
}

const placeOf = (username: string, address: string | null): string => `${address ?? ''} ${username}`;

class LoginThrottle {
  readonly #perAddress = new RateLimiterMemory({ keyPrefix: 'logins', points: LOGINS_PER_MINUTE, duration: 60 });
  readonly #tries = new RateLimiterMemory({ keyPrefix: 'tries', points: FREE_TRIES, duration: 86_400 });
  readonly #waits = new RateLimiterMemory({ keyPrefix: 'waits', points: 1, duration: WAIT_MAX_S });
  readonly #strangers = new RateLimiterMemory({ keyPrefix: 'strangers', points: TRIES_OF_STRANGERS, duration: 3_600 });
  readonly #familiar = new RateLimiterMemory({ keyPrefix: 'familiar', points: 1, duration: FAMILIAR_S });

  /** Counts the try before its password is looked at, so that a hundred at once are not all the first. */
  async before(username: string, address: string | null): Promise<number | null> {
    const place = placeOf(username, address);
    const hurried = address === null ? null : await take(this.#perAddress, address);
    if (hurried !== null) return hurried;
    if ((await this.#familiar.get(place)) === null) {
      const crowded = await take(this.#strangers, username);
      if (crowded !== null) return crowded;
    }
    const { consumedPoints } = await this.#tries.penalty(place);
    if (consumedPoints <= FREE_TRIES) return null;
    // One place a wait: whoever takes it may try, the others are told how long it stays taken, and are not counted.
    const wait = await take(this.#waits, place, Math.min(WAIT_MAX_S, 2 ** (consumedPoints - FREE_TRIES - 1)));
    if (wait !== null) await this.#tries.reward(place);
    return wait;
  }

  async takenBack(username: string, address: string | null): Promise<void> {
    const place = placeOf(username, address);
    if ((await this.#familiar.get(place)) === null) await this.#strangers.reward(username);
    await Promise.all([this.#tries.reward(place), this.#waits.delete(place)]);
  }

  async succeeded(username: string, address: string | null): Promise<void> {
    const place = placeOf(username, address);
    await Promise.all([this.#tries.delete(place), this.#waits.delete(place), this.#familiar.set(place, 1, FAMILIAR_S)]);
  }
}

/** The real adapter. */
export function memoryThrottle(): Throttle {
  const calls = new RateLimiterMemory({ keyPrefix: 'calls', points: ADDRESS_PER_MINUTE, duration: 60 });
  const userCalls = new RateLimiterMemory({ keyPrefix: 'user', points: USER_PER_MINUTE, duration: 60 });
  const logins = new LoginThrottle();
  const placed = (address: string | null): string | null => (address === null ? null : lineOf(address));
  return {
    beforeCall: (address) => (address === null ? Promise.resolve(null) : take(calls, lineOf(address))),
    beforeUserCall: (userId) => take(userCalls, userId),
    beforeLogin: (username, address) => logins.before(username, placed(address)),
    afterLogin: (username, address) => logins.succeeded(username, placed(address)),
    withoutLogin: (username, address) => logins.takenBack(username, placed(address)),
  };
}
