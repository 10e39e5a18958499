import type { ServerStoreError, ServerStoreFailure } from '../ports.ts';

const WORDS: Readonly<Record<ServerStoreFailure, string>> = {
  unavailable: 'the database does not answer',
  conflict: 'another transaction was in the way',
  failed: 'the database refused a statement',
};

class StoreError extends Error {
  override readonly name = 'ServerStoreError';
  readonly code: ServerStoreFailure;

  constructor(code: ServerStoreFailure, words: string, cause: unknown) {
    super(words, cause === undefined ? {} : { cause });
    this.code = code;
  }
}

/** Makes an error of a store. The cause is for the log; it never reaches an answer. */
export function storeError(code: ServerStoreFailure, cause?: unknown, words: string = WORDS[code]): ServerStoreError {
  return new StoreError(code, words, cause);
}

/** Whether something thrown is an error of a store, of this copy of the package or another. */
export function isStoreError(thrown: unknown): thrown is ServerStoreError {
  return thrown instanceof Error && thrown.name === 'ServerStoreError' && 'code' in thrown;
}
