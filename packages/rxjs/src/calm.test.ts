import { afterEach, describe, expect, it, vi } from 'vitest';
import { Subject } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { EngineStatus, PhaseWord } from '@syncline/core';
import { calm } from './calm.ts';

// Only the fields that `calm` may look at, and a name to tell the values apart.
function status(name: string, phase: PhaseWord): EngineStatus {
  return { name, local: { phase } } as unknown as EngineStatus;
}

const values = {
  i: status('i', 'idle'),
  j: status('j', 'idle'),
  b: status('b', 'backing_off'),
  s: status('s', 'syncing'),
  t: status('t', 'syncing'),
};

function check(input: string, expected: string, holdMs = 4): void {
  const scheduler = new TestScheduler((actual, wanted) => expect(actual).toEqual(wanted));
  scheduler.run(({ hot, expectObservable }) => {
    expectObservable(hot(input, values).pipe(calm(holdMs, scheduler))).toBe(expected, values);
  });
}

describe('calm', () => {
  afterEach(() => void vi.useRealTimers());

  it('never shows a sync that ends in time', () => check('i-s-j----|', 'i---j----|'));
  it('shows a sync that lasts', () => check('i-s-------j-|', 'i-----s---j-|'));
  it('shows the newest of what was held back, no later for being renewed', () => check('i-s-t------|', 'i-----t----|'));
  it('passes everything else at once', () => check('ijbij|', 'ijbij|'));
  it('passes progress at once while a sync is shown', () => check('i-s----t-s-|', 'i-----st-s-|'));
  it('does not hold back a first value', () => check('s-t-|', 's-t-|'));
  it('emits what it holds back before completing', () => check('i-s|', 'i--(s|)'));
  it('passes an error on', () => check('i-#', 'i-#'));

  it('leaves the source and keeps no timer after unsubscribing', () => {
    vi.useFakeTimers();
    const input = new Subject<EngineStatus>();
    const subscription = input.pipe(calm()).subscribe();
    input.next(values.i);
    input.next(values.s);
    expect(vi.getTimerCount()).toBe(1);
    subscription.unsubscribe();
    expect(vi.getTimerCount()).toBe(0);
    expect(input.observed).toBe(false);
  });
});
