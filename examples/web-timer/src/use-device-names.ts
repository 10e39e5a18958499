import { useEffect, useSyncExternalStore } from 'react';
import type { SyncEngine } from '@syncline/core';
import { knownNames, learnNames, onNames } from './device-names.ts';
import { useSource } from './use-source.ts';

/** What people call their devices, by id. Asked for when a device comes or goes; without an answer those heard before, or the types, have to do. */
export function useDeviceNames(engine: SyncEngine): ReadonlyMap<string, string> {
  const names = useSyncExternalStore(onNames, () => knownNames(engine.user));
  const { devices = [], local: { connection } } = useSource(engine.status);
  const key = devices.length < 2 || connection !== 'online' ? '' : devices.map((device) => device.device_id).sort().join();
  useEffect(() => {
    if (key !== '') engine.devices.list().then((found) => learnNames(engine.user, found), () => undefined);
  }, [engine, key]);
  return names;
}
