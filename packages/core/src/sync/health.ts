// What an answer to the plain health call says of the server, and of what may stand between.
import { areTexts } from '../model/rows.ts';
import type { TransportResult } from '../ports.ts';
import { type Halt, readJson, readPlainCall } from './answer.ts';
import { type SyncState, withProblem } from './sync-state.ts';

/** `capabilities` of a basic server are none; null where the answer says nothing of what the server offers. */
export interface Answered {
  readonly isWell: boolean;
  readonly capabilities: readonly string[] | null;
}

export function readHealth(result: TransportResult, { connection, failures, capabilities }: Pick<SyncState, 'connection' | 'failures' | 'capabilities'>, now: number): Answered | Halt {
  const words = result.ok && result.response.status < 300 ? readJson(result.response) : undefined;
  const listed = words?.['capabilities'];
  // What lists nothing is a basic server, unless more was offered and works: then it may be something in between that says how it is itself.
  const isBasic = failures > 0 || (capabilities ?? []).length === 0;
  if (typeof words?.['status'] === 'string' && (areTexts(listed) || isBasic)) return { isWell: true, capabilities: areTexts(listed) ? listed : [] };
  const outcome = readPlainCall(result, now);
  // A server whose other calls work, and that never offered more, is a basic one: it may lack this call, fail in it alone, or be kept from a page in it
  // alone, as by the rules between origins. Otherwise it may be a fault of whatever stands between.
  const isInDoubt = connection !== 'online' || failures > 0 || (capabilities?.length ?? 0) > 0;
  const isOfUse = isInDoubt && !(result.ok && result.response.status === 404);
  if (outcome?.kind === 'stopped' || (outcome?.kind === 'failed' && (isOfUse || outcome.retryAfterMs !== null))) return outcome;
  return { isWell: false, capabilities: isInDoubt ? null : [] };
}

/** What the leader notes of it. @param isProof an item waits for proof that the server itself is well. */
export function afterHealth(state: SyncState, { isWell, capabilities }: Answered, isBlocked: boolean, isProof: boolean): SyncState {
  return {
    ...state,
    // What such an answer leaves unknown is asked for again before long.
    capabilities: capabilities ?? state.capabilities,
    // A good answer proves the server well: a fault of an item counts from here on.
    successes: isWell && isProof ? state.successes + 1 : state.successes,
    ...(isBlocked && withProblem(state, 'blocked_by_policy')),
  };
}
