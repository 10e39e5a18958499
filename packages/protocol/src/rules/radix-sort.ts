// Sorting a million instants without comparing a single object: keys are a typed column, and a least-significant-digit radix
// sort moves them together with a column of places. Buffers are few on purpose: every 64 MB of them cost a garbage collection.

const DIGIT_BITS_MAX = 14;
const SMALL = 64;

/** Two columns of one length, and a buffer as long that the sort no longer needs. */
export interface SortedKeys {
  readonly keys: Float64Array;
  /** What stood beside each key. */
  readonly places: Uint32Array;
  readonly spare: Float64Array;
}

/**
 * Sorts keys in ascending order and their places with them; equal keys stay in the order they came in.
 * Uses both columns as working space: read only the result afterwards. Linear for integers (instants in milliseconds); a
 * comparison sort otherwise. No key may be `NaN`.
 */
export function radixSort(keys: Float64Array, places: Uint32Array): SortedKeys {
  const count = keys.length;
  const spare = new Float64Array(count);
  if (count <= SMALL) return compareSort(keys, places, spare);
  let min = keys[0] as number;
  let max = min;
  for (let i = 0; i < count; i += 1) {
    const key = keys[i] as number;
    if (!Number.isSafeInteger(key)) return compareSort(keys, places, spare);
    if (key < min) min = key;
    if (key > max) max = key;
  }
  if (!Number.isSafeInteger(max - min)) return compareSort(keys, places, spare);
  return sortDigits(keys, places, spare, min, Math.max(1, Math.ceil(Math.log2(max - min + 1))));
}

function compareSort(keys: Float64Array, places: Uint32Array, spare: Float64Array): SortedKeys {
  const order = Uint32Array.from(keys, (_, i) => i);
  order.sort((a, b) => compareNumbers(keys[a] as number, keys[b] as number) || a - b);
  const sortedPlaces = Uint32Array.from(order, (from) => places[from] as number);
  for (let i = 0; i < order.length; i += 1) spare[i] = keys[order[i] as number] as number;
  return { keys: spare, places: sortedPlaces, spare: keys };
}

/** Not a difference: that of two equal infinities is `NaN`. */
function compareNumbers(a: number, b: number): number {
  return a < b ? -1 : Number(a > b);
}

/** One pass for each digit. `(key − min) × 2⁻ˢ` is exact, and `&` takes it modulo 2³², of which a digit uses the lowest bits. */
function sortDigits(keys: Float64Array, places: Uint32Array, spare: Float64Array, min: number, bits: number): SortedKeys {
  const passes = Math.ceil(bits / DIGIT_BITS_MAX);
  const digitBits = Math.ceil(bits / passes);
  const mask = 2 ** digitBits - 1;
  const nexts = new Uint32Array(mask + 1);
  let from = keys;
  let to = spare;
  let fromPlaces: Uint32Array = places;
  let toPlaces: Uint32Array = new Uint32Array(places.length);
  for (let pass = 0; pass < passes; pass += 1) {
    const scale = 2 ** -(pass * digitBits);
    countDigits(from, min, scale, mask, nexts);
    for (let i = 0; i < from.length; i += 1) {
      const key = from[i] as number;
      const digit = ((key - min) * scale) & mask;
      const next = nexts[digit] as number;
      nexts[digit] = next + 1;
      to[next] = key;
      toPlaces[next] = fromPlaces[i] as number;
    }
    [from, to] = [to, from];
    [fromPlaces, toPlaces] = [toPlaces, fromPlaces];
  }
  return { keys: from, places: fromPlaces, spare: to };
}

/** Fills `nexts[d]` with the place where the first key of digit `d` goes. */
function countDigits(keys: Float64Array, min: number, scale: number, mask: number, nexts: Uint32Array): void {
  nexts.fill(0);
  for (let i = 0; i < keys.length; i += 1) {
    const digit = (((keys[i] as number) - min) * scale) & mask;
    nexts[digit] = (nexts[digit] as number) + 1;
  }
  let place = 0;
  for (let digit = 0; digit <= mask; digit += 1) {
    const size = nexts[digit] as number;
    nexts[digit] = place;
    place += size;
  }
}
