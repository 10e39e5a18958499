// This installation's identity: minted once, kept in the store. Beside the store a marker says that it was here and what it held, so that
// its loss is noticed and a browser without storage is still the same device.
import { asFields, isCount } from '../model/rows.ts';
import type { Ids, StoreFactory } from '../ports.ts';
import type { Local } from './local.ts';

export interface DeviceIdentity {
  readonly deviceId: string;
  /** Minted with the store: another one says that the old store is gone. */
  readonly incarnation: string;
}

export interface Marker extends DeviceIdentity {
  /** Sessions that were not sent when it was written. */
  readonly unsent: number;
}

/** A loss that was reported for so long is not reported again at the next start. */
const REPORT_MS = 86_400_000;

function readIdentity(value: unknown): DeviceIdentity | null {
  const row = asFields(value);
  const isSound = row !== null && typeof row['deviceId'] === 'string' && typeof row['incarnation'] === 'string';
  return isSound ? { deviceId: row['deviceId'] as string, incarnation: row['incarnation'] as string } : null;
}

export function readMarker(text: string | null): Marker | null {
  if (text === null) return null;
  try {
    const row: unknown = JSON.parse(text);
    const identity = readIdentity(row);
    const unsent = asFields(row)?.['unsent'];
    return identity !== null && isCount(unsent) ? { ...identity, unsent } : null;
  } catch {
    return null;
  }
}

/**
 * Reads or mints the identity, and notes a loss.
 * @param wanted the id the app set, or null.
 */
export async function openDevice(local: Local, stores: StoreFactory, ids: Ids, name: string, wanted: string | null): Promise<DeviceIdentity> {
  const marker = readMarker(stores.readMarker(name));
  const fresh: DeviceIdentity = { deviceId: wanted ?? marker?.deviceId ?? ids.uuid(), incarnation: ids.uuid() };
  const identity = await local.store.update<DeviceIdentity>(
    [{ table: 'meta', key: 'device' }],
    ([rows]) => {
      const known = readIdentity(rows?.[0]?.value);
      const result = known === null ? fresh : { ...known, deviceId: wanted ?? known.deviceId };
      const isKept = known !== null && known.deviceId === result.deviceId;
      return { writes: isKept ? [] : [{ kind: 'put', table: 'meta', key: 'device', value: result }], result };
    },
    'strict',
  );
  const lost = marker !== null && marker.incarnation !== identity.incarnation ? marker.unsent : 0;
  await local.commit((draft) => {
    const { loss } = draft.view.sync;
    if (lost > 0) draft.setSync({ loss: { sessions: lost, at: draft.now } });
    else if (loss !== null && Math.abs(draft.now - loss.at) > REPORT_MS) draft.setSync({ loss: null });
  }, 'relaxed');
  return identity;
}

/** Keeps the marker in step with the outbox. */
export class MarkerKeeper {
  readonly #stores: StoreFactory;
  readonly #name: string;
  readonly #identity: DeviceIdentity;
  #written = -1;

  constructor(stores: StoreFactory, name: string, identity: DeviceIdentity) {
    this.#stores = stores;
    this.#name = name;
    this.#identity = identity;
  }

  update(unsent: number): void {
    if (unsent === this.#written) return;
    this.#written = unsent;
    this.#stores.writeMarker(this.#name, JSON.stringify({ ...this.#identity, unsent } satisfies Marker));
  }
}
