// How every store, real or simulated, says why it refused.
import type { StoreError, StoreFailure } from './ports.ts';

/** An error to throw from a store. `cause` is what the platform said, kept for logs. */
export function createStoreError(code: StoreFailure, message: string, cause?: unknown): StoreError {
  const error = new Error(message, cause === undefined ? undefined : { cause });
  return Object.assign(error, { name: 'StoreError' as const, code });
}

/** Whether it came from a store. By shape, so that it also holds across copies of this package. */
export function isStoreError(error: unknown): error is StoreError {
  return error instanceof Error && error.name === 'StoreError' && typeof (error as { code?: unknown }).code === 'string';
}
