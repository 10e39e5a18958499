import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Conflict, conflictId, type ConflictSession, groupConflicts, isEveryDuplicate, pairKey, toWireConflict } from './conflict.ts';
import { anyHistory, type DrawnSession, groupsByHand, pairsByHand } from './history.test-support.ts';

const membersOf = (conflicts: readonly Conflict[]) =>
  conflicts.map((conflict) => [...conflict.sessionIds].sort()).sort((a, b) => ((a[0] ?? '') < (b[0] ?? '') ? -1 : 1));
const byHand = (sessions: readonly DrawnSession[], kept: ReadonlySet<string> = new Set()) =>
  groupsByHand(sessions.map((s) => s.id), pairsByHand(sessions).filter(([a, b]) => !kept.has([a, b].sort().join('|'))));

/** A history and pairs chosen to be kept: of those that overlap and of those that do not (any more), with keys that mean nothing mixed in. */
const historyAndKept = anyHistory.chain((sessions) =>
  fc.tuple(fc.constant(sessions), fc.subarray(pairsByHand(sessions)), fc.subarray(anyPairs(sessions))).map(([history, pairs, others]) => {
    const keys = [...pairs, ...others].map(([a, b]) => [a, b].sort().join('|'));
    return { sessions: history, kept: new Set([...keys, 's0|gone', 'nothing']) };
  }),
);

describe('groupConflicts', () => {
  it('[I-06] finds exactly the connected groups', () => {
    fc.assert(
      fc.property(anyHistory, (sessions) => {
        expect(membersOf(groupConflicts(sessions))).toEqual(byHand(sessions));
      }),
      { numRuns: 500 },
    );
  });

  it('leaves kept pairs out, and nothing else', () => {
    fc.assert(
      fc.property(historyAndKept, ({ sessions, kept }) => {
        expect(membersOf(groupConflicts(sessions, kept))).toEqual(byHand(sessions, kept));
      }),
      { numRuns: 1000 },
    );
  });

  it('keeps sessions together that are connected through a third, though their own pair is kept', () => {
    const sessions = [at('a', 0, 10), at('b', 0, 10), at('c', 0, 10)];
    expect(membersOf(groupConflicts(sessions, new Set([pairKey('b', 'a')])))).toEqual([['a', 'b', 'c']]);
    expect(groupConflicts(sessions, new Set([pairKey('a', 'b'), pairKey('a', 'c')])).map((c) => c.sessionIds)).toEqual([['b', 'c']]);
  });

  it('does not depend on the order of the input', () => {
    fc.assert(
      fc.property(
        historyAndKept.chain(({ sessions, kept }) =>
          fc.tuple(fc.constant(sessions), fc.shuffledSubarray(sessions, { minLength: sessions.length }), fc.constant(kept)),
        ),
        ([sessions, shuffled, kept]) => {
          expect(groupConflicts(shuffled, kept)).toEqual(groupConflicts(sessions, kept));
        },
      ),
    );
  });

  it('orders sessions by start, then id; conflicts by their first session; types as they appear', () => {
    fc.assert(
      fc.property(anyHistory, (sessions) => {
        const order = [...sessions].sort((a, b) => a.startTime - b.startTime || (a.id < b.id ? -1 : 1));
        const rank = new Map(order.map((session, i) => [session.id, i]));
        const conflicts = groupConflicts(sessions);
        const firsts = conflicts.map((conflict) => rank.get(conflict.sessionIds[0] ?? '') ?? -1);
        expect(firsts).toEqual([...firsts].sort((a, b) => a - b));
        for (const conflict of conflicts) {
          const ranks = conflict.sessionIds.map((id) => rank.get(id) ?? -1);
          expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
          const types = ranks.map((place) => order[place]?.deviceType);
          expect(conflict.deviceTypes).toEqual(types.filter((type, i) => types.indexOf(type) === i));
          expect(conflict.severalDevices).toBe(differByHand(ranks.map((place) => order[place])));
        }
      }),
    );
  });

  it('groups 200,000 sessions that all overlap each other, with and without kept pairs', () => {
    const sessions = Array.from({ length: 200_000 }, (_, i) => at(`s${i}`, i, 1_000_000 + i));
    const kept = new Set(Array.from({ length: 50_000 }, (_, i) => pairKey(`s${i}`, `s${i + 1}`)));
    const groups = [groupConflicts(sessions), groupConflicts(sessions, kept)];
    expect(groups.map((conflicts) => conflicts.map((conflict) => conflict.sessionIds.length))).toEqual([[200_000], [200_000]]);
  });

  it('takes a session out whose every pair is kept, among thousands', () => {
    const sessions = Array.from({ length: 5_000 }, (_, i) => at(`s${i}`, i, 1_000_000));
    const kept = new Set(sessions.slice(1).map((session) => pairKey('s0', session.id)));
    expect(groupConflicts(sessions, kept).map((conflict) => conflict.sessionIds.length)).toEqual([4_999]);
  });
});

describe('kind', () => {
  const kind = (...sessions: ConflictSession[]) => groupConflicts(sessions)[0]?.kind;
  const twin = { category: 'x', project: 'p' };

  it('is duplicate for the same interval to the second with equal category and project', () => {
    expect(kind(at('a', 1000, 9000, twin), at('b', 1999, 9999, twin))).toBe('duplicate');
    expect(kind(at('a', 1000, 9000, twin), at('b', 2000, 9000, twin))).not.toBe('duplicate');
    expect(kind(at('a', 1000, 9000, twin), at('b', 1000, 10_000, twin))).not.toBe('duplicate');
    expect(kind(at('a', 1000, 9000, twin), at('b', 1000, 9000, { ...twin, project: 'q' }))).toBe('contained');
    expect(kind(at('a', 1000, 9000, twin), at('b', 1000, 9000, { ...twin, category: 'y' }))).toBe('contained');
    for (const absent of [undefined, '']) {
      expect(kind(at('a', 1000, 9000, { category: absent, project: 'p' }), at('b', 1000, 9000, { category: absent, project: 'p' }))).toBe('contained');
      expect(kind(at('a', 1000, 9000, { category: 'x', project: absent }), at('b', 1000, 9000, { category: 'x', project: absent }))).toBe('contained');
    }
  });

  it('is contained when one session covers all, else partial', () => {
    expect(kind(at('a', 0, 100), at('b', 10, 20), at('c', 30, 40))).toBe('contained');
    expect(kind(at('a', 0, 100), at('b', 0, 50))).toBe('contained');
    expect(kind(at('a', 0, 100), at('b', 50, 150))).toBe('partial');
    expect(kind(at('a', 0, 100), at('b', 10, 20), at('c', 90, 101))).toBe('partial');
  });
});

describe('conflictId', () => {
  it('is the same for the same sessions in any order, and made of 16 hexadecimal digits', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.uuid(), { minLength: 2, maxLength: 8 }).chain((ids) => fc.tuple(fc.constant(ids), fc.shuffledSubarray(ids, { minLength: ids.length }))), ([ids, shuffled]) => {
        expect(conflictId(shuffled)).toBe(conflictId(ids));
        expect(conflictId(ids)).toMatch(/^[0-9a-f]{16}$/);
      }),
    );
  });

  it('never changes: devices of different releases must agree', () => {
    expect(conflictId(['uuid-1', 'uuid-2'])).toBe('743e705f2957382b');
  });

  it('tells sessions apart by where one id ends', () => {
    expect(conflictId(['ab', 'c'])).not.toBe(conflictId(['a', 'bc']));
    expect(conflictId(['a'])).not.toBe(conflictId(['a', '']));
  });

  it('has no collision among 200,000 pairs of similar ids, in either half of it', () => {
    const ids = Array.from({ length: 200_000 }, (_, i) => conflictId([`session-${i}`, `session-${i + 1}`]));
    expect(new Set(ids).size).toBe(ids.length);
    // 32 bits alone are expected to collide about 4.7 times here; a weak half would collide thousands of times.
    for (const half of [ids.map((id) => id.slice(0, 8)), ids.map((id) => id.slice(8))]) {
      expect(ids.length - new Set(half).size).toBeLessThan(30);
    }
  });
});

describe('toWireConflict', () => {
  const [conflict] = groupConflicts([at('a', 0, 10), at('b', 5, 15)]);

  it('says whether several devices took part, and never delete_duplicate unless told', () => {
    if (conflict === undefined) throw new Error('no conflict');
    expect(toWireConflict(conflict)).toEqual({
      type: 'session_overlap',
      description: 'Overlapping sessions detected on one device',
      affected_sessions: ['a', 'b'],
      resolution: 'manual_review_required',
      devices: ['mac_app'],
    });
    expect(toWireConflict({ ...conflict, severalDevices: true }, true)).toMatchObject({
      description: 'Overlapping sessions detected from different devices',
      resolution: 'delete_duplicate',
    });
  });

  it('speaks of duplicates only when there are only duplicates', () => {
    if (conflict === undefined) throw new Error('no conflict');
    expect(isEveryDuplicate([])).toBe(false);
    expect(isEveryDuplicate([{ ...conflict, kind: 'duplicate' }])).toBe(true);
    expect(isEveryDuplicate([{ ...conflict, kind: 'duplicate' }, conflict])).toBe(false);
  });
});

function anyPairs(sessions: readonly DrawnSession[]): [string, string][] {
  return sessions.flatMap((a, i) => sessions.slice(i + 1, i + 6).map((b): [string, string] => [a.id, b.id]));
}

/** Whether any two sessions come from different devices: by id where both are known, else by type. */
function differByHand(group: readonly (DrawnSession | undefined)[]): boolean {
  return group.some((a) =>
    group.some((b) => (a?.deviceId !== undefined && b?.deviceId !== undefined ? a.deviceId !== b.deviceId : a?.deviceType !== b?.deviceType)),
  );
}

function at(id: string, startTime: number, endTime: number, more: Partial<ConflictSession> = {}): ConflictSession {
  return { id, startTime, endTime, deviceType: 'mac_app', ...more };
}
