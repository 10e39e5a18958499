// Opens a store in bounded time. When there is none to be had, a volatile one keeps the app going, and the status says so.
import { engineError } from '../errors.ts';
import type { Clock, Ports, Store, StoreFailure } from '../ports.ts';
import { createStoreError, isStoreError } from '../store-error.ts';

export interface OpenedStore {
  readonly store: Store;
  readonly isVolatile: boolean;
  readonly problems: readonly string[];
}

/** What a refusal of the store is called in the status. */
export const PROBLEMS: Readonly<Partial<Record<StoreFailure, string>>> = { quota: 'storage_full', blocked: 'upgrade_blocked' };
/** Some browsers never settle an opening; a second attempt often works. */
const OPEN_DEADLINE_MS = 5000;
const TRIES = 2;

export async function openStore(ports: Ports, name: string): Promise<OpenedStore> {
  let failure: unknown;
  for (let tries = 0; tries < TRIES; tries += 1) {
    try {
      return { store: await inTime(ports.stores.open(name), ports.clock, closeLate), isVolatile: false, problems: [] };
    } catch (error) {
      failure = error;
      const code = codeOf(error);
      if (code === 'newer_version') throw engineError('newer_version', [], error);
      // Another request would only queue behind the blocked one, and not even learn why it waits.
      if (code === 'blocked') break;
    }
  }
  return openVolatile(ports, name, failure);
}

/** Nobody waits for it any more. */
export function closeLate(store: Store): void {
  void store.close().catch(() => undefined);
}

/** For want of a better one. `failure` is what the real one said. */
export async function openVolatile(ports: Ports, name: string, failure: unknown): Promise<OpenedStore> {
  const why = PROBLEMS[codeOf(failure)];
  const problems = ['volatile_storage', ...(why === undefined ? [] : [why])];
  return { store: await ports.stores.openVolatile(name), isVolatile: true, problems };
}

function codeOf(failure: unknown): StoreFailure {
  return isStoreError(failure) ? failure.code : 'unavailable';
}

/**
 * A promise with a deadline: rejects when it has not settled by then.
 * @param onLate what to do with a value that comes too late.
 */
export function inTime<T>(work: Promise<T>, clock: Clock, onLate: (value: T) => void = () => undefined, withinMs: number = OPEN_DEADLINE_MS): Promise<T> {
  return new Promise((resolve, reject) => {
    let isLate = false;
    const cancel = clock.setTimer(withinMs, () => {
      isLate = true;
      reject(createStoreError('unavailable', 'the store did not answer in time'));
    });
    work.then(
      (value) => {
        cancel();
        if (isLate) onLate(value);
        else resolve(value);
      },
      (error: unknown) => {
        cancel();
        reject(error);
      },
    );
  });
}
