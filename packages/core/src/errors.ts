// What the engine's own calls reject with. Expected outcomes of a sync are values, never rejections.
import type { FieldIssue } from '@syncline/protocol';
import type { StoreError, StoreFailure } from './ports.ts';

/**
 * Why a call was refused.
 * `invalid_input`: see `details` · `already_running`, `not_running`: the timer's state forbids it ·
 * `running_elsewhere`: on another device, and nobody said to start beside it · `too_long`: over 24 h, the timer goes on ·
 * `id_reused`: that id names another session · `not_found`, `not_parked`: no such session, conflict, settlement, device or journal entry, or nothing to decide about it ·
 * `changed`: a session is not what the decision rests on · `refused`: the server refused a session it rests on, see `details` · `unsupported`: the server offers no such call ·
 * `unreachable`, `auth_required`: the call needs the server, and there is none, or nobody is signed in ·
 * `unsent`: work is left that another attempt may send ·
 * `storage_full`: no space, earlier data is intact · `storage_unavailable`: the store refuses, nothing was written ·
 * `newer_version`: the store was written by a newer release · `upgrade_blocked`: an old tab holds the store open · `closed`: the engine was closed.
 */
export type EngineErrorCode =
  | 'invalid_input' | 'already_running' | 'running_elsewhere' | 'not_running' | 'too_long' | 'id_reused' | 'not_found' | 'not_parked' | 'changed' | 'refused' | 'unsupported'
  | 'unreachable' | 'auth_required' | 'unsent' | 'storage_full' | 'storage_unavailable' | 'newer_version' | 'upgrade_blocked' | 'closed';

/** When the same call may succeed: at once, after something changed outside, or never as it is. */
export type RetryWord = 'now' | 'later' | 'never';

/** What is wrong with a field of an input. */
export interface EngineIssue extends FieldIssue {
  /** For programs, where there are several reasons: a `ChoiceProblem` where a choice is not on offer. */
  readonly code?: string | undefined;
}

/** Compare `code`, never the message or the class. */
export interface EngineError extends Error {
  readonly name: 'EngineError';
  readonly code: EngineErrorCode;
  readonly retry: RetryWord;
  /** The faulty fields of an input; empty otherwise. */
  readonly details: readonly EngineIssue[];
}

const MEANING: Readonly<Record<EngineErrorCode, readonly [RetryWord, string]>> = {
  invalid_input: ['never', 'The input is not acceptable'],
  already_running: ['later', 'A session is already running on this device'],
  running_elsewhere: ['later', 'A session is running on another device'],
  not_running: ['never', 'No session of that id is running on this device'],
  too_long: ['never', 'A session lasts at most 24 hours; the timer goes on'],
  id_reused: ['never', 'That id already names another session'],
  not_found: ['never', 'Nothing of that id is known here'],
  not_parked: ['never', 'Nothing waits for a decision here'],
  changed: ['now', 'The sessions changed meanwhile'],
  refused: ['later', 'The server refused a session of this conflict'],
  unsupported: ['never', 'The server does not offer this'],
  unreachable: ['later', 'The server cannot be reached, or its answer made no sense'],
  auth_required: ['later', 'Nobody is signed in'],
  unsent: ['later', 'Work is left that was not sent'],
  storage_full: ['later', 'There is no space left; nothing was written and earlier data is intact'],
  storage_unavailable: ['later', 'The store refuses; nothing was written'],
  newer_version: ['never', 'The store was written by a newer release of the app'],
  upgrade_blocked: ['later', 'Another tab holds an older version of the store open'],
  closed: ['never', 'The engine is closed'],
};

class CodedError extends Error implements EngineError {
  override readonly name = 'EngineError';
  readonly code: EngineErrorCode;
  readonly retry: RetryWord;
  readonly details: readonly EngineIssue[];

  constructor(code: EngineErrorCode, details: readonly EngineIssue[], cause: unknown) {
    const [retry, meaning] = MEANING[code];
    const faults = details.map((issue) => `${issue.path} ${issue.message}`).join('; ');
    super(faults === '' ? meaning : `${meaning}: ${faults}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.retry = retry;
    this.details = details;
  }
}

/** Makes the error of a code. */
export function engineError(
  code: EngineErrorCode,
  details: readonly EngineIssue[] = [],
  cause?: unknown,
): EngineError {
  return new CodedError(code, details, cause);
}

/** Whether a caught value is an engine error; works across copies of this package. */
export function isEngineError(error: unknown): error is EngineError {
  return error instanceof Error && error.name === 'EngineError' && 'code' in error;
}

const STORE_CODES: Readonly<Partial<Record<StoreFailure, EngineErrorCode>>> = {
  quota: 'storage_full', blocked: 'upgrade_blocked', newer_version: 'newer_version',
};

/** What a call is told when the store refused. */
export function storeToEngineError(error: StoreError): EngineError {
  return engineError(STORE_CODES[error.code] ?? 'storage_unavailable', [], error);
}
