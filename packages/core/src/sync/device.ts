// This installation's identity: minted once, kept in the store; beside the store a marker says that it was here, so that its loss is noticed.
import type { EngineConfig } from '../config.ts';
import { asFields, isCount } from '../model/rows.ts';
import type { Ports } from '../ports.ts';
import type { Local } from './local.ts';

export interface DeviceIdentity {
  readonly deviceId: string;
  /** Minted with the store: a new one says that the old store is gone. */
  readonly incarnation: string;
}

export interface OpenedDevice extends DeviceIdentity {
  readonly problems: readonly string[];
}

function readIdentity(value: unknown): DeviceIdentity | null {
  const row = asFields(value);
  const isSound = row !== null && typeof row['deviceId'] === 'string' && typeof row['incarnation'] === 'string';
  return isSound ? { deviceId: row['deviceId'] as string, incarnation: row['incarnation'] as string } : null;
}

export async function openDevice(local: Local, ports: Ports, config: EngineConfig): Promise<OpenedDevice> {
  const marker = readMarker(ports.stores.readMarker(config.name));
  const fresh: DeviceIdentity = { deviceId: config.deviceId ?? ports.ids.uuid(), incarnation: ports.ids.uuid() };
  const identity = await local.store.update<DeviceIdentity>(
    [{ table: 'meta', key: 'device' }],
    ([rows]) => {
      const known = readIdentity(rows?.[0]?.value);
      const wanted = known === null ? fresh : { ...known, deviceId: config.deviceId ?? known.deviceId };
      const isKept = known !== null && known.deviceId === wanted.deviceId;
      return { writes: isKept ? [] : [{ kind: 'put', table: 'meta', key: 'device', value: wanted }], result: wanted };
    },
    'strict',
  );
  const isLost = marker !== null && marker.incarnation !== identity.incarnation && marker.unsent > 0;
  return { ...identity, problems: isLost ? ['possible_local_loss'] : [] };
}

export interface Marker {
  readonly incarnation: string;
  /** Sessions that were not sent when it was written. */
  readonly unsent: number;
}

export function readMarker(text: string | null): Marker | null {
  if (text === null) return null;
  try {
    const row = asFields(JSON.parse(text));
    const isSound = row !== null && typeof row['incarnation'] === 'string' && isCount(row['unsent']);
    return isSound ? { incarnation: row['incarnation'] as string, unsent: row['unsent'] as number } : null;
  } catch {
    return null;
  }
}
