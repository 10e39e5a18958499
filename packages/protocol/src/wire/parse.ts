// From an unknown value to a typed one, or to a list that names every faulty field in plain words.
// Dangerous keys are looked for before any schema runs: `__proto__`, `constructor` and `prototype` are refused at every depth.
import type * as z from 'zod/mini';
import { DANGEROUS_KEYS } from '../rules/dangerous-keys.ts';
import type { FieldIssue } from '../rules/field-issue.ts';
import { LIMITS } from '../rules/limits.ts';
import { describeIssue } from './issue-words.ts';
import type { Schema } from './schema.ts';

/** What parsing gives: the value, or at least one issue. */
export type ParseResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly issues: readonly FieldIssue[] };

/**
 * Parses a value that came out of `JSON.parse`.
 * @param options.maxDepth refuses deeper nesting; the value itself is level 1. Default: any depth.
 * @returns the parsed value (ids in canonical form); or every faulty field, each once, up to `LIMITS.detailsMax`; or, where a name is not allowed or the nesting too deep,
 * that alone. Never throws.
 */
export function parseWith<T>(
  schema: Schema<T>,
  value: unknown,
  options: { readonly maxDepth?: number | undefined } = {},
): ParseResult<T> {
  const hazard = findHazard(value, options.maxDepth ?? Number.POSITIVE_INFINITY);
  if (hazard !== null) return { ok: false, issues: [hazard] };
  const result = schema.safeParse(value);
  if (result.success) return { ok: true, value: result.data };
  return { ok: false, issues: toFieldIssues(result.error.issues, value) };
}

/**
 * Parses a query string. A parameter given twice is refused, and so is an unknown one.
 * @param params name and value of each parameter as sent: a `URLSearchParams`.
 * @returns as {@link parseWith}; absent parameters are absent keys.
 */
export function parseQuery<T>(schema: Schema<T>, params: Iterable<readonly [string, string]>): ParseResult<T> {
  const values = new Map<string, string>();
  const issues: FieldIssue[] = [];
  for (const [name, value] of params) {
    if (!values.has(name)) values.set(name, value);
    else if (!issues.some((issue) => issue.path === name)) issues.push({ path: name, message: 'must be given only once' });
  }
  const result = parseWith(schema, Object.fromEntries(values));
  if (result.ok && issues.length === 0) return result;
  return { ok: false, issues: [...issues, ...(result.ok ? [] : result.issues)] };
}

/**
 * The first one is enough: nobody sends any by mistake, and to name them all would take as many copies of what they stand in, which may be large.
 * Walks without recursion, so depth costs memory and never the stack.
 */
function findHazard(root: unknown, maxDepth: number): FieldIssue | null {
  const queue: { value: unknown; path: string; depth: number }[] = [{ value: root, path: '', depth: 1 }];
  for (let item = queue.pop(); item !== undefined; item = queue.pop()) {
    const { value, path, depth } = item;
    if (typeof value !== 'object' || value === null) continue;
    if (depth > maxDepth) return { path: '', message: `must not be nested deeper than ${maxDepth} levels` };
    for (const key of Object.keys(value)) {
      const inner = joinPath(path, Array.isArray(value) ? Number(key) : key);
      if (DANGEROUS_KEYS.has(key)) return { path: inner, message: 'is not an allowed name' };
      const child: unknown = Reflect.get(value, key);
      if (typeof child === 'object' && child !== null) queue.push({ value: child, path: inner, depth: depth + 1 });
    }
  }
  return null;
}

function toFieldIssues(issues: readonly z.core.$ZodIssue[], root: unknown): FieldIssue[] {
  const byPath = new Map<string, FieldIssue>();
  for (const issue of issues) {
    for (const found of describeIssue(issue, root)) {
      const path = found.path.reduce<string>(joinPath, '');
      if (byPath.size === LIMITS.detailsMax) break;
      if (!byPath.has(path)) byPath.set(path, { path, message: found.message });
    }
  }
  return [...byPath.values()];
}

function joinPath(path: string, key: PropertyKey): string {
  if (typeof key === 'number') return `${path}[${key}]`;
  return path === '' ? String(key) : `${path}.${String(key)}`;
}
