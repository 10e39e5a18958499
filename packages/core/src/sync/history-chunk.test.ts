import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FinishedSession } from '../model/session.ts';
import { chunksToMerge } from './compact.ts';
import { type ChunkInfo, endAt, packChunk, packDirectory, readColumns, readDirectory, unpackChunk } from './history-chunk.ts';
import { createIntervalList, placesOverlapping } from './interval-list.ts';
import { idHash, storeName } from '../store-name.ts';

const session: fc.Arbitrary<FinishedSession> = fc.record({
  id: fc.uuid(),
  startTime: fc.integer({ min: 1e12, max: 1e12 + 1e8 }),
  length: fc.integer({ min: 1, max: 86_400_000 }),
  category: fc.string(), project: fc.string(), note: fc.string({ unit: 'grapheme' }), source: fc.constant('cli'),
  plannedDuration: fc.option(fc.integer({ min: 1, max: 1440 })), deviceId: fc.option(fc.uuid()), displayId: fc.option(fc.string()),
  version: fc.nat(), deletedAt: fc.constant(null),
  clock: fc.option(fc.record({ wallMs: fc.integer(), monotonicMs: fc.integer() })),
  cancelled: fc.option(fc.record({ reason: fc.constantFrom(null, 'other' as const), note: fc.string() })),
}).map(({ length, ...rest }) => ({ ...rest, endTime: rest.startTime + length }));
const sessions = fc.uniqueArray(session, { selector: ({ id }) => id, minLength: 1, maxLength: 60 });

describe('a packed chunk', () => {
  it('gives back what was put in, in the order of its columns', () => {
    fc.assert(fc.property(sessions, (list) => {
      const { text, columns, info } = packChunk(3, list);
      const back = unpackChunk(text) ?? [];
      expect(new Set(back.map((item) => JSON.stringify(item, Object.keys(item ?? {}).sort())))).toEqual(new Set(list.map((item) => JSON.stringify(item, Object.keys(item).sort()))));
      back.forEach((item, i) => {
        expect(columns.starts[i]).toBe(item?.startTime);
        expect(endAt(columns, i)).toBe(item?.cancelled === null ? item.endTime : item?.startTime);
        expect(columns.hashes[i]).toBe(idHash(item?.id ?? ''));
      });
      expect([...columns.starts]).toEqual([...columns.starts].sort((a, b) => a - b));
      expect(info).toEqual({ chunk: 3, count: list.length, minStart: Math.min(...columns.starts), maxStart: Math.max(...columns.starts), maxEnd: Math.max(...list.map(({ cancelled, startTime, endTime }) => (cancelled === null ? endTime : startTime))) });
      expect(readColumns(structuredClone(columns))).toEqual(columns);
    }));
  });
  it('that is damaged gives what can be read, and never throws', () => {
    const { text } = packChunk(1, [{ id: 'a', startTime: 1, endTime: 2, category: 'c', project: 'p', note: '', source: 's', plannedDuration: null, deviceId: null, displayId: null, version: 0, deletedAt: null, clock: null, cancelled: null }]);
    expect(unpackChunk(text.slice(0, -3))).toBeNull();
    expect(unpackChunk(7)).toBeNull();
    expect(unpackChunk('{}')).toBeNull();
    expect(unpackChunk(`[${text.slice(1, -1)},["b"],null]`)?.map((item) => item?.id ?? null)).toEqual(['a', null, null]);
    for (const value of [null, {}, { starts: new Float64Array(1), lengths: new Uint32Array(2), hashes: new Uint32Array(1) }, { starts: [1], lengths: [2], hashes: [3] }]) {
      expect(readColumns(value)).toBeNull();
    }
  });
});

describe('the directory', () => {
  it('is read as it was written, absent or damaged it is noticed', () => {
    const chunks: ChunkInfo[] = [1, 2, 5].map((chunk) => ({ chunk, count: chunk * 10, minStart: 1, maxStart: 2, maxEnd: 3 }));
    expect(readDirectory(structuredClone(packDirectory(chunks)))).toEqual(chunks);
    expect(readDirectory(undefined)).toBeNull();
    expect(readDirectory('x')).toBeNull();
    expect(readDirectory(Float64Array.of(Number.NaN, 1, 1, 1, 1))).toBeNull();
  });
  it('names short chunks to merge, never the newest, never more than one chunk holds', () => {
    const short = (count: number, size = 64): ChunkInfo[] => Array.from({ length: count }, (_, i) => ({ chunk: i + 1, count: size, minStart: 0, maxStart: 0, maxEnd: 0 }));
    expect(chunksToMerge(short(16))).toEqual([]);
    expect(chunksToMerge(short(17)).map(({ chunk }) => chunk)).toEqual(Array.from({ length: 16 }, (_, i) => i + 1));
    expect(chunksToMerge(short(100)).reduce((sum, { count }) => sum + count, 0)).toBe(1984);
    expect(chunksToMerge(short(100, 2000))).toEqual([]);
  });
});

describe('overlaps by bounded search', () => {
  it('equal a look at every interval', () => {
    fc.assert(fc.property(sessions, session, (list, one) => {
      const { columns } = packChunk(1, list);
      const slow = list.filter(({ cancelled, startTime, endTime }) => cancelled === null && startTime < one.endTime && one.startTime < endTime);
      const fast = placesOverlapping(columns.starts, (place) => endAt(columns, place), one.startTime, one.endTime).map((place) => unpackChunk(packChunk(1, list).text)?.[place]?.id);
      expect(fast.sort()).toEqual(slow.map(({ id }) => id).sort());
      const pending = createIntervalList();
      for (const { id, startTime, endTime } of list) pending.add(id, startTime, endTime);
      expect(pending.lastEnd).toBe(Math.max(...list.map(({ endTime }) => endTime)));
      const [gone, ...rest] = list;
      pending.remove(gone?.id ?? '', gone?.startTime ?? 0);
      expect(pending.size).toBe(rest.length);
      expect(pending.idsOverlapping(one.startTime, one.endTime).sort()).toEqual(
        rest.filter(({ startTime, endTime }) => startTime < one.endTime && one.startTime < endTime).map(({ id }) => id).sort(),
      );
    }));
  });
});

describe('the name of a store', () => {
  it('differs for every server and user, and shows neither', () => {
    const names = new Set<string>();
    for (const origin of ['https://a.test', 'https://b.test']) for (let user = 0; user < 2000; user += 1) names.add(storeName(origin, `user-${user}`));
    expect(names.size).toBe(4000);
    expect(storeName('https://a.test', 'anna')).toMatch(/^syncline-[0-9a-z]{22}$/);
    expect(storeName('https://a.test', 'anna')).toBe(storeName('https://a.test', 'anna'));
  });
});
