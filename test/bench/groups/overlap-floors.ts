// The least that finding overlaps can cost, written for nothing else: no ids, no order of equal starts, no list of pairs.
import type { SessionInterval } from '@syncline/protocol';

/** Sorts instants and places in typed columns by two-byte digits, sweeps, and counts. */
export function typedSweep(sessions: readonly SessionInterval[]): number {
  const count = sessions.length;
  let keys = new Float64Array(count);
  let places = new Uint32Array(count);
  const byPlace = new Float64Array(count);
  let min = Number.POSITIVE_INFINITY;
  for (let i = 0; i < count; i += 1) {
    const { startTime, endTime } = sessions[i] as SessionInterval;
    keys[i] = startTime;
    byPlace[i] = endTime;
    places[i] = i;
    if (startTime < min) min = startTime;
  }
  let otherKeys = new Float64Array(count);
  let otherPlaces = new Uint32Array(count);
  const next = new Uint32Array(65_536);
  for (let pass = 0; pass < 3; pass += 1) {
    const scale = 2 ** (-16 * pass);
    next.fill(0);
    for (let i = 0; i < count; i += 1) next[(((keys[i] as number) - min) * scale) & 65_535]! += 1;
    for (let digit = 0, at = 0; digit < 65_536; digit += 1) {
      const size = next[digit] as number;
      next[digit] = at;
      at += size;
    }
    for (let i = 0; i < count; i += 1) {
      const to = next[(((keys[i] as number) - min) * scale) & 65_535]!++;
      otherKeys[to] = keys[i] as number;
      otherPlaces[to] = places[i] as number;
    }
    [keys, otherKeys] = [otherKeys, keys];
    [places, otherPlaces] = [otherPlaces, places];
  }
  for (let i = 0; i < count; i += 1) otherKeys[i] = byPlace[places[i] as number] as number;
  return sortedFloor(keys, otherKeys);
}

/** Counts the pairs of sorted columns. */
export function sortedFloor(starts: Float64Array, ends: Float64Array): number {
  let pairs = 0;
  for (let i = 0; i < starts.length; i += 1) {
    const end = ends[i] as number;
    for (let j = i + 1; j < starts.length && (starts[j] as number) < end; j += 1) pairs += 1;
  }
  return pairs;
}
