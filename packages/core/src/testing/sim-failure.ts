// What a sender is told when no answer is read.
import type { TransportFailure, TransportResult } from '../ports.ts';

export function failed(failure: TransportFailure, message: string): TransportResult {
  return { ok: false, failure, message };
}

export function broken(): TransportResult {
  return failed('network', 'the connection broke');
}
