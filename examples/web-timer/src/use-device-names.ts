import { useEffect, useState } from 'react';
import type { SyncEngine } from '@syncline/core';
import { useSource } from './use-source.ts';

const NONE: ReadonlyMap<string, string> = new Map();

/** What people call their devices, by id. Asked for when a device comes or goes; without an answer the types have to do. */
export function useDeviceNames(engine: SyncEngine): ReadonlyMap<string, string> {
  const [names, setNames] = useState(NONE);
  const { devices = [], local: { connection } } = useSource(engine.status);
  const key = devices.length < 2 || connection !== 'online' ? '' : devices.map((device) => device.device_id).sort().join();
  useEffect(() => {
    if (key === '') return undefined;
    let isOver = false;
    engine.devices.list().then((found) => {
      if (!isOver) setNames(new Map(found.flatMap(({ deviceId, name }) => (name === null ? [] : [[deviceId, name] as const]))));
    }, () => undefined);
    return () => void (isOver = true);
  }, [engine, key]);
  return names;
}
