// What the note editor makes of what is typed, and of what comes meanwhile. Pure.
import { mergeText } from '@syncline/core/annotations';

export interface Noted {
  readonly note: string;
  readonly tags: readonly string[];
}

export function tagsOf(text: string): string[] {
  return [...new Set(text.split(',').map((tag) => tag.trim()).filter((tag) => tag !== ''))];
}

export function tagsText(tags: readonly string[]): string {
  return tags.join(', ');
}

/** Tags with what this person and others made of those that both had seen. */
export function mergeTags(seen: readonly string[], mine: readonly string[], theirs: readonly string[]): string[] {
  const kept = theirs.filter((tag) => mine.includes(tag) || !seen.includes(tag));
  return [...kept, ...mine.filter((tag) => !seen.includes(tag) && !kept.includes(tag))];
}

/** What is being typed, with what came from elsewhere. */
export function mergeNoted(seen: Noted, mine: Noted, theirs: Noted): Noted {
  return { note: mergeText(seen.note, mine.note, theirs.note), tags: mergeTags(seen.tags, mine.tags, theirs.tags) };
}

export function isSameNoted(a: Noted, b: Noted): boolean {
  return a.note === b.note && a.tags.join('\n') === b.tags.join('\n');
}

/** Where the caret stands in a text that changed around it. */
export function caretAfter(before: string, after: string, caret: number): number {
  let same = 0;
  while (same < caret && before[same] === after[same]) same += 1;
  return same === caret ? caret : Math.max(same, caret + after.length - before.length);
}
