import type { Clock } from '../ports.ts';

/** Waits so long, or until the signal aborts. */
export function pause(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.setTimer(signal.aborted ? 0 : ms, end);
    signal.addEventListener('abort', end);
  });
}
