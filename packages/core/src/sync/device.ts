// This installation's identity: minted once, kept in the store. Beside the store a marker says that it was here and what it held, so that
// its loss is noticed and a browser without storage is still the same device.
import { asFields, isCount } from '../model/rows.ts';
import type { Decision, Ids, Read, Row, StoreFactory } from '../ports.ts';
import type { Local } from './local.ts';

export interface DeviceIdentity {
  readonly deviceId: string;
  /** Minted with the store: another one says that the old store is gone. */
  readonly incarnation: string;
}

export interface Marker extends DeviceIdentity {
  /** Sessions in the store that were not sent when it was written. */
  readonly unsent: number;
  /** The same of a volatile store, beside a real one that could not be opened. */
  readonly volatile: number;
}

const DEVICE: Read = { table: 'meta', key: 'device' };
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
    const { unsent, volatile } = asFields(row) ?? {};
    return identity !== null && isCount(unsent) && isCount(volatile) ? { ...identity, unsent, volatile } : null;
  } catch {
    return null;
  }
}

export interface OpenDeviceOptions {
  readonly stores: StoreFactory;
  readonly ids: Ids;
  readonly name: string;
  /** The id the app set, or null. */
  readonly wanted: string | null;
  /** The real store is there and cannot be opened: what it holds is not lost, and this is still the same installation. */
  readonly isVolatile: boolean;
}

/** What a tab goes by: a tab that had to do without the store minted its own, and goes by the store's once it is there. */
export interface OwnIdentity {
  identity: DeviceIdentity;
}

/** Reads or mints the identity, and notes a loss. */
export async function openDevice(local: Local, { stores, ids, name, wanted, isVolatile }: OpenDeviceOptions): Promise<DeviceIdentity> {
  const marker = readMarker(stores.readMarker(name));
  const fresh: DeviceIdentity = {
    deviceId: wanted ?? marker?.deviceId ?? ids.uuid(),
    incarnation: (isVolatile ? marker?.incarnation : undefined) ?? ids.uuid(),
  };
  const decide = ([rows]: readonly (readonly Row[])[]): Decision<DeviceIdentity> => {
    const known = readIdentity(rows?.[0]?.value);
    const result = known === null ? fresh : { ...known, deviceId: wanted ?? known.deviceId };
    const isKept = known !== null && known.deviceId === result.deviceId;
    return { writes: isKept ? [] : [{ kind: 'put', table: 'meta', key: 'device', value: result }], result };
  };
  const row = await local.open(DEVICE);
  // Nearly always the row is there and stays as it is, and one look is all that opening takes.
  const known = decide([row === undefined ? [] : [row]]);
  const identity = known.writes.length === 0 ? known.result : await local.withHandle(() => local.store.update([DEVICE], decide, 'strict'));
  const lost = marker === null ? 0 : marker.volatile + (marker.incarnation === identity.incarnation ? 0 : marker.unsent);
  if (lost > 0 || local.view.sync.loss !== null) await noteLoss(local, lost);
  return identity;
}

/** Notes a loss for every tab and the next starts, durably, since the marker forgets it then; without a new one, an old one is let go after a day. */
export async function noteLoss(local: Local, sessions: number): Promise<void> {
  await local.commit((draft) => {
    const { loss } = draft.view.sync;
    if (sessions > 0) draft.setSync({ loss: { sessions: (loss?.sessions ?? 0) + sessions, at: draft.now } });
    else if (loss !== null && Math.abs(draft.now - loss.at) > REPORT_MS) draft.setSync({ loss: null });
  }, sessions > 0 ? 'strict' : 'relaxed');
}

/** Whether the store is somebody's already. */
export async function hasIdentity(local: Local): Promise<boolean> {
  const [rows] = await local.withHandle(() => local.store.read([DEVICE]));
  return readIdentity(rows?.[0]?.value) !== null;
}

/** Writes the identity into a store that was begun anew, or takes the one that another tab put there. Resolves to the store's. */
export function keepIdentity(local: Local, identity: DeviceIdentity): Promise<DeviceIdentity> {
  const decide = ([rows]: readonly (readonly Row[])[]): Decision<DeviceIdentity> => {
    const known = readIdentity(rows?.[0]?.value);
    return { writes: known !== null ? [] : [{ kind: 'put', table: 'meta', key: 'device', value: identity }], result: known ?? identity };
  };
  return local.withHandle(() => local.store.update([DEVICE], decide, 'strict'));
}

/** Keeps the marker in step with the outbox. */
export class MarkerKeeper {
  readonly #stores: StoreFactory;
  readonly #name: string;
  readonly #own: OwnIdentity;
  #written = '';
  #pending = 0;

  constructor(stores: StoreFactory, name: string, own: OwnIdentity) {
    this.#stores = stores;
    this.#name = name;
    this.#own = own;
  }

  /** Sessions that the real store held when it was last seen. */
  get unsent(): number {
    return readMarker(this.#stores.readMarker(this.#name))?.unsent ?? 0;
  }

  /** @param isVolatile while the outbox is not the real store's: of that one another tab, which has it, may have written meanwhile. */
  update(pending: number, isVolatile: boolean): void {
    this.#pending = pending;
    const marker: Marker = { ...this.#own.identity, unsent: isVolatile ? this.unsent : pending, volatile: isVolatile ? pending : 0 };
    const text = JSON.stringify(marker);
    if (text === this.#written) return;
    this.#written = text;
    this.#stores.writeMarker(this.#name, text);
  }

  /** Another tab moved the count, and wrote the marker too. */
  follow(pending: number): void {
    this.#pending = pending;
    this.#written = '';
  }

  /** Only upwards: of what may or may not be in the store in a moment. */
  raise(pending: number, isVolatile: boolean): void {
    if (pending > this.#pending) this.update(pending, isVolatile);
  }
}
