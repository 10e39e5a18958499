import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pairKey } from './conflict.ts';
import { DUPLICATE_SCORE_MIN, type DuplicateCandidate, findLikelyDuplicates } from './likely-duplicates.ts';

const START = Date.UTC(2025, 7, 24, 9);
const MINUTE = 60_000;

function session(id: string, startMinute: number, minutes: number, more: Partial<DuplicateCandidate> = {}): DuplicateCandidate {
  const startTime = START + startMinute * MINUTE;
  return { id, startTime, endTime: startTime + minutes * MINUTE, category: 'work', project: 'Book', note: '', deviceId: 'mac', ...more };
}

const pairs = (sessions: readonly DuplicateCandidate[], kept?: ReadonlySet<string>): string[] => findLikelyDuplicates(sessions, kept).map(({ sessionIds }) => sessionIds.join());

describe('likely duplicates', () => {
  it('are proposed with a score and the reasons', () => {
    expect(findLikelyDuplicates([session('a', 0, 25), session('b', 1, 25, { deviceId: 'phone', project: ' book ' })])).toEqual([
      { sessionIds: ['a', 'b'], score: 0.93, reasons: ['close_times', 'same_length', 'same_project', 'same_category', 'other_device'] },
    ]);
  });

  it('are not work side by side, one piece after another, or the same every day', () => {
    const meeting = session('m', 0, 60, { category: 'meeting', project: 'Team' });
    expect(pairs([session('a', 0, 60), meeting])).toEqual([]);
    expect(pairs([session('a', 0, 25), session('b', 25, 25)])).toEqual([]);
    expect(pairs([session('a', 0, 25), session('b', 1440, 25)])).toEqual([]);
  });

  it('are not proposed again once somebody said that they are different', () => {
    const both = [session('a', 0, 25), session('b', 1, 25)];
    expect(pairs(both, new Set([pairKey('a', 'b')]))).toEqual([]);
  });

  it('are the same in whatever order the sessions come, and each pair once', () => {
    const any = fc.array(fc.record({ start: fc.integer({ min: 0, max: 300 }), minutes: fc.integer({ min: 1, max: 120 }), project: fc.constantFrom('a', 'b'), note: fc.constantFrom('', 'x y', 'y z') }), { maxLength: 30 });
    fc.assert(fc.property(any, (rows) => {
      const sessions = rows.map(({ start, minutes, ...more }, i) => session(`s${i}`, start, minutes, more));
      const found = pairs(sessions);
      expect(pairs([...sessions].reverse())).toEqual(found);
      expect(new Set(found).size).toBe(found.length);
    }));
  });
});

// The labels come from how the entries were made, not from looking at them: a day of work is drawn, and now and then an entry is made a second time
// the way people and apps do it. Entries of one piece of work are duplicates, all others are not.
interface Entry extends DuplicateCandidate {
  readonly work: number;
}

function drawDay(draw: () => number): Entry[] {
  const entries: Entry[] = [];
  const pick = <T>(list: readonly T[]): T => list[Math.floor(draw() * list.length)] as T;
  let at = 0;
  for (let work = 0; work < 12; work += 1) {
    const [category, project] = pick([['work', 'Book'], ['work', 'Site'], ['meeting', 'Team'], ['study', 'Course']] as const);
    const note = pick(['', 'chapter one draft', 'review of the page', 'weekly call notes']);
    const minutes = 10 + Math.floor(draw() * 80);
    const first = { ...session(`w${work}`, at, minutes, { category, project, note }), work };
    entries.push(first);
    if (draw() < 0.4) entries.push(secondEntry(first, work, draw, pick));
    // Now and then two different things at once: a call during the work.
    if (draw() < 0.2) entries.push({ ...session(`p${work}`, at + 3, minutes - 5, { category: 'meeting', project: 'Calls', note: 'phone' }), work: 100 + work });
    at += minutes + Math.floor(draw() * 20);
  }
  return entries;
}

/** The same work again: by another device whose clock differs, by hand in round times, or by an import. */
function secondEntry(first: Entry, work: number, draw: () => number, pick: <T>(list: readonly T[]) => T): Entry {
  const id = `d${work}`;
  const round = (at: number): number => Math.round(at / (5 * MINUTE)) * 5 * MINUTE;
  const drift = Math.floor((draw() - 0.5) * 4 * MINUTE);
  switch (pick(['device', 'hand', 'import'] as const)) {
    case 'device': return { ...first, id, startTime: first.startTime + drift, endTime: first.endTime + drift, deviceId: 'phone' };
    case 'hand': return { ...first, id, startTime: round(first.startTime), endTime: Math.max(round(first.endTime), round(first.startTime) + 5 * MINUTE), note: '', project: first.project.toUpperCase() };
    case 'import': return { ...first, id, deviceId: 'import', category: pick([first.category, 'imported']) };
  }
}

describe('against a set labelled by how its entries were made', () => {
  it('proposes what is the same work and little else', () => {
    let seed = 1;
    const draw = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    let [right, proposed, all] = [0, 0, 0];
    for (let day = 0; day < 200; day += 1) {
      const entries = drawDay(draw);
      const workOf = new Map(entries.map(({ id, work }) => [id, work]));
      const found = findLikelyDuplicates(entries);
      proposed += found.length;
      right += found.filter(({ sessionIds: [a, b] }) => workOf.get(a) === workOf.get(b)).length;
      all += entries.length - new Set(workOf.values()).size;
    }
    const [precision, recall] = [right / proposed, right / all];
    console.info(`likely duplicates from a score of ${DUPLICATE_SCORE_MIN}: precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)}, ${all} true pairs`);
    expect(precision).toBeGreaterThan(0.95);
    expect(recall).toBeGreaterThan(0.9);
  });
});
