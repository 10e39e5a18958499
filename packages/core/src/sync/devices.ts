// The user's devices, to look after: asked of the server each time, since only the server can name, forget or sign out another device.
import { type FieldIssue, parseInstant } from '@syncline/protocol';
import type { DeviceInfo, DevicesApi } from '../api.ts';
import { engineError, type EngineError } from '../errors.ts';
import { asFields, type Fields, isCount } from '../model/rows.ts';
import type { Clock, HttpRequest } from '../ports.ts';
import { readDetails, readJson, readPlainCall } from './answer.ts';
import { isHeaderText } from './check-call.ts';
import type { ServerCalls } from './server-calls.ts';
import { DEVICES_MAX, readInstant, readList } from './server-answer.ts';
import type { Self } from './status-input.ts';
import { lacks, type SyncState } from './sync-state.ts';

const PATH = '/api/devices';

export interface DevicesOptions {
  readonly calls: ServerCalls;
  readonly clock: Clock;
  readonly self: Self;
  readonly state: () => SyncState;
  /** Throws once the engine is closed. */
  readonly check: () => void;
  readonly signal: AbortSignal;
  /** The server changed something that the status shows. */
  readonly onChanged: () => void;
}

export class Devices implements DevicesApi {
  readonly #options: DevicesOptions;

  constructor(options: DevicesOptions) {
    this.#options = options;
  }

  async list(): Promise<readonly DeviceInfo[]> {
    const { devices } = await this.#call('GET', PATH);
    const own = this.#options.self.deviceId;
    const read = readList(devices, DEVICES_MAX, (row) => readDevice(row, own));
    if (read === null) throw engineError('unreachable', [{ path: 'devices', message: 'came in a shape that is not known here' }]);
    return read;
  }

  async rename(id: string, name: string | null): Promise<void> {
    await this.#change('PUT', id, '', JSON.stringify({ name }));
  }

  async forget(id: string): Promise<void> {
    this.#refuseOwn(id);
    await this.#change('DELETE', id, '');
  }

  async signOut(id: string): Promise<void> {
    this.#refuseOwn(id);
    await this.#change('POST', id, '/sign-out', '{}');
  }

  /** Its own login is the app's to end; and a device that forgot itself would be back with its next request. */
  #refuseOwn(id: string): void {
    if (id === this.#options.self.deviceId) throw engineError('invalid_input', [{ path: 'id', message: 'is this device' }]);
  }

  /** @param what is done to the device beside its own path. */
  async #change(method: HttpRequest['method'], id: string, what: string, body?: string): Promise<void> {
    // No device can be called anything else.
    if (!isHeaderText(id)) throw engineError('not_found');
    await this.#call(method, `${PATH}/${encodeURIComponent(id)}${what}`, body);
    this.#options.onChanged();
  }

  async #call(method: HttpRequest['method'], path: string, body?: string): Promise<Fields> {
    const { calls, clock, check, signal, state } = this.#options;
    check();
    if (lacks(state(), 'devices')) throw engineError('unsupported');
    const sent = await calls.call(method, path, body, signal);
    check();
    if (sent.kind === 'no_token') throw engineError('auth_required');
    const fields = sent.result.ok ? readJson(sent.result.response) : undefined;
    const status = sent.result.ok ? sent.result.response.status : 0;
    if (status < 300 && fields?.[method === 'GET' ? 'devices' : 'success'] !== undefined) return fields;
    throw refusal(status, fields, readPlainCall(sent.result, clock.now())?.kind === 'unauthorized');
  }
}

function refusal(status: number, fields: Fields | undefined, isUnauthorized: boolean): EngineError {
  if (isUnauthorized) return engineError('auth_required');
  // Ours say so in JSON; anything else with that status is no answer of the server's.
  if (status === 404 && fields?.['code'] === 'not_found') return engineError('not_found');
  const details: readonly FieldIssue[] = readDetails(fields?.['details']);
  return status === 400 ? engineError('invalid_input', details) : engineError('unreachable');
}

function readDevice(value: unknown, own: string): DeviceInfo | null {
  const row = asFields(value);
  if (row === null) return null;
  const { device_id: deviceId, device_type: deviceType, version, name, status, sessions_pending: sessionsPending, signed_in: signedIn } = row;
  const [lastSeen, pendingAsOf, oldestPending] = [row['last_seen'], row['pending_as_of'], row['oldest_pending']].map(readInstant);
  const createdAt = typeof row['created_at'] === 'string' ? parseInstant(row['created_at']) : null;
  const isSound = typeof deviceId === 'string' && typeof deviceType === 'string' && typeof status === 'string' && isCount(sessionsPending);
  if (!isSound || lastSeen === undefined || pendingAsOf === undefined || oldestPending === undefined) return null;
  return {
    deviceId, deviceType, status, sessionsPending, lastSeen, pendingAsOf, oldestPending, createdAt,
    version: typeof version === 'string' ? version : '', name: typeof name === 'string' ? name : null,
    isThisDevice: deviceId === own, signedIn: signedIn === true,
  };
}
