import { describe, expect, it } from 'vitest';
import { isNumberReused, recallDevice, rememberSeqs } from './device-memory.ts';

const CALLER = { device_id: 'mac', device_type: 'mac_app', version: '1.0', sessions_pending: 0, incarnation: 'i', run: 'r' };

describe('what is remembered of a device', () => {
  it('takes an operation that was refused long ago for no clone’s, however many were refused since', () => {
    const first = recallDevice(undefined, CALLER);
    if (first === null) throw new Error('a clone');
    const refused = Array.from({ length: 1500 }, (_, i) => i + 2);
    const memory = rememberSeqs(first, [1, ...Array.from({ length: 499 }, (_, i) => i + 1502)], refused);
    expect([1, 2, 400, 1501].map((seq) => isNumberReused(memory, seq))).toEqual([false, false, false, false]);
    expect([1600, 2000, 2001].map((seq) => isNumberReused(memory, seq))).toEqual([true, true, false]);
    expect(memory.incarnations[0]?.refusedSeqs.length).toBe(1000);
    const later = rememberSeqs(memory, [1501], []);
    expect([2, 1500, 1501].map((seq) => isNumberReused(later, seq)), 'once one of those that are remembered passed').toEqual([false, false, true]);
    expect(isNumberReused(rememberSeqs(first, [1, 3], [2]), 1)).toBe(true);
  });

  it('takes an operation that waited while many others passed for no clone’s, and knows which have passed', () => {
    const first = recallDevice(undefined, CALLER);
    if (first === null) throw new Error('a clone');
    const from = (start: number): number[] => Array.from({ length: 100 }, (_, i) => start + i);
    const memory = rememberSeqs(rememberSeqs(first, [1, 2], []), from(4), []);
    expect([2, 3, 4, 103].map((seq) => isNumberReused(memory, seq))).toEqual([true, false, true, true]);
    const later = rememberSeqs(memory, from(1001), []);
    expect([104, 1000, 1001].map((seq) => isNumberReused(later, seq)), 'where more waited than are remembered').toEqual([false, false, true]);
  });
});
