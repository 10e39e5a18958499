// What the documented writing calls have in common: one transaction that loads, decides, writes, notes the device, and answers
// after the commit.
import { parseCallerHeaders } from '@syncline/protocol';
import { authorOf } from '../documents/author.ts';
import { problem } from '../http/problem.ts';
import type { RouteInput } from '../http/route.ts';
import { callerOf, touchDevice } from '../sync/devices.ts';
import { flush, load, type Wants } from '../sync/load.ts';
import { withDevice } from '../sync/listed-device.ts';
import { MadeDocuments } from '../sync/made-documents.ts';
import type { Refusal } from '../sync/outcome.ts';
import { type ApplyContext, WorkingSet } from '../sync/working-set.ts';
import { type Caller } from '../sync/devices.ts';
import { toSessionRecord } from '../sync/session-records.ts';

/** The calling device as the headers tell it, or null. Throws a refusal that names each faulty header. */
export function readCaller(input: RouteInput, source?: string): Caller | null {
  const headers = parseCallerHeaders((name) => input.headers.get(name));
  if (!headers.ok) throw problem('invalid_request', { details: headers.issues });
  return callerOf(headers.value, source);
}

interface Repeatable {
  readonly kind: 'applied' | 'repeated';
}

/**
 * Runs one write of a session. Resolves to what `decide` accepted; a refusal is thrown, after what is known of the device was stored:
 * the device did reach the server.
 */
export async function writeSession<T extends Repeatable>(
  input: RouteInput,
  source: string,
  wants: Wants,
  decide: (set: WorkingSet, context: ApplyContext) => T | Refusal,
): Promise<T> {
  const caller = readCaller(input, source);
  const { now } = input;
  const outcome = await withDevice(input.ports.store, input.user, caller?.deviceId ?? null, async (tx, { summary, devices }) => {
    const set = new WorkingSet(summary);
    await load(tx, set, wants, now);
    const decided = decide(set, { now, deviceId: caller?.deviceId ?? null, author: authorOf(input.ports.ids.uuid()), made: new MadeDocuments() });
    const settled = decided.kind === 'refused' ? 0 : 1;
    // A device too many is not noted; its session is stored all the same.
    const touch = caller === null ? null : touchDevice(devices, caller, settled, now, decided.kind === 'applied');
    await flush(tx, set, touch?.kind === 'write' ? { devices: [touch.device], removedDevices: touch.forgotten } : {});
    return decided;
  });
  if (outcome.kind === 'refused') throw refusalProblem(outcome);
  return outcome;
}

function refusalProblem(refusal: Refusal): Error {
  return problem(refusal.code, {
    ...(refusal.details === undefined ? {} : { details: refusal.details }),
    ...(refusal.session === undefined ? {} : { fields: { stored: toSessionRecord(refusal.session) } }),
  });
}
