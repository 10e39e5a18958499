// From what the driver throws to what the port promises. By SQLSTATE and the driver's codes, never by text, but for the few
// errors that carry neither.
import type { ServerStoreError, ServerStoreFailure } from '../../ports.ts';
import { isStoreError, storeError } from '../store-error.ts';

/**
 * Classes: 08 connection, 28 no entry (another password), 3D no such database, 53 resources, 57P administrator or crash, 58 system.
 * 25006: what was the primary is a stand-by now, and takes no writes; another connection finds its successor.
 */
const UNAVAILABLE = /^(08|28|3D|53|57P|58|25006)/;
/** Serialization failure, deadlock, lock not available, statement or transaction ran out of time. */
const CONFLICT: ReadonlySet<string> = new Set(['40001', '40P01', '55P03', '57014', '25P03']);
const BROKEN_CONNECTION: ReadonlySet<string> = new Set([
  'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOTFOUND', 'ETIMEDOUT', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOENT',
]);

/** Any error of the driver as a `ServerStoreError`; one of ours stays as it is. */
export function toStoreError(error: unknown): ServerStoreError {
  return isStoreError(error) ? error : storeError(failureOf(error), error);
}

function failureOf(error: unknown): ServerStoreFailure {
  const code = codeOf(error);
  if (code === null) return 'unavailable'; // The pool's time-outs and "connection terminated" carry no code.
  if (CONFLICT.has(code)) return 'conflict';
  return UNAVAILABLE.test(code) || BROKEN_CONNECTION.has(code) ? 'unavailable' : 'failed';
}

function codeOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}
