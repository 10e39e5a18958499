import { describe, expect, it } from 'vitest';
import { createEngineWorld } from './testing/engine-world.ts';

describe('from record to acknowledged', () => {
  it('is durable first, then in the status, then on the server, then confirmed', async () => {
    const world = createEngineWorld();
    const { engine } = await world.open();
    const session = await world.drive(engine.sessions.record(world.session(60, 25)));
    expect(session).toMatchObject({ state: 'queued', pending: true, displayId: null, duration: 25 });
    expect(engine.status.current.data_summary.unsynced_sessions).toBe(1);
    expect(engine.status.current.sync_status).not.toBe('healthy');
    await world.run(2000);
    expect(world.server.records().size).toBe(1);
    expect(await world.drive(engine.sessions.get(session.id))).toMatchObject({ state: 'confirmed', pending: false, displayId: '1' });
    expect(engine.status.current).toMatchObject({ sync_status: 'healthy', pending_syncs: 0, data_summary: { total_sessions: 1 } });
    expect(engine.status.current.local).toMatchObject({ connection: 'online', phase: 'idle', leader: true, problems: [] });
    await world.drive(engine.close());
  });
});
