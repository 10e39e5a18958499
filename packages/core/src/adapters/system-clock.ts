// The platform's clocks and timers.
import type { Cancel, Clock } from '../ports.ts';

// Platforms count delays in 32 bits with sign; a longer one would fire at once.
const LONGEST_DELAY_MS = 0x7fff_ffff;

class SystemClock implements Clock {
  now(): number {
    return Date.now();
  }

  monotonic(): number {
    return performance.now();
  }

  setTimer(delayMs: number, run: () => void): Cancel {
    let id: ReturnType<typeof setTimeout>;
    const arm = (left: number): void => {
      const part = Math.min(left, LONGEST_DELAY_MS);
      id = setTimeout(() => (left > part ? arm(left - part) : run()), part);
    };
    arm(Math.max(0, delayMs));
    return () => clearTimeout(id);
  }
}

/** The clock port of this platform. */
export function createSystemClock(): Clock {
  return new SystemClock();
}
