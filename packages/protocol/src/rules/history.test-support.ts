// Random histories for the tests, and the slow, obvious way to find what overlaps. Imports none of the rules it judges.
import fc from 'fast-check';

/** A session as the tests draw it. */
export interface DrawnSession {
  readonly id: string;
  readonly startTime: number;
  readonly endTime: number;
  readonly deviceType: string;
  readonly deviceId: string | undefined;
  readonly category: string | undefined;
  readonly project: string | undefined;
}

/** Up to 40 sessions on a short line, so that touching ends, equal starts, equal intervals and empty ones are common. */
export const anyHistory: fc.Arbitrary<DrawnSession[]> = fc
  .array(
    fc.record({
      startTime: fc.integer({ min: 0, max: 40 }),
      length: fc.oneof(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 30 })),
      deviceType: fc.constantFrom('mac_app', 'web_timer', 'windows_app'),
      deviceId: fc.constantFrom(undefined, 'd1', 'd2'),
      category: fc.constantFrom(undefined, '', 'x', 'y'),
      project: fc.constantFrom(undefined, 'p', 'q'),
    }),
    { maxLength: 40 },
  )
  .map((rows) =>
    // Ids in an order of their own: neither that of the input nor that of the starts.
    rows.map(({ startTime, length, ...rest }, i) => ({
      ...rest, id: `s${(i * 17) % 41}`, startTime: startTime * 500, endTime: (startTime + length) * 500,
    })),
  );

/** Every overlapping pair, by comparing each with each. */
export function pairsByHand(sessions: readonly Pick<DrawnSession, 'id' | 'startTime' | 'endTime'>[]): [string, string][] {
  const pairs: [string, string][] = [];
  sessions.forEach((a, i) => {
    for (const b of sessions.slice(i + 1)) {
      const shared = Math.min(a.endTime, b.endTime) - Math.max(a.startTime, b.startTime);
      const isReal = a.startTime < a.endTime && b.startTime < b.endTime;
      if (isReal && shared > 0) pairs.push([a.id, b.id]);
    }
  });
  return pairs;
}

/** Connected groups of at least two ids, by relabelling until nothing changes. Each sorted, in the order of their first id. */
export function groupsByHand(ids: readonly string[], pairs: readonly (readonly [string, string])[]): string[][] {
  const label = new Map(ids.map((id) => [id, id]));
  for (let changed = true; changed; ) {
    changed = false;
    for (const [a, b] of pairs) {
      const smaller = [label.get(a) ?? a, label.get(b) ?? b].sort()[0] ?? a;
      if (label.get(a) !== smaller || label.get(b) !== smaller) changed = true;
      label.set(a, smaller).set(b, smaller);
    }
  }
  const groups = new Map<string, string[]>();
  for (const [id, name] of label) groups.set(name, [...(groups.get(name) ?? []), id]);
  return [...groups.values()].filter((group) => group.length > 1).map((group) => group.sort()).sort((a, b) => ((a[0] ?? '') < (b[0] ?? '') ? -1 : 1));
}
