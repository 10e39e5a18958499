// What an answer to the plain health call says of the server, and of what may stand between.
import { areTexts } from '../model/rows.ts';
import type { HttpResponse, TransportResult } from '../ports.ts';
import { failure, type Halt, readJson, readPlainCall } from './answer.ts';
import type { SyncState } from './sync-state.ts';

export type Health =
  /** It says how it is, and what it offers. */
  | { readonly kind: 'well'; readonly capabilities: readonly string[] }
  /** There is no such call: a basic server; its other calls will tell. */
  | { readonly kind: 'absent' }
  /** From a server that had the call, while others fail, or to a caller that needs no token: a fault of whatever stands between. */
  | { readonly kind: 'suspect' }
  | { readonly kind: 'failed'; readonly halt: Halt };

export function readHealth(result: TransportResult, { failures, problems, capabilities }: Pick<SyncState, 'failures' | 'problems' | 'capabilities'>, now: number): Health {
  const outcome = readPlainCall(result, now);
  if (outcome === null && result.ok && result.response.status < 300) return readWords(result.response);
  const isNotFound = result.ok && result.response.status === 404;
  if (outcome?.kind === 'stopped' || (outcome?.kind === 'failed' && !isNotFound)) return { kind: 'failed', halt: outcome };
  const isInDoubt = failures > 0 || problems.includes('forbidden') || (capabilities?.length ?? 0) > 0;
  const isSuspect = outcome?.kind === 'unauthorized' || (outcome !== null && isInDoubt);
  return { kind: isSuspect ? 'suspect' : 'absent' };
}

/** An answer that says nothing of how the server is comes from something else, and must not make a basic server of ours for an hour. */
function readWords(response: HttpResponse): Health {
  const body = readJson(response);
  if (typeof body?.['status'] !== 'string') return { kind: 'failed', halt: failure('connection', 'not_our_server', 'The answer does not say how the server is', false) };
  const listed = body['capabilities'];
  return { kind: 'well', capabilities: areTexts(listed) ? listed : [] };
}

/** What the leader notes of it. @param isProof an item waits for proof that the server itself is well. */
export function afterHealth(state: SyncState, health: Exclude<Health, { kind: 'failed' }>, isBlocked: boolean, isProof: boolean): Partial<SyncState> {
  const isWell = health.kind === 'well';
  return {
    // What a suspect answer leaves unknown is asked for again before long.
    capabilities: isWell ? health.capabilities : health.kind === 'absent' ? (state.capabilities ?? []) : state.capabilities,
    // A good answer proves the server well: a fault of an item counts from here on.
    successes: isWell && isProof ? state.successes + 1 : state.successes,
    problems: isBlocked ? [...new Set([...state.problems, 'blocked_by_policy'])] : state.problems,
  };
}
