// What IndexedDB and Dexie throw, translated into the six reasons of a store. By name, never by message; through wrappers,
// because the reason that matters is often inside an `AbortError`.
import type { StoreError, StoreFailure } from '../ports.ts';
import { createStoreError, isStoreError } from '../store-error.ts';

/** What was going on: the same name means other things when opening than in a transaction. */
export type StorePhase = 'open' | 'transaction';

const common: Readonly<Record<string, StoreFailure>> = {
  QuotaExceededError: 'quota',
  VersionError: 'newer_version',
  DatabaseClosedError: 'closed',
};

const byPhase: Readonly<Record<StorePhase, Readonly<Record<string, StoreFailure>>>> = {
  // Firefox says InvalidStateError where storage is switched off; a closing handle cannot be met when opening.
  open: { InvalidStateError: 'unavailable', TimeoutError: 'unavailable' },
  transaction: {
    InvalidStateError: 'closed',
    AbortError: 'aborted',
    ConstraintError: 'aborted',
    DataCloneError: 'aborted',
    DataError: 'aborted',
    TransactionInactiveError: 'aborted',
    TimeoutError: 'aborted',
  },
};

const NESTING_MAX = 5;

/** The name of the error and of all that it wraps, outermost first. */
export function errorNames(error: unknown): readonly string[] {
  const names: string[] = [];
  let at: unknown = error;
  for (let depth = 0; depth < NESTING_MAX && typeof at === 'object' && at !== null; depth += 1) {
    const { name, inner, cause } = at as { readonly name?: unknown; readonly inner?: unknown; readonly cause?: unknown };
    if (typeof name === 'string') names.push(name);
    at = inner ?? cause;
  }
  return names;
}

/** The store's error for whatever was thrown. What no rule knows is `unavailable`, and never a reason to delete anything. */
export function storeErrorFrom(error: unknown, phase: StorePhase): StoreError {
  if (isStoreError(error)) return error;
  const names = errorNames(error);
  const message = error instanceof Error && error.message !== '' ? error.message : (names[0] ?? String(error));
  return createStoreError(codeOf(names, phase), message, error);
}

function codeOf(names: readonly string[], phase: StorePhase): StoreFailure {
  for (const table of [common, byPhase[phase]]) {
    for (const name of names) {
      const code = table[name];
      if (code !== undefined) return code;
    }
  }
  return 'unavailable';
}
