// I-16, for one device: how much it asks of a server that does not answer well.
import type { TransportResult } from '../../ports.ts';

const MINUTE_MS = 60_000;
/** Requests in a minute while every one fails. */
const FAILING_MAX = 12;
/** The same in five minutes: pauses grow. */
const LONG_MS = 5 * MINUTE_MS;
const FAILING_LONG_MAX = 32;
/** After so many failures in a row, those on their way included, nothing is asked within a second of the last. */
const FAILING_FREELY = 4;
const PAUSE_MIN_MS = 1000;
/** A device's clock and the world's differ by rounding and drift. */
const CLOCK_NOISE_MS = 20;
const ASKED_NOISE_MS = 50;
/** Until what one tab heard is noted where the others look. */
const NOTING_MS = 500;
/** A refusal of one item is an answer like another; the same refusal again is a failure. */
const REFUSALS: ReadonlySet<number> = new Set([400, 409, 413, 415, 422]);

/** Whether a device keeps what it heard: of one whose store went a moment ago nobody knows. */
export type Noted = 'noted' | 'perhaps' | 'not noted';

export class Effort {
  #failing: number[] = [];
  #failingLong: number[] = [];
  /** Failures since the last answer that was none. */
  #inARow = 0;
  readonly #refused = new Set<string>();
  /** The session whose delivery was answered 500 last, and nothing since. */
  #faulty: string | null = null;
  #wasCloned = false;
  #quietUntil = 0;
  #quietSince = 0;
  /** The tab that heard of it, and from when on the others know, too. */
  #quietIn: number | null = null;
  #quietKnown = 0;
  /** The last answer refused a token: another one may be tried at once. */
  #wasTokenRefused = false;

  /** From here on everything is counted afresh. */
  forget(): void {
    this.#failing = [];
    this.#failingLong = [];
    this.#inARow = 0;
    this.#quietUntil = 0;
  }

  /** A tab that died or was replaced at once may not have noted what the server asked of it, nor that it failed; its successor counts a minute of its own. */
  senderDied(now: number): void {
    if (now - this.#quietSince < 1000) this.#quietUntil = 0;
    if (now - (this.#failing.at(-1) ?? Number.NEGATIVE_INFINITY) < PAUSE_MIN_MS) this.#inARow = 0;
    this.#failing = [];
  }

  /** That it is refused once more is the answer to another question. */
  retried(id: string): void {
    this.#refused.delete(id);
  }

  /** What is wrong with asking now, from that tab. `id`: the session that is sent, or null. */
  sent(id: string | null, path: string, now: number, tab: number): string[] {
    const wrong: string[] = [];
    if (now < this.#quietUntil && (now >= this.#quietKnown || this.#quietIn === tab)) wrong.push(`asked ${path} ${this.#quietUntil - now} ms before the server wanted to be asked again`);
    const since = now - (this.#failing.at(-1) ?? Number.NEGATIVE_INFINITY);
    // A 500 may be one item's own: up to three others are tried before it is the server's.
    const isNextItem = this.#faulty !== null && id !== null && id !== this.#faulty;
    if (this.#inARow > FAILING_FREELY && !isNextItem && !this.#wasTokenRefused && since < PAUSE_MIN_MS - CLOCK_NOISE_MS) wrong.push(`asked ${path} ${since} ms after ${this.#inARow} failures in a row`);
    return wrong;
  }

  /** What is wrong with having asked so often. `id`: the session that was sent; `isAlone`: no other tab can know; `noted`: whether what was heard is kept. */
  heard(id: string | null, result: TransportResult, now: number, tab: number, { isAlone, noted }: { readonly isAlone: boolean; readonly noted: Noted }): string[] {
    const status = result.ok ? result.response.status : 0;
    this.#wasTokenRefused = status === 401;
    const asked = result.ok && (status === 429 || status === 503) ? Number(result.response.headers['retry-after'] ?? 0) : 0;
    if (asked > 0) {
      this.#quietUntil = now + asked * 1000 - ASKED_NOISE_MS;
      this.#quietSince = now;
      this.#quietIn = tab;
      this.#quietKnown = isAlone ? Number.POSITIVE_INFINITY : now + NOTING_MS;
    }
    this.#count(id, result, now, noted);
    const [short, long] = [this.#failing.length, this.#failingLong.length];
    if (short <= FAILING_MAX && long <= FAILING_LONG_MAX) return [];
    this.#failing = [];
    this.#failingLong = [];
    return [short > FAILING_MAX ? `made ${short} requests in a minute, and all failed` : `made ${long} requests in five minutes, and all failed`];
  }

  #count(id: string | null, result: TransportResult, now: number, noted: Noted): void {
    // A tab that closed gave it up by itself.
    if (!result.ok && result.failure === 'aborted') return;
    const isJson = result.ok && (result.response.headers['content-type'] ?? '').includes('json');
    // Its clock has not reached the session's end: asked again when it should have, and the clock may have been set back since.
    if (isJson && result.response.status === 400 && result.response.body.includes('time_in_future')) return;
    // Nor is a refusal that nothing keeps an answer: the session is sent again, and refused for the first time then.
    const isFirstRefusal = noted !== 'not noted' && isJson && id !== null && REFUSALS.has(result.response.status) && !this.#refused.has(id);
    if (isFirstRefusal && noted === 'noted') this.#refused.add(id);
    this.#faulty = result.ok && result.response.status === 500 ? id : null;
    // A clone is told so once, and goes on under a name of its own.
    const isCloned = isJson && result.response.status === 409 && result.response.body.includes('device_cloned');
    const isGood = isFirstRefusal || (isCloned && !this.#wasCloned) || (isJson && result.response.status < 300);
    this.#wasCloned = isCloned;
    this.#failing = isGood ? [] : [...this.#failing.filter((at) => now - at < MINUTE_MS), now];
    this.#failingLong = isGood ? [] : [...this.#failingLong.filter((at) => now - at < LONG_MS), now];
    this.#inARow = isGood ? 0 : this.#inARow + 1;
  }
}
