// What a contract is made of: named cases that throw. They know no test framework, so every store can be held to them anywhere.
import { isDeepStrictEqual } from './same.ts';

/** One promise. `run` rejects when it is broken. */
export interface ContractCase {
  readonly name: string;
  run(): Promise<void>;
}

/** Cases from bodies that share a world, which outlives them: each case works with users of its own. */
export function casesOf<W>(world: () => Promise<W>, bodies: Readonly<Record<string, (world: W) => Promise<void>>>): readonly ContractCase[] {
  return Object.entries(bodies).map(([name, body]) => ({ name, run: async () => body(await world()) }));
}

export function check(holds: boolean, message: string): void {
  if (!holds) throw new Error(message);
}

/** Compares by content. Keys whose value is undefined count as absent. */
export function checkEqual(actual: unknown, expected: unknown, what: string = 'value'): void {
  if (!isDeepStrictEqual(actual, expected)) throw new Error(`${what}: got ${show(actual)}, expected ${show(expected)}`);
}

/** The `code` of a rejection that had to come. */
export async function rejectionCode(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
  throw new Error('resolved, and should have been rejected');
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 1500 ? `${text.slice(0, 1500)}…` : text;
}

/** Numbers in [0, 1), the same for the same seed. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A canonical UUID from a number; different numbers give different ones. */
export function uuidOf(n: number): string {
  return `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
}
