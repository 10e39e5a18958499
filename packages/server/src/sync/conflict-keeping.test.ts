import { describe, expect, it } from 'vitest';
import type { LiveSession, StoredSession } from '../ports.ts';
import { UndoLog } from '../store/undo-log.ts';
import { sessionRow } from '../testing/store-world.ts';
import { ConflictBook } from './conflict-book.ts';
import { followChange } from './conflict-keeping.ts';

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
});
