// The calm variant of the status: what screens show when a flicker would only disturb.
import { asyncScheduler, Observable, type OperatorFunction, type SchedulerLike, type Subscription } from 'rxjs';
import type { EngineStatus } from '@syncline/core';

/**
 * Holds back the news that a sync began until it has lasted `holdMs` milliseconds (400 by default), so that a sync which ends sooner
 * is never seen. Everything else passes at once; what happens while the news is held back is at most `holdMs` late, the newest only.
 * The first value is never held back. When the stream completes, a value held back is emitted first.
 */
export function calm(holdMs = 400, scheduler: SchedulerLike = asyncScheduler): OperatorFunction<EngineStatus, EngineStatus> {
  return (status$) =>
    new Observable((subscriber) => {
      let shown: EngineStatus | undefined;
      let held: EngineStatus | undefined;
      let wait: Subscription | undefined;
      const show = (status: EngineStatus): void => {
        wait?.unsubscribe();
        wait = held = undefined;
        subscriber.next((shown = status));
      };
      const hold = (status: EngineStatus): void => {
        held = status;
        wait ??= scheduler.schedule(() => held && show(held), holdMs);
      };
      subscriber.add(() => wait?.unsubscribe());
      return status$.subscribe({
        next: (status) => (isSyncing(status) && shown && !isSyncing(shown) ? hold(status) : show(status)),
        error: (error: unknown) => subscriber.error(error),
        complete: () => {
          if (held) show(held);
          subscriber.complete();
        },
      });
    });
}

function isSyncing(status: EngineStatus): boolean {
  return status.local.phase === 'syncing';
}
