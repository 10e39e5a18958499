// What is wrong with an edit of a note and tags, before anything is stored.
import { type FieldIssue, LIMITS, textProblem } from '@syncline/protocol';
import { asFields } from '../model/rows.ts';
import { checkWords } from '../model/session.ts';

/** Plain JavaScript may call with anything. */
export function checkAnnotate(input: unknown): FieldIssue[] {
  const fields = asFields(input);
  if (fields === null) return [{ path: '', message: 'must be an object with a note or tags' }];
  const { note, tags, seen } = fields;
  return [
    ...checkWords({ note }), ...(tags === undefined ? [] : checkTags(tags)),
    ...(seen === undefined || isSeen(seen) ? [] : [{ path: 'seen', message: 'must hold the note and tags that were shown' }]),
  ];
}

function checkTags(tags: unknown): FieldIssue[] {
  if (!Array.isArray(tags) || tags.length > LIMITS.tagsMax) return [{ path: 'tags', message: `must be a list of at most ${LIMITS.tagsMax}` }];
  return tags.flatMap((tag: unknown, i) => {
    const problem = typeof tag === 'string' ? textProblem(tag, LIMITS.tagBytesMax, 1) : 'must be text';
    return problem === null ? [] : [{ path: `tags[${i}]`, message: problem }];
  });
}

function isSeen(value: unknown): boolean {
  const fields = asFields(value);
  const tags = fields?.['tags'];
  return typeof fields?.['note'] === 'string' && Array.isArray(tags) && tags.every((tag) => typeof tag === 'string');
}
