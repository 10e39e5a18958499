// A device's idea of time: offset, drift, steps and sleep, over the true time of the scheduler; and the timers of its tabs.
import type { Cancel, Clock } from '../ports.ts';
import type { SimScheduler } from './sim-scheduler.ts';
import type { SimTab } from './sim-tab.ts';

export interface SimDeviceClockOptions {
  /** How far the wall clock is ahead of true time, in milliseconds. */
  readonly offsetMs?: number | undefined;
  /** How much too fast the wall clock runs, in parts per million. */
  readonly driftPpm?: number | undefined;
  /** Whether the monotonic clock goes on while the device sleeps, as it does on Windows. Default false. */
  readonly monotonicInSleep?: boolean | undefined;
}

/** The clock that all tabs of one device share. */
export class SimDeviceClock {
  readonly #scheduler: SimScheduler;
  readonly #monotonicInSleep: boolean;
  #offset: number;
  #drift: number;
  #driftSince: number;
  #origin: number;
  #asleepSince: number | null = null;

  constructor(scheduler: SimScheduler, options: SimDeviceClockOptions = {}) {
    this.#scheduler = scheduler;
    this.#offset = options.offsetMs ?? 0;
    this.#drift = (options.driftPpm ?? 0) / 1e6;
    this.#monotonicInSleep = options.monotonicInSleep ?? false;
    this.#driftSince = scheduler.now;
    this.#origin = scheduler.now;
  }

  /** What the device shows, in whole milliseconds since the epoch. */
  now(): number {
    const now = this.#scheduler.now;
    return Math.floor(now + this.#offset + (now - this.#driftSince) * this.#drift);
  }

  monotonic(): number {
    const frozenAt = this.#monotonicInSleep ? null : this.#asleepSince;
    return (frozenAt ?? this.#scheduler.now) - this.#origin;
  }

  /** Somebody, or a time server, sets the wall clock by that many milliseconds. */
  step(ms: number): void {
    if (!Number.isFinite(ms)) throw new RangeError(`no clock is set by ${ms} ms`);
    this.#offset += ms;
  }

  /** Changes the drift from now on. */
  setDrift(ppm: number): void {
    if (!Number.isFinite(ppm)) throw new RangeError(`no clock drifts by ${ppm} ppm`);
    const now = this.#scheduler.now;
    this.#offset += (now - this.#driftSince) * this.#drift;
    this.#driftSince = now;
    this.#drift = ppm / 1e6;
  }

  sleep(): void {
    this.#asleepSince ??= this.#scheduler.now;
  }

  wake(): void {
    if (this.#asleepSince === null) return;
    if (!this.#monotonicInSleep) this.#origin += this.#scheduler.now - this.#asleepSince;
    this.#asleepSince = null;
  }
}

/** The clock port of one tab. */
export class SimClock implements Clock {
  readonly #device: SimDeviceClock;
  readonly #tab: SimTab;
  /** Timers fire only at multiples of this many milliseconds, as in hidden tabs; 0 for no throttling. */
  throttleMs: number = 0;

  constructor(device: SimDeviceClock, tab: SimTab) {
    this.#device = device;
    this.#tab = tab;
  }

  now(): number {
    return this.#device.now();
  }

  monotonic(): number {
    return this.#device.monotonic();
  }

  setTimer(delayMs: number, run: () => void): Cancel {
    const { scheduler } = this.#tab;
    let due = scheduler.now + Math.max(0, Number.isFinite(delayMs) ? delayMs : 0);
    if (this.throttleMs > 0) due = Math.ceil(due / this.throttleMs) * this.throttleMs;
    let cancelled = false;
    const cancelEvent = scheduler.schedule(due, () => {
      this.#tab.deliver(() => {
        if (!cancelled) run();
      });
    });
    return () => {
      cancelled = true;
      cancelEvent();
    };
  }
}

export function createSimDeviceClock(scheduler: SimScheduler, options?: SimDeviceClockOptions): SimDeviceClock {
  return new SimDeviceClock(scheduler, options);
}

export function createSimClock(device: SimDeviceClock, tab: SimTab): SimClock {
  return new SimClock(device, tab);
}
