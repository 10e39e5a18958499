// One tab's watch over its clock: whether the wall clock went on evenly since the server's time was last heard, and so for which times
// what was heard still holds. Sleep, and a clock that somebody set, look alike from here, and both end what is known.
import type { ClockBound } from '@syncline/protocol';
import { better, boundAt, type ClockSample } from '../model/clock-bound.ts';
import type { Clock } from '../ports.ts';

/** The two clocks may stray from each other by so much between two looks, and by this share of the time between them. */
const STRAY_MS = 250;
const STRAY_SHARE = 0.001;

export class ClockWatch {
  readonly #clock: Clock;
  readonly #stored: () => ClockSample | null;
  #best: ClockSample | null = null;
  #looked: { readonly wall: number; readonly monotonic: number };
  /** Since when the wall clock went on evenly, by itself. */
  #evenSince: number;
  /** How far the wall clock strayed from the monotonic one since then, at least and at most. */
  #stray = 0;
  #least = 0;
  #most = 0;

  /** @param stored the sample that the tab which syncs wrote down last. */
  constructor(clock: Clock, stored: () => ClockSample | null) {
    this.#clock = clock;
    this.#stored = stored;
    this.#looked = { wall: clock.now(), monotonic: clock.monotonic() };
    this.#evenSince = this.#looked.wall;
  }

  /** Compares the clocks. Called often: what happens between two looks and cancels out is not seen. */
  look(): void {
    const [wall, monotonic] = [this.#clock.now(), this.#clock.monotonic()];
    const passed = monotonic - this.#looked.monotonic;
    const strayed = wall - this.#looked.wall - passed;
    if (Math.abs(strayed) > STRAY_MS + passed * STRAY_SHARE) {
      // Put back, the clock shows some times twice: what is said of them may be of the first.
      this.#evenSince = Math.max(this.#looked.wall, wall);
      this.#looked = { wall, monotonic };
      this.#best = null;
      this.#stray = this.#least = this.#most = 0;
      return;
    }
    this.#looked = { wall, monotonic };
    this.#stray += strayed;
    this.#least = Math.min(this.#least, this.#stray);
    this.#most = Math.max(this.#most, this.#stray);
  }

  /** An answer told the server's time. Returns what is known best now. */
  take({ offsetMs, errorMs }: ClockBound): ClockSample {
    this.look();
    const at = this.#looked.wall;
    this.#best = this.#known().reduce<ClockSample>((best, sample) => better(sample, best, at), { offsetMs, errorMs, at });
    return this.#best;
  }

  /** How far this device's clock was ahead at an instant that it showed; null where nobody can tell. */
  boundAt(instant: number): ClockBound | null {
    this.look();
    const { wall } = this.#looked;
    const [first, ...rest] = this.#known();
    if (first === undefined || instant < this.#evenSince || instant > wall) return null;
    const best = rest.reduce<ClockSample>((found, sample) => better(sample, found, instant), first);
    return boundAt(best, instant, this.#most - this.#least);
  }

  /** What this tab heard since, and what another wrote down since. */
  #known(): readonly ClockSample[] {
    const stored = this.#stored();
    const holds = stored !== null && stored.at > this.#evenSince && stored.at <= this.#looked.wall;
    return [...(this.#best === null ? [] : [this.#best]), ...(holds ? [stored] : [])];
  }
}
