import { isEngineError } from '@syncline/core';

/** What went wrong, in the engine's words with every field it names. */
export function problemWords(error: unknown): string {
  if (!isEngineError(error)) return 'Something went wrong';
  return [error.message, ...error.details.map(({ path, message }) => `${path} ${message}`)].join('. ');
}
