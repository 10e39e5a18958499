// The engine draining, through its public interface alone.
import { createSyncEngine, type SyncEngine } from '@syncline/core';
import { OWN_DEVICE } from './data.ts';
import type { Drainer } from './drain.ts';

export function createEngineDrainer(): Drainer {
  let engine: SyncEngine | null = null;
  let isSignedIn = true;
  const open = (): SyncEngine => {
    if (engine === null) throw new Error('not open');
    return engine;
  };
  const sync = async (): Promise<void> => {
    const { reason } = await open().sync();
    if (reason !== 'done') throw new Error(`the engine stopped: ${reason}`);
  };
  return {
    async hold({ userId, token }, sessions) {
      engine = await createSyncEngine({
        user: userId, device: { type: 'web_timer', version: '1.0', id: OWN_DEVICE },
        server: { url: location.origin, token: () => (isSignedIn ? token : null) },
      });
      await sync();
      isSignedIn = false;
      await Promise.all(sessions.map(({ id, startTime, endTime, category, project, note }) => open().sessions.record({ id, startTime, endTime, category, project, note })));
      await engine.sync();
    },
    async drain() {
      isSignedIn = true;
      await sync();
    },
    async left() {
      const { devices, local } = open().status.current;
      const confirmed = await open().sessions.list({ states: ['confirmed'], limit: 1000 });
      return { waiting: devices?.find(({ device_id }) => device_id === local.device_id)?.sessions_pending ?? -1, confirmed: confirmed.length };
    },
  };
}
