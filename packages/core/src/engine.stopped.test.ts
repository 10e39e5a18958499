import { describe, expect, it } from 'vitest';
import { createEngineWorld, type EngineWorld, type OpenedEngine } from './testing/engine-world.ts';

const isNewer = (headers: Readonly<Record<string, string>>): boolean => headers['X-App-Identifier'] === 'newer';

function openNewer(world: EngineWorld): Promise<OpenedEngine> {
  return world.open({ options: { server: { url: 'http://server.test', token: () => 'token', appIdentifier: 'newer' } } });
}

/** From now on the server takes nothing from an old app. */
function refuseOld(world: EngineWorld): void {
  world.server.intercept = ({ path, headers }) => (path === '/api/health' || isNewer(headers) ? undefined : world.server.json(426, { error: 'too old' }));
}

describe('[D09] where sending has stopped', () => {
  it('a tab of the newer app that was open before takes over', async () => {
    const world = createEngineWorld();
    const old = await world.open();
    await world.run(1000);
    const newer = await openNewer(world);
    await world.run(1000);
    refuseOld(world);
    await world.drive(old.engine.sessions.record(world.session(60, 25)));
    await world.run(20_000);
    expect(world.server.records().size).toBe(1);
    expect(newer.engine.status.current).toMatchObject({ sync_status: 'healthy', local: { leader: true, problems: [] } });
    expect(old.engine.status.current).toMatchObject({ sync_status: 'healthy', local: { leader: false, problems: [] } });
  });

  it.each([0, 1, 2])('the one tab of the newer app takes over from all the others, opened as number %d', async (place) => {
    const world = createEngineWorld();
    const tabs: OpenedEngine[] = [];
    for (let i = 0; i < 4; i += 1) tabs.push(await (i === place + 1 ? openNewer(world) : world.open()));
    await world.run(1000);
    refuseOld(world);
    await world.drive(tabs[0]?.engine.sessions.record(world.session(60, 25)) ?? expect.fail());
    await world.run(60_000);
    expect(world.server.records().size).toBe(1);
    for (const { engine } of tabs) expect(engine.status.current).toMatchObject({ sync_status: 'healthy', local: { problems: [] } });
  });

  it('each tab of the old app asks once, and then all are quiet', async () => {
    const world = createEngineWorld();
    const tabs = [await world.open(), await world.open(), await world.open()];
    await world.run(1000);
    refuseOld(world);
    await world.drive(tabs[1]?.engine.sessions.record(world.session(60, 25)) ?? expect.fail());
    await world.run(60_000);
    for (const { engine } of tabs) expect(engine.status.current.local).toMatchObject({ phase: 'paused', problems: ['update_needed'] });
    const asked = world.server.requests.length;
    await world.run(600_000);
    expect(world.server.requests.length).toBe(asked);
    expect(asked).toBeLessThan(20);
  });
});
