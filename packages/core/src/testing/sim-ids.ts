// Ids and chance from a seed: equal seeds give equal ids, on every machine.
import type { Ids } from '../ports.ts';

/** A stream of numbers in [0, 1) that repeats for its seed. Enough for tests; nothing secret comes from it. */
export function createSimChance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let word = state;
    word = Math.imul(word ^ (word >>> 16), 0x21f0aaad);
    word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
    return ((word ^ (word >>> 15)) >>> 0) / 0x1_0000_0000;
  };
}

class SimIds implements Ids {
  readonly #next: () => number;

  constructor(next: () => number) {
    this.#next = next;
  }

  random(): number {
    return this.#next();
  }

  uuid(): string {
    const hex = [0, 0, 0, 0].map(() => Math.floor(this.#next() * 0x1_0000_0000).toString(16).padStart(8, '0')).join('');
    const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
  }
}

/** The ids port over a seed, or over a stream of numbers in [0, 1) of your own. */
export function createSimIds(source: number | (() => number)): Ids {
  return new SimIds(typeof source === 'number' ? createSimChance(source) : source);
}
