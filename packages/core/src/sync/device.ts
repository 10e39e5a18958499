// This installation's identity: minted once, kept in the store. Beside the store a marker says that it was here and what it held, so that
// its loss is noticed and a browser without storage is still the same device.
import type { LastingProblem } from '../api.ts';
import { asFields, isCount } from '../model/rows.ts';
import type { Decision, Ids, Read, Row, StoreFactory } from '../ports.ts';
import { isHeaderText } from './check-call.ts';
import type { Draft } from './draft.ts';
import type { Local } from './local.ts';
import { type Loss, readLoss } from './sync-state.ts';

export interface DeviceIdentity {
  readonly deviceId: string;
  /** Minted with the store: another one says that the old store is gone. */
  readonly incarnation: string;
}

/** Of the real store, whoever writes it. */
export interface Marker extends DeviceIdentity {
  /** Sessions in the store that were not sent when it was written. */
  readonly unsent: number;
  /** The same of a volatile store, beside a real one that could not be opened. */
  readonly volatile: number;
  /** What was told of a loss then: a store that vanishes takes no telling with it. */
  readonly loss: Loss | null;
}

const DEVICE: Read = { table: 'meta', key: 'device' };
const HELD_NOTHING = { unsent: 0, volatile: 0, loss: null };
/** A loss that was reported for so long is not reported again at the next start. */
const REPORT_MS = 86_400_000;

function readIdentity(value: unknown): DeviceIdentity | null {
  const { deviceId, incarnation } = asFields(value) ?? {};
  return isHeaderText(deviceId) && isHeaderText(incarnation) ? { deviceId, incarnation } : null;
}

export function readMarker(text: string | null): Marker | null {
  try {
    const row: unknown = JSON.parse(text ?? 'null');
    const identity = readIdentity(row);
    const { unsent, volatile, loss } = asFields(row) ?? {};
    return identity !== null && isCount(unsent) && isCount(volatile) ? { ...identity, unsent, volatile, loss: readLoss(loss) } : null;
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
  /** A loss that the store refused to note: until it does, the marker goes on telling of it. */
  owed: Pick<Marker, 'volatile' | 'loss'> | null;
}

/** Reads or mints the identity, and notes a loss. */
export async function openDevice(local: Local, { stores, ids, name, wanted, isVolatile }: OpenDeviceOptions): Promise<OwnIdentity> {
  const known = readIdentity((await local.open(DEVICE))?.value);
  const marker = readMarker(stores.readMarker(name));
  const fresh: DeviceIdentity = {
    deviceId: wanted ?? marker?.deviceId ?? ids.uuid(),
    incarnation: (isVolatile ? marker?.incarnation : undefined) ?? ids.uuid(),
  };
  // Nearly always the row is there and stays as it is, and one look is all that opening takes.
  const isKept = known !== null && (wanted === null || known.deviceId === wanted);
  // Ahead of the store: should that vanish meanwhile, whoever begins it anew is still the same device.
  if (known === null && marker === null) stores.writeMarker(name, JSON.stringify({ ...fresh, ...HELD_NOTHING }));
  const identity = isKept ? known : await keepIdentity(local, fresh, wanted);
  const lost = marker === null ? 0 : marker.volatile + (marker.incarnation === identity.incarnation ? 0 : marker.unsent);
  // What the server was told of may be in the real store, whatever others record there meanwhile: of that the marker tells.
  const kept = isVolatile && marker !== null ? Number.MAX_SAFE_INTEGER : 0;
  const told = marker?.loss ?? local.view.sync.loss;
  const own: OwnIdentity = { identity, owed: null };
  // What cannot be written now is no reason to do without what can be read.
  if (lost + kept > 0 || told !== null) await noteLoss(local, lost, kept, told).catch(() => (own.owed = { volatile: lost, loss: told }));
  return own;
}

/** Notes a loss for every tab and the next starts, durably, since the marker forgets it then. */
export async function noteLoss(local: Local, sessions: number, kept = 0, told: Loss | null = null): Promise<void> {
  await local.commit((draft) => planLoss(draft, sessions, kept, told), sessions > 0 ? 'strict' : 'relaxed');
}

/**
 * Without a new loss an old one is let go after a day; one that a person has read of not before the server has told of it, too.
 * @param told of an earlier store; it may be in what this one tells.
 */
export function planLoss(draft: Draft, sessions: number, kept: number, told: Loss | null): void {
  const { loss, exchange } = draft.view.sync;
  const larger = (key: 'sessions' | 'read' | 'at'): number => Math.max(loss?.[key] ?? 0, told?.[key] ?? 0);
  const [before, read] = [larger('sessions'), larger('read')];
  const at = sessions + kept > 0 ? draft.now : larger('at');
  const isOver = Math.abs(draft.now - at) > REPORT_MS && (exchange !== null || read < Math.max(1, before));
  draft.setSync({ loss: isOver ? null : { sessions: before + sessions, kept: (loss?.kept ?? 0) + kept, read, at } });
}

/** A person has read of it. @param seen sessions that were lost as far as was known then. */
export function planDismissal(draft: Draft, problem: LastingProblem, seen: number): void {
  const { loss, problems } = draft.view.sync;
  if (problem === 'device_cloned') draft.setSync({ problems: problems.filter((code) => code !== problem) });
  if (problem === 'possible_local_loss' && loss !== null) draft.setSync({ loss: { ...loss, read: Math.max(loss.read, seen) } });
}

/** Whose the store is; null when it was begun anew and is nobody's yet. */
export async function identityOf(local: Local): Promise<DeviceIdentity | null> {
  const [rows] = await local.withHandle(() => local.store.read([DEVICE]));
  return readIdentity(rows?.[0]?.value);
}

/** Writes the identity into a store that was begun anew, or takes the one that is there, with the id that is wanted. Resolves to the store's. */
export function keepIdentity(local: Local, fresh: DeviceIdentity, wanted: string | null = null): Promise<DeviceIdentity> {
  const decide = ([rows]: readonly (readonly Row[])[]): Decision<DeviceIdentity> => {
    const known = readIdentity(rows?.[0]?.value);
    const result = known === null ? fresh : { ...known, deviceId: wanted ?? known.deviceId };
    return { writes: known?.deviceId === result.deviceId ? [] : [{ kind: 'put', table: 'meta', key: 'device', value: result }], result };
  };
  return local.withHandle(() => local.store.update([DEVICE], decide, 'strict'));
}

export interface MarkerOptions {
  readonly local: Local;
  readonly stores: StoreFactory;
  readonly name: string;
  readonly own: OwnIdentity;
}

/** Keeps the marker in step with the outbox. */
export class MarkerKeeper {
  readonly #options: MarkerOptions;
  #written = '';
  #pending = 0;

  constructor(options: MarkerOptions) {
    this.#options = options;
  }

  /** As it is now: other tabs write it too. */
  get latest(): Marker {
    const { stores, name, own } = this.#options;
    return readMarker(stores.readMarker(name)) ?? { ...own.identity, ...HELD_NOTHING };
  }

  /** @param isVolatile while the outbox is not the real store's: of that one another tab, which has it, may have written meanwhile. */
  update(isVolatile: boolean): void {
    const { sessionsPending, sync: { loss } } = this.#options.local.view;
    if (isVolatile) this.#write({ ...this.latest, volatile: sessionsPending, loss }, sessionsPending);
    else this.#keep(sessionsPending, loss);
  }

  #keep(unsent: number, loss: Loss | null): void {
    const { identity, owed } = this.#options.own;
    this.#write({ ...identity, unsent, volatile: 0, loss, ...owed }, unsent);
  }

  #write(marker: Marker, pending: number): void {
    const { stores, name } = this.#options;
    this.#pending = pending;
    const text = JSON.stringify(marker);
    if (text === this.#written) return;
    this.#written = text;
    stores.writeMarker(name, text);
  }

  /** Another tab moved the count, and wrote the marker too. */
  follow(): void {
    this.#pending = this.#options.local.view.sessionsPending;
    this.#written = '';
  }

  /** By what was noted as lost, and no more: another tab may have raised it since this one looked at the store. */
  lower(lost: number): void {
    const { sessionsPending, sync: { loss } } = this.#options.local.view;
    this.#keep(Math.max(sessionsPending, this.latest.unsent - lost), loss);
  }

  /** Only upwards: of what may or may not be in the store in a moment. */
  raise(unsent: number, loss: Loss | null): void {
    if (unsent > this.#pending) this.#keep(unsent, loss);
  }
}
