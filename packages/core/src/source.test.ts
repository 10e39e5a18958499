import { describe, expect, it } from 'vitest';
import { createEmitter } from './source.ts';

describe('a source', () => {
  it('tells each listener of each change once, and not of an equal value', () => {
    const { source, emit } = bound(1);
    const heard: number[] = [];
    const listener = (): void => void heard.push(source.current);
    const stop = source.subscribe(listener);
    source.subscribe(listener);
    expect([emit(2), emit(2), emit(3)]).toEqual([true, false, true]);
    stop();
    stop();
    emit(4);
    expect(heard).toEqual([2, 2, 3, 3, 4]);
  });
  it('lets listeners come and go while it tells', () => {
    const { source, emit } = bound(1);
    const heard: string[] = [];
    const stop = source.subscribe(() => {
      stop();
      source.subscribe(() => heard.push('late'));
      heard.push('first');
    });
    emit(2);
    emit(3);
    expect(heard).toEqual(['first', 'late']);
  });
  it('[B16] keeps listeners apart: one that throws is reported and disturbs nobody', () => {
    const faults: unknown[] = [];
    const emitter = createEmitter<number>(1, Object.is, (error) => faults.push(error));
    const heard: number[] = [];
    emitter.source.subscribe(() => {
      throw new Error('mine');
    });
    emitter.source.subscribe(() => heard.push(emitter.source.current));
    emitter.emit(2);
    expect([heard, faults.length]).toEqual([[2], 1]);
    emitter.close();
    expect(emitter.emit(3)).toBe(false);
    expect(emitter.source.current).toBe(2);
  });
});

function bound(initial: number) {
  const emitter = createEmitter(initial, Object.is);
  return { source: emitter.source, emit: (value: number): boolean => emitter.emit(value) };
}
