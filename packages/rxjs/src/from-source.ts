// A Source as an Observable. Owns the bridge and nothing else: no buffer, no shared subject, so that one subscriber
// can neither starve nor break another. Never errors.
import { Observable } from 'rxjs';
import type { Source } from '@syncline/core';
import { whenClosed } from './when-closed.ts';

/**
 * An Observable of the source's values.
 *
 * Each subscriber hears the latest value synchronously while it subscribes, then each change. Two identical values never
 * follow each other. The Observable never errors; it completes once `closed` resolves, and never without it.
 * Unsubscribing releases the listener on the source. A subscriber that throws stops only itself from seeing that value.
 */
export function fromSource<T>(source: Source<T>, closed?: Promise<unknown>): Observable<T> {
  return new Observable<T>((subscriber) => {
    let last: T | undefined;
    let emitted = false;
    const emit = (): void => {
      const value = source.current;
      if (emitted && Object.is(value, last)) return;
      emitted = true;
      last = value;
      subscriber.next(value);
    };
    // Listening comes first: a change made while a subscriber handles the first value must reach it too.
    subscriber.add(source.subscribe(emit));
    if (closed) subscriber.add(whenClosed(closed, () => subscriber.complete()));
    emit();
  });
}
