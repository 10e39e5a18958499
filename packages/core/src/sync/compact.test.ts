import { describe, expect, it } from 'vitest';
import { createVolatileStore } from '../adapters/volatile-store.ts';
import type { Session } from '../api.ts';
import type { FinishedSession } from '../model/session.ts';
import { createEngineWorld } from '../testing/engine-world.ts';
import { chunksToMerge, compactHistory, MERGE_CHUNKS_MIN } from './compact.ts';
import { appendHistory } from './history-append.ts';
import { CHUNK_SESSIONS_MAX, type ChunkInfo, TAIL_SESSIONS_MAX } from './history-chunk.ts';
import { newestInHistory } from './history-search.ts';
import { Local } from './local.ts';
import { SessionReader } from './session-reader.ts';

const CHUNKS = MERGE_CHUNKS_MIN + 1;
const BEGINS = { first: 0, second: 1e12 };

/** A tab over a store of its own, with just enough short chunks to be merged: all such stores have one history version, and each has times of its own. */
async function tabOver(name: keyof typeof BEGINS): Promise<Local> {
  const { clock } = createEngineWorld().page().ports;
  const local = new Local({ store: createVolatileStore(), clock, ids: { uuid: () => name } });
  for (let chunk = 0; chunk < CHUNKS; chunk += 1) {
    const sessions = Array.from({ length: TAIL_SESSIONS_MAX }, (_, i) => session(`${name} ${chunk} ${i}`, BEGINS[name] + (chunk * TAIL_SESSIONS_MAX + i) * 3_600_000));
    await local.commit((draft) => appendHistory(draft, local.store, sessions), 'relaxed');
  }
  return local;
}

function session(id: string, startTime: number): FinishedSession {
  return {
    id, startTime, endTime: startTime + 1_500_000, plannedDuration: 25, category: 'work', project: 'Personal', note: '', source: 'web_timer', deviceId: 'device',
    displayId: null, version: 1, deletedAt: null, clock: null, cancelled: null,
  };
}

/** Whose sessions the tab finds at the times of that store, and how many. */
async function found({ store, history, view }: Local, name: keyof typeof BEGINS): Promise<readonly [string, number | undefined]> {
  const from = BEGINS[name];
  const sessions = await newestInHistory(store, history, view.head.historyVersion, from, from + 1e11, 5000);
  const names = new Set(sessions?.map((one) => one?.id.split(' ')[0]));
  return [[...names].join(), sessions?.length];
}

describe('what is merged', () => {
  /** A directory of chunks of so many sessions each, oldest first. */
  const directoryOf = (counts: readonly number[]): readonly ChunkInfo[] => counts.map((count, i) => ({ chunk: i + 1, count, minStart: i, maxStart: i, maxEnd: i }));
  const short = Array<number>(100).fill(TAIL_SESSIONS_MAX);

  it.each([[[]], [[990, 990]], [[700, 700, 700]], [[500, 1000, 500, 2000, 500, 500]]])('is a number of short chunks, whatever came before them: %s', (before) => {
    let counts = [...before, ...short];
    for (let merges = 0; merges < 10; merges += 1) {
      const chosen = chunksToMerge(directoryOf(counts));
      if (chosen.length === 0) break;
      expect(chosen.length).toBeGreaterThanOrEqual(MERGE_CHUNKS_MIN);
      const sum = chosen.reduce((all, { count }) => all + count, 0);
      expect(sum).toBeLessThanOrEqual(CHUNK_SESSIONS_MAX);
      const places = new Set(chosen.map(({ chunk }) => chunk - 1));
      counts = counts.flatMap((count, i) => (i === chosen[0]?.chunk ? [sum] : []).concat(places.has(i) ? [] : [count]));
    }
    expect(counts.length).toBeLessThan(before.length + 2 * MERGE_CHUNKS_MIN);
  });
});

describe('where a store takes the place of another one that is as old', () => {
  it('what was to be merged in the first is not written into the second', async () => {
    const local = await tabOver('first');
    const second = await tabOver('second');
    const merging = compactHistory(local);
    await local.swap(second.store);
    await local.commit(() => undefined, 'relaxed', true);
    local.swapped();
    await merging;
    expect(local.view.head).toMatchObject({ store: 'second', historyVersion: CHUNKS });
    expect(await found(local, 'second')).toEqual(['second', CHUNKS * TAIL_SESSIONS_MAX]);
  });

  it('what was just being read of the first is not taken for the second', async () => {
    const local = await tabOver('first');
    const second = await tabOver('second');
    const { store, history } = local;
    history.forget();
    const read = store.read.bind(store);
    store.read = async (reads) => {
      const rows = await read(reads);
      await local.swap(second.store);
      return rows;
    };
    await history.load(store, 0, 0);
    await local.commit(() => undefined, 'relaxed', true);
    local.swapped();
    expect(await found(local, 'second')).toEqual(['second', CHUNKS * TAIL_SESSIONS_MAX]);
  });

  it('each is merged otherwise, and nothing is lost', async () => {
    const local = await tabOver('first');
    expect(await compactHistory(local)).toBe(true);
    expect(local.history.directory).toHaveLength(2);
    expect(await found(local, 'first')).toEqual(['first', CHUNKS * TAIL_SESSIONS_MAX]);
  });
});

describe('what another tab does to history', () => {
  /** Two tabs of one store, of which the second has heard nothing since. */
  async function twoTabs(): Promise<{ readonly first: Local; readonly second: SessionReader }> {
    const first = await tabOver('first');
    const { clock } = createEngineWorld().page().ports;
    const second = new Local({ store: first.store, clock, ids: { uuid: () => 'other' } });
    await second.open({ table: 'meta', key: 'device' });
    const reader = new SessionReader(second, { deviceId: 'device', deviceType: 'web_timer', version: '1', name: null });
    return { first, second: reader };
  }

  const startsOf = (sessions: readonly Session[]): readonly number[] => sessions.map(({ startTime }) => startTime);

  it('takes nothing away from a list, whether it was merged before or meanwhile', async () => {
    const { first, second } = await twoTabs();
    const before = startsOf(await second.list({ limit: 1000 }));
    expect(before).toHaveLength(1000);
    expect(await compactHistory(first)).toBe(true);
    expect(startsOf(await second.list({ limit: 1000 }))).toEqual(before);
  });

  it('puts no other session into a list in the place of one', async () => {
    const { first, second } = await twoTabs();
    const { store } = first;
    const newest = BEGINS.first + CHUNKS * TAIL_SESSIONS_MAX * 3_600_000;
    await first.commit((draft) => appendHistory(draft, store, [session('new', newest)]), 'relaxed');
    const read = store.read.bind(store);
    let isBefore = true;
    store.read = async (reads) => {
      const rows = await read(reads);
      if (!isBefore || !reads.some(({ table }) => table === 'columns')) return rows;
      isBefore = false;
      await first.commit((draft) => appendHistory(draft, store, [session('late', -1)]), 'relaxed');
      return rows;
    };
    expect(startsOf(await second.list({ limit: 2 }))).toEqual([newest, newest - 3_600_000]);
  });
});
