import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { config, firstValueFrom, take } from 'rxjs';
import type { Source } from '@syncline/core';
import { fromSource } from './from-source.ts';

class ManualSource<T> implements Source<T> {
  readonly #listeners = new Set<() => void>();
  #current: T;
  constructor(first: T) {
    this.#current = first;
  }
  get current(): T {
    return this.#current;
  }
  get listeners(): number {
    return this.#listeners.size;
  }
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
  set(value: T): void {
    this.#current = value;
    this.notify();
  }
  notify(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

function deferred(): { promise: Promise<void>; resolve: () => void; reject: (reason: Error) => void } {
  let resolve = (): void => {};
  let reject = (_: Error): void => {};
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

describe('fromSource', () => {
  it('replays the latest value synchronously to each subscriber', () => {
    const source = new ManualSource(1);
    const stream = fromSource(source);
    const early: number[] = [];
    stream.subscribe((value) => early.push(value));
    expect(early).toEqual([1]);
    source.set(2);
    const late: number[] = [];
    stream.subscribe((value) => late.push(value));
    expect(early).toEqual([1, 2]);
    expect(late).toEqual([2]);
  });

  it('never repeats a value, also when the source calls without a change', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', Number.NaN, undefined), { maxLength: 30 }), (values) => {
        const source = new ManualSource<unknown>('first');
        const seen: unknown[] = [];
        fromSource(source).subscribe((value) => seen.push(value));
        for (const value of values) source.set(value);
        const expected = ['first', ...values].filter((value, index, all) => index === 0 || !Object.is(value, all[index - 1]));
        expect(seen).toEqual(expected);
      }),
    );
  });

  it('hands on undefined as a first value', () => {
    const seen: unknown[] = [];
    fromSource(new ManualSource<unknown>(undefined)).subscribe((value) => seen.push(value));
    expect(seen).toEqual([undefined]);
  });

  it('gives a change made by a subscriber of the first value to that subscriber', () => {
    const source = new ManualSource(1);
    const seen: number[] = [];
    fromSource(source).subscribe((value) => {
      seen.push(value);
      if (value === 1) source.set(2);
    });
    expect(seen).toEqual([1, 2]);
  });

  it('releases its listener on unsubscribe, once for each subscriber', () => {
    const source = new ManualSource(0);
    const stream = fromSource(source);
    const subscriptions = Array.from({ length: 5 }, () => stream.subscribe());
    expect(source.listeners).toBe(5);
    for (const subscription of subscriptions) subscription.unsubscribe();
    expect(source.listeners).toBe(0);
  });

  it('releases its listener when an operator takes enough, the first value included', async () => {
    const source = new ManualSource(7);
    expect(await firstValueFrom(fromSource(source))).toBe(7);
    fromSource(source).pipe(take(1)).subscribe();
    expect(source.listeners).toBe(0);
  });

  it('completes every subscriber when closed, releases the listeners, and completes late ones after the last value', async () => {
    const source = new ManualSource('last');
    const closed = deferred();
    const stream = fromSource(source, closed.promise);
    const heard: string[] = [];
    stream.subscribe({ next: (value) => heard.push(value), complete: () => heard.push('complete') });
    closed.resolve();
    await closed.promise;
    expect(heard).toEqual(['last', 'complete']);
    expect(source.listeners).toBe(0);
    stream.subscribe({ next: (value) => heard.push(value), complete: () => heard.push('complete') });
    await Promise.resolve();
    expect(heard.slice(2)).toEqual(['last', 'complete']);
  });

  it('completes, and does not error, when closing failed', async () => {
    const closed = deferred();
    const heard: string[] = [];
    fromSource(new ManualSource('value'), closed.promise).subscribe({
      error: () => heard.push('error'),
      complete: () => heard.push('complete'),
    });
    closed.reject(new Error('could not close'));
    await closed.promise.catch(() => {});
    expect(heard).toEqual(['complete']);
  });

  it('does not complete a subscriber that left', async () => {
    const closed = deferred();
    let completed = 0;
    const stream = fromSource(new ManualSource(0), closed.promise);
    stream.subscribe({ complete: () => completed++ }).unsubscribe();
    stream.subscribe({ complete: () => completed++ });
    closed.resolve();
    await closed.promise;
    expect(completed).toBe(1);
  });

  it('adds one reaction to the closing promise, however many subscribe and leave', () => {
    const closed = new Promise<void>(() => {});
    let reactions = 0;
    const then = closed.then.bind(closed);
    closed.then = ((...args: Parameters<typeof then>) => {
      reactions++;
      return then(...args);
    }) as typeof closed.then;
    const stream = fromSource(new ManualSource(0), closed);
    for (let i = 0; i < 100; i++) stream.subscribe().unsubscribe();
    expect(reactions).toBe(1);
  });

  it('[B16] keeps a subscriber that throws away from the others and from itself later', async () => {
    const reported: unknown[] = [];
    const before = config.onUnhandledError;
    const enough = new Promise<void>((resolve) => {
      config.onUnhandledError = (error) => {
        reported.push(error);
        if (reported.length === 2) resolve();
      };
    });
    try {
      const source = new ManualSource(1);
      const stream = fromSource(source);
      const angry: number[] = [];
      const calm: number[] = [];
      stream.subscribe((value) => {
        angry.push(value);
        throw new Error(`cannot stand ${value}`);
      });
      stream.subscribe((value) => calm.push(value));
      expect(() => source.set(2)).not.toThrow();
      await enough;
      expect(angry).toEqual([1, 2]);
      expect(calm).toEqual([1, 2]);
    } finally {
      config.onUnhandledError = before;
    }
  });
});
