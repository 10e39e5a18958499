import { groupConflicts, pairKey } from '@syncline/protocol';
import { describe, expect, it } from 'vitest';
import type { LiveSession, StoredSession } from '../ports.ts';
import { UndoLog } from '../store/undo-log.ts';
import { sessionRow } from '../testing/store-world.ts';
import { ConflictBook } from './conflict-book.ts';
import { followChange, mendTorn, regroup, toConflictSession } from './conflict-keeping.ts';

const MANY = 1000;

/** Sessions of one group, all of one interval; counts how often one of them is looked into. */
function duplicates(differing: Partial<StoredSession> = {}): { book: ConflictBook; added: StoredSession; looked: () => number } {
  let looks = 0;
  const { startTime, endTime, category, project, source, deviceId } = sessionRow('', 1);
  const rows = Array.from({ length: MANY }, (_, i): LiveSession => ({
    id: `s${i}`, startTime: startTime as number, endTime: endTime as number, project, source, deviceId, group: 1,
    get category() {
      looks += 1;
      return category;
    },
  }));
  const book = new ConflictBook({ openConflicts: 1, duplicateConflicts: 1, lastGroup: 1 }, new UndoLog());
  book.loadLive(rows);
  book.loadGroups([{ group: 1, members: MANY, duplicate: true }]);
  return { book, added: sessionRow('added', 2, differing), looked: () => looks };
}

describe('keeping conflict groups', () => {
  it('compares a session that arrives with one of each group of duplicates, not with all', () => {
    const { book, added, looked } = duplicates();
    followChange(book, added);
    expect([book.group(1), book.counters]).toEqual([{ group: 1, members: MANY + 1, duplicate: true }, { openConflicts: 1, duplicateConflicts: 1, lastGroup: 1 }]);
    expect(looked()).toBeLessThan(10);
  });
  it('tells one that is no duplicate from those that are', () => {
    const { book, added } = duplicates({ category: 'rest' });
    followChange(book, added);
    expect([book.group(1).duplicate, book.counters.duplicateConflicts]).toEqual([false, 0]);
  });
  it('derives a group again once, however many leave it', () => {
    const { book, looked } = duplicates();
    for (let i = 0; i < 100; i += 1) followChange(book, sessionRow(`s${i}`, i + 2, { deletedAt: 1 }));
    mendTorn(book);
    expect([book.group(1), book.counters.openConflicts]).toEqual([{ group: 1, members: MANY - 100, duplicate: true }, 1]);
    expect(looked()).toBeLessThan(5 * MANY);
  });
  it('knows who is in no conflict any more once all others of a group left', () => {
    const { book } = duplicates();
    for (let i = 1; i < MANY; i += 1) followChange(book, sessionRow(`s${i}`, i + 2, { deletedAt: 1 }));
    mendTorn(book);
    const { members, removedGroups } = book.changes();
    expect([members.every(({ group }) => group === null), members.length, removedGroups, book.counters]).toEqual([true, MANY, [1], { openConflicts: 0, duplicateConflicts: 0, lastGroup: 1 }]);
  });
  it('comes to the groups of brute force, whatever a request changes, keeps, frees and takes back', () => {
    let seed = 1;
    const upTo = (most: number): number => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % most;
    };
    for (let round = 0; round < 300; round += 1) {
      const undo = new UndoLog();
      const book = new ConflictBook({ openConflicts: 0, duplicateConflicts: 0, lastGroup: 0 }, undo);
      const kept = new Map<string, readonly string[]>();
      for (let step = 0; step < 30; step += 1) {
        const { mark } = undo;
        const keptBefore = new Map(kept);
        changeAny(book, kept, upTo);
        if (upTo(4) === 0) {
          undo.returnTo(mark);
          kept.clear();
          for (const [id, ids] of keptBefore) kept.set(id, ids);
        }
        // As at the end of a request, now and then.
        if (upTo(8) === 0) mendTorn(book);
      }
      mendTorn(book);
      const live = NAMES.flatMap((id) => book.live(id) ?? []);
      const pairs = new Set([...kept.values()].flatMap((ids) => ids.flatMap((a, i) => ids.slice(i + 1).map((b) => pairKey(a, b)))));
      const expected = groupConflicts(live.map(toConflictSession), pairs);
      const groups = new Map<number, string[]>();
      for (const { id } of live) {
        const group = book.groupOf(id);
        if (group !== null) groups.set(group, [...(groups.get(group) ?? []), id]);
      }
      expect([...groups.values()].map((ids) => ids.sort().join()).sort()).toEqual(expected.map(({ sessionIds }) => [...sessionIds].sort().join()).sort());
      expect([...groups].map(([group, ids]) => [book.group(group).members, ids.length]).filter(([a, b]) => a !== b)).toEqual([]);
      expect(book.counters).toMatchObject({ openConflicts: expected.length, duplicateConflicts: expected.filter(({ kind }) => kind === 'duplicate').length });
    }
  });
});

const NAMES: readonly string[] = Array.from({ length: 12 }, (_, i) => `s${i}`);

/** A session comes, goes or changes, or some are kept apart or kept no longer. */
function changeAny(book: ConflictBook, kept: Map<string, readonly string[]>, upTo: (most: number) => number): void {
  const choice = upTo(8);
  if (choice === 0) {
    const ids = NAMES.filter(() => upTo(3) === 0);
    const settlementId = `k${kept.size}-${upTo(1000)}`;
    kept.set(settlementId, ids);
    ids.forEach((a, i) => ids.slice(i + 1).forEach((b) => book.keep({ first: a < b ? a : b, second: a < b ? b : a, settlementId })));
    regroup(book, ids);
  } else if (choice === 1) {
    const [settlementId, ids] = [...kept][upTo(Math.max(1, kept.size))] ?? [];
    if (settlementId === undefined || ids === undefined) return;
    kept.delete(settlementId);
    book.free(settlementId);
    regroup(book, ids);
  } else {
    const startTime = 1_700_000_000_000 + 60_000 * upTo(20);
    const deletedAt = upTo(3) === 0 ? 1 : null;
    followChange(book, sessionRow(NAMES[upTo(NAMES.length)] as string, 1, { startTime, endTime: startTime + 60_000 * (1 + upTo(4)), category: `c${upTo(2)}`, deletedAt }));
  }
}
