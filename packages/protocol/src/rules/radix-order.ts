// Sorting a million instants without comparing a single object: keys go into typed columns, and a
// least-significant-digit radix sort moves an index column instead of the objects.

const DIGIT_BITS_MAX = 13;
const SMALL = 64;

/** Whether every key is a safe integer at or above `min` (so it splits exactly into two 32-bit halves). */
function areIntegers(keys: Float64Array): boolean {
  for (let i = 0; i < keys.length; i += 1) {
    if (!Number.isSafeInteger(keys[i])) return false;
  }
  return true;
}

function compareOrder(keys: Float64Array): Uint32Array {
  const order = new Uint32Array(keys.length);
  for (let i = 0; i < order.length; i += 1) order[i] = i;
  return order.sort((a, b) => (keys[a] as number) - (keys[b] as number) || a - b);
}

/**
 * The stable ascending order of a column of numbers: `keys[order[0]] ≤ keys[order[1]] ≤ …`, equal keys in
 * the order they came in. Linear for integers (instants in milliseconds); a comparison sort otherwise. No key may be `NaN`.
 */
export function radixOrder(keys: Float64Array): Uint32Array {
  const count = keys.length;
  if (count <= SMALL || !areIntegers(keys)) return compareOrder(keys);
  let min = keys[0] as number;
  let max = min;
  for (let i = 1; i < count; i += 1) {
    const key = keys[i] as number;
    if (key < min) min = key;
    if (key > max) max = key;
  }
  if (!Number.isSafeInteger(max - min)) return compareOrder(keys);
  return sortDigits(keys, min, Math.max(1, Math.ceil(Math.log2(max - min + 1))));
}

/** One counting pass for each digit; the key minus `min` is split by exact division, never by 32-bit shifts. */
function sortDigits(keys: Float64Array, min: number, bits: number): Uint32Array {
  const count = keys.length;
  const passes = Math.ceil(bits / DIGIT_BITS_MAX);
  const base = 2 ** Math.ceil(bits / passes);
  let order = new Uint32Array(count);
  let spare = new Uint32Array(count);
  let rest = new Float64Array(count);
  let spareRest = new Float64Array(count);
  for (let i = 0; i < count; i += 1) {
    order[i] = i;
    rest[i] = (keys[i] as number) - min;
  }
  const starts = new Uint32Array(base);
  for (let pass = 0; pass < passes; pass += 1) {
    countDigits(rest, base, starts);
    for (let i = 0; i < count; i += 1) {
      const value = rest[i] as number;
      const above = Math.floor(value / base);
      const digit = value - above * base;
      const place = starts[digit] as number;
      starts[digit] = place + 1;
      spare[place] = order[i] as number;
      spareRest[place] = above;
    }
    [order, spare] = [spare, order];
    [rest, spareRest] = [spareRest, rest];
  }
  return order;
}

/** Fills `starts[d]` with the first place of digit `d` in this pass. */
function countDigits(rest: Float64Array, base: number, starts: Uint32Array): void {
  starts.fill(0);
  for (let i = 0; i < rest.length; i += 1) {
    const value = rest[i] as number;
    const digit = value - Math.floor(value / base) * base;
    starts[digit] = (starts[digit] as number) + 1;
  }
  let place = 0;
  for (let digit = 0; digit < base; digit += 1) {
    const size = starts[digit] as number;
    starts[digit] = place;
    place += size;
  }
}
