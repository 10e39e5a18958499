// Chance inside the simulator: one stream per concern, all split from one seed.
// A stream is named by the seed and a path; drawing from one never moves another, so a plan that loses
// an action keeps the latency, the ids and the jitter of everything that is left.
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** A stream of chance. Equal seed and path give equal draws, on every machine. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** An integer in [min, max], both included. */
  int(min: number, max: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** One of the list, which must not be empty. */
  pick<T>(list: readonly T[]): T;
  /** A version 4 UUID in canonical form. */
  uuid(): string;
}

/** FNV-1a over UTF-16 units, finished by an avalanche so that neighbouring seeds share no pattern. */
function hash32(text: string, basis = 0x811c9dc5): number {
  let hash = basis | 0;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** The stream of that seed and path. */
export function randomStream(seed: number, ...path: readonly (string | number)[]): Random {
  const generator = xoroshiro128plus(hash32(`${seed}/${path.join('/')}`));
  const word = (): number => generator.next() >>> 0;
  const random: Random = {
    next: () => word() / 0x1_0000_0000,
    int: (min, max) => min + Math.floor(random.next() * (max - min + 1)),
    chance: (probability) => random.next() < probability,
    pick: (list) => {
      if (list.length === 0) throw new Error('nothing to pick from');
      return list[random.int(0, list.length - 1)] as (typeof list)[number];
    },
    uuid: () => uuidFromWords(word(), word(), word(), word()),
  };
  return random;
}

function uuidFromWords(a: number, b: number, c: number, d: number): string {
  const hex = [a, b, c, d].map((part) => part.toString(16).padStart(8, '0')).join('');
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}
