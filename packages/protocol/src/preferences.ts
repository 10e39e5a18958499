// How preferences lie in their Yjs document, for both ends. Knows nothing of Yjs: maps are looked at through the few methods named here,
// so whoever needs no preferences pays for none.
//
// Two root maps and nothing else. `preferences` holds the documented values, plain. `origins` says of each key who set it last and when.
// A change of a key sets both in one transaction and never deletes: so every change moves the state vector, and an exchange
// that compares vectors misses none.
import type { FieldIssue } from './rules/field-issue.ts';
import { LIMITS } from './rules/limits.ts';
import { preferenceFault } from './rules/preference.ts';
import { PREFERENCE_NAMES } from './rules/preference.ts';
import type { PreferenceName, Preferences } from './wire/user-calls.ts';

export { baseAuthor, baseOf, GENERATIONS_MAX, type PreferencesBase } from './preferences-generation.ts';

/** Names of the root maps. A document with another root is refused. */
export const PREFERENCE_ROOTS = { values: 'preferences', origins: 'origins' } as const;

/** Who set a preference last. */
export interface PreferenceOrigin {
  /** Null for a call that named no device. */
  readonly device_id: string | null;
  /** By the clock of whoever set it, in milliseconds since the epoch, UTC. For people; never decides which value wins. */
  readonly at: number;
}

/** What is read of a root map; a `Y.Map` fits. */
export interface ReadableMap {
  entries(): Iterable<[string, unknown]>;
}

/** What is written to a root map; a `Y.Map` fits. */
export interface WritableMap {
  set(key: string, value: unknown): unknown;
}

/** What a preferences document says. */
export interface PreferencesView {
  /** Documented keys with documented values only. */
  readonly values: Preferences;
  /** Of the keys in `values`; a key may lack one. */
  readonly origins: Readonly<Partial<Record<PreferenceName, PreferenceOrigin>>>;
  /** Everything else that was found. Not empty: refuse the change that brought it. */
  readonly issues: readonly FieldIssue[];
}

/** Looks at a whole document. Unknown keys, `__proto__` and its like, and values out of their limits are issues and never in the view. */
export function readPreferences(values: ReadableMap, origins: ReadableMap): PreferencesView {
  const found = [...values.entries()].map(([name, value]) => ({ name, value, problem: preferenceProblem(name, value) }));
  const marks = [...origins.entries()].map(([name, value]) => ({ name, value, problem: originProblem(name, value) }));
  const good = new Map(found.filter(({ problem }) => problem === null).map(({ name, value }) => [name, value]));
  const marked = new Map(marks.filter(({ problem }) => problem === null).map(({ name, value }) => [name, value as PreferenceOrigin]));
  const known = PREFERENCE_NAMES.filter((name) => good.has(name));
  return {
    values: Object.fromEntries(known.map((name) => [name, good.get(name)])) as Preferences,
    origins: Object.fromEntries(known.flatMap((name) => {
      const origin = marked.get(name);
      return origin === undefined ? [] : [[name, origin]];
    })),
    issues: [...issuesOf(PREFERENCE_ROOTS.values, found), ...issuesOf(PREFERENCE_ROOTS.origins, marks)],
  };
}

/** Sets one preference with its origin; call it inside one Yjs transaction. The value must have passed {@link preferenceProblem}. */
export function writePreference(values: WritableMap, origins: WritableMap, name: PreferenceName, value: unknown, origin: PreferenceOrigin): void {
  values.set(name, value);
  origins.set(name, { device_id: origin.device_id, at: origin.at });
}

/** What is wrong with a preference, in words that complete its name; null when it may be stored. */
export function preferenceProblem(name: string, value: unknown): string | null {
  return value === undefined ? 'must have a value' : preferenceFault(name, value);
}

function originProblem(name: string, value: unknown): string | null {
  if (!PREFERENCE_NAMES.some((known) => known === name)) return 'is not a known field';
  if (typeof value !== 'object' || value === null) return 'must be an object';
  const { device_id: device, at, ...rest } = value as { readonly device_id?: unknown; readonly at?: unknown };
  if (Object.keys(rest).length > 0) return 'must hold device_id and at only';
  if (device !== null && (typeof device !== 'string' || !isPrintable(device))) return 'must name a device or null';
  return typeof at === 'number' && Number.isSafeInteger(at) && at >= 0 ? null : 'must say when';
}

/** As device ids are on the wire: ASCII without spaces. */
function isPrintable(id: string): boolean {
  if (id.length < 1 || id.length > LIMITS.deviceIdChars) return false;
  for (let i = 0; i < id.length; i += 1) {
    const code = id.charCodeAt(i);
    if (code <= 32 || code >= 127) return false;
  }
  return true;
}

function issuesOf(root: string, entries: readonly { readonly name: string; readonly problem: string | null }[]): FieldIssue[] {
  return entries.flatMap(({ name, problem }) => (problem === null ? [] : [{ path: `${root}.${name.slice(0, 64)}`, message: problem }]));
}
