import { describe, expect, it } from 'vitest';
import type { SyncEngine, SyncEngineOptions } from './api.ts';
import { openEngine } from './engine.ts';
import type { Ports, Store } from './ports.ts';
import { createEngineWorld, type EngineWorld } from './testing/engine-world.ts';
import type { SimPage } from './testing/sim-device.ts';
import { yjsPreferences } from './preferences.ts';

/** What an engine holds of its page now. */
interface Holds {
  channels: number;
  listeners: number;
  /** Whether the handle of the database is open: each call opens it. */
  hasHandle: boolean;
}

/** Opens an engine in a page that counts what is held of it. */
async function openCounted(world: EngineWorld, more: Partial<SyncEngineOptions> = {}): Promise<{ readonly engine: SyncEngine; readonly page: SimPage; readonly holds: Holds }> {
  const page = world.page();
  const { channels, lifecycle, stores } = page.ports;
  const holds: Holds = { channels: 0, listeners: 0, hasHandle: false };
  const opened = (store: Store): Store => ({
    read: (reads) => (holds.hasHandle = true, store.read(reads)),
    update: (reads, decide, durability) => (holds.hasHandle = true, store.update(reads, decide, durability)),
    release: () => (holds.hasHandle = false, store.release()),
    close: () => (holds.hasHandle = false, store.close()),
    space: () => store.space(), persist: () => store.persist(), onInterrupted: (listener) => store.onInterrupted(listener),
  });
  const ports: Ports = {
    ...page.ports,
    stores: {
      open: async (name) => (holds.hasHandle = true, opened(await stores.open(name))),
      openVolatile: (name) => stores.openVolatile(name), remove: (name) => stores.remove(name),
      readMarker: (name) => stores.readMarker(name), writeMarker: (name, value) => stores.writeMarker(name, value),
    },
    channels: {
      open: (name) => {
        const channel = channels.open(name);
        holds.channels += 1;
        const close = (): void => {
          holds.channels -= 1;
          channel.close();
        };
        return { post: (message) => channel.post(message), subscribe: (listener) => channel.subscribe(listener), close };
      },
    },
    lifecycle: {
      visible: () => lifecycle.visible(), online: () => lifecycle.online(),
      subscribe: (listener) => {
        const cancel = lifecycle.subscribe(listener);
        holds.listeners += 1;
        return () => {
          holds.listeners -= 1;
          cancel();
        };
      },
    },
  };
  const options: SyncEngineOptions = { user: 'user-1', device: { type: 'web_timer', version: 'web-2.1.0' }, server: { url: 'http://server.test', token: () => 'token' }, ...more };
  return { engine: await world.drive(openEngine(options, ports)), page, holds };
}

describe('of its page an engine', () => {
  it('holds nothing for attempts to start that failed, and nothing once it is closed', async () => {
    const world = createEngineWorld();
    let reads = 0;
    // The store opens, and then does not give back the preferences.
    world.device.disk.fault = ({ kind }) => (kind === 'read' && (reads += 1) % 2 === 0 ? { kind: 'fail', code: 'unavailable' } : undefined);
    const { engine, holds } = await openCounted(world, { preferences: yjsPreferences() });
    expect(engine.status.current.local.problems).toEqual(['volatile_storage']);
    expect(holds).toMatchObject({ channels: 1, listeners: 1 });
    await world.drive(engine.close());
    expect(holds).toEqual({ channels: 0, listeners: 0, hasHandle: false });
  });

  it('[A21] has neither its database nor a channel open while that is frozen, and hears the other tabs again afterwards', async () => {
    const world = createEngineWorld();
    world.isOffline = true;
    const { engine, page, holds } = await openCounted(world);
    const other = await world.open();
    await world.run(1000);
    expect(holds.hasHandle).toBe(true);
    page.freeze();
    expect(holds).toMatchObject({ channels: 0, hasHandle: false });
    await world.drive(other.engine.sessions.record(world.session(60, 25)));
    page.thaw();
    await world.run(1000);
    expect(holds).toMatchObject({ channels: 1, listeners: 1 });
    expect(engine.status.current.data_summary.unsynced_sessions).toBe(1);
    await world.drive(other.engine.sessions.record(world.session(30, 25)));
    await world.run(100);
    expect(engine.status.current.data_summary.unsynced_sessions).toBe(2);
  });
});
