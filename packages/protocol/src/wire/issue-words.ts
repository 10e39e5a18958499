// Plain words for what a schema found. zod/mini ships without texts, which is what keeps it small.
import type * as z from 'zod/mini';

/** An issue with its path still in parts. */
export interface FoundIssue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

const NOUN_BY_TYPE: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  null: 'null',
};

/** One entry for each field the issue speaks of; messages complete the field's name. */
export function describeIssue(issue: z.core.$ZodIssue, root: unknown): FoundIssue[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...issue.path, key], message: 'is not a known field' }));
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) return describeUnion(issue, root);
  return [{ path: issue.path, message: isMissing(issue.path, root) ? 'is required' : words(issue) }];
}

function describeUnion(issue: z.core.$ZodIssueInvalidUnion, root: unknown): FoundIssue[] {
  // The option that got furthest has the fewest complaints; its words are the useful ones.
  const best = [...issue.errors].sort((a, b) => a.length - b.length)[0] ?? [];
  return best.flatMap((inner) => describeIssue({ ...inner, path: [...issue.path, ...inner.path] }, root));
}

/** Whether nothing stands at a path whose parent is there. */
function isMissing(path: readonly PropertyKey[], root: unknown): boolean {
  let value = root;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return false;
    value = Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
  }
  return value === undefined;
}

function words(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${NOUN_BY_TYPE[issue.expected] ?? issue.expected}`;
    case 'too_small':
      return boundWords(issue.inclusive === false ? 'more than' : 'at least', issue.minimum, issue.origin);
    case 'too_big':
      return boundWords(issue.inclusive === false ? 'less than' : 'at most', issue.maximum, issue.origin);
    case 'invalid_value':
      return issue.values.length === 1
        ? `must be ${String(issue.values[0])}`
        : `must be one of ${issue.values.map(String).join(', ')}`;
    case 'invalid_union':
      return 'is not a known kind';
    case 'custom':
      return issue.message;
    default:
      return 'is not valid';
  }
}

function boundWords(bound: string, size: number | bigint, origin: string): string {
  if (origin === 'number' || origin === 'int') return `must be ${bound} ${size}`;
  const unit = origin === 'array' ? 'item' : 'character';
  return `must have ${bound} ${size} ${unit}${Number(size) === 1 ? '' : 's'}`;
}
