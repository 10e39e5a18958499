// Generations of a preferences document. Every change of a preference leaves a mark in the document for ever, so a server begins it anew, out
// of what it says, once it grew: then the first state is written by an author whose number tells which generation it begins.
// A holder of a state vector with that author holds this generation; one without it holds an older one. Knows nothing of Yjs.

const FIRST_NUMBER = 2 ** 52;
const PER_GENERATION = 2 ** 32;
/** Beyond it a document is not begun anew any more. */
export const GENERATIONS_MAX = 1_000_000;

/** The author of a first state, and the generation it begins. */
export interface PreferencesBase {
  readonly author: number;
  /** Counts from 1. */
  readonly generation: number;
}

/** Who writes the first state of a generation. Two servers that went apart do so under two numbers, unless they write the very same. */
export function baseAuthor(generation: number, content: string): number {
  let mixed = 0x811c9dc5;
  for (let i = 0; i < content.length; i += 1) mixed = Math.imul(mixed ^ content.charCodeAt(i), 0x01000193);
  return FIRST_NUMBER + generation * PER_GENERATION + ((mixed ^ (mixed >>> 15)) >>> 0);
}

/** What the authors of a document say of its generation; null for one that was never begun anew. */
export function baseOf(authors: Iterable<number>): PreferencesBase | null {
  let author = 0;
  for (const one of authors) author = Math.max(author, one);
  return author < FIRST_NUMBER ? null : { author, generation: Math.floor((author - FIRST_NUMBER) / PER_GENERATION) };
}
