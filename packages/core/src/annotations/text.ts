// Changes of a text as one replacement, and how one made before the eyes of an older text is made in a newer one. Pure; knows no Yjs.

/** So many UTF-16 units are removed at a place, and others put there. Never half of a character. */
export interface Replacement {
  readonly start: number;
  readonly removed: number;
  readonly inserted: string;
}

/** What lies between that with which two texts begin and end alike. */
export function differenceOf(before: string, after: string): Replacement {
  const [from, to] = [[...before], [...after]];
  let head = 0;
  while (head < from.length && head < to.length && from[head] === to[head]) head += 1;
  let tail = 0;
  while (tail < from.length - head && tail < to.length - head && from.at(-1 - tail) === to.at(-1 - tail)) tail += 1;
  const length = (characters: readonly string[]): number => characters.join('').length;
  return { start: length(from.slice(0, head)), removed: length(from.slice(head, from.length - tail)), inserted: to.slice(head, to.length - tail).join('') };
}

/**
 * A text with both changes of an older one: what one person typed and what came meanwhile. Where both changed the same words, what both
 * put there stays, one after the other, and what either took away is gone. Who says what is there already, perhaps because nobody told that it was
 * stored, says it once.
 */
export function mergeText(seen: string, mine: string, theirs: string): string {
  if (seen === theirs || mine === theirs) return mine;
  const [own, other] = [differenceOf(seen, mine), differenceOf(seen, theirs)];
  const [ownEnd, otherEnd] = [own.start + own.removed, other.start + other.removed];
  const put = (start: number, end: number): string => theirs.slice(0, start) + own.inserted + theirs.slice(end);
  if (ownEnd <= other.start) return put(own.start, ownEnd);
  const shift = other.inserted.length - other.removed;
  if (own.start >= otherEnd) return put(own.start + shift, ownEnd + shift);
  const [start, end] = [Math.min(own.start, other.start), Math.max(ownEnd, otherEnd)];
  return seen.slice(0, start) + other.inserted + own.inserted + seen.slice(end);
}
