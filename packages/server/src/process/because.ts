import { inspect } from 'node:util';

/** An error in words for people, with the last words of whatever went wrong underneath: `The database cannot be reached: connect ECONNREFUSED 127.0.0.1:5432.` */
export function because(words: string, cause: unknown): Error {
  let innermost = cause;
  while (innermost instanceof Error && innermost.cause !== undefined) innermost = innermost.cause;
  const { message, code } = (typeof innermost === 'object' && innermost !== null ? innermost : {}) as { readonly message?: unknown; readonly code?: unknown };
  // Several tries that failed together have a code and no words, and the embedded database throws what is no error.
  const reason = String(message || code || inspect(innermost));
  return new Error(`${words}: ${reason.replace(/\.$/, '')}.`, { cause });
}
