import { describe, expect, it } from 'vitest';
import { createEngineWorld } from './testing/engine-world.ts';

describe('the plain health call', () => {
  it('that alone cannot be reached any more keeps nothing from being sent', async () => {
    const world = createEngineWorld();
    const { engine, page } = await world.open();
    await world.run(5000);
    page.transport.policy = ({ path }) => (path === '/api/health' ? { loseRequest: 'error' } : {});
    await world.run(3_700_000);
    const { id } = await world.drive(engine.sessions.record(world.session(60, 25)));
    await world.run(120_000);
    expect([...world.server.records().keys()]).toEqual([id]);
  });

  it.each([
    ['could never be reached', { loseRequest: 'error' }],
    ['always failed', { answerInstead: { status: 503, headers: {}, body: '' } }],
  ] as const)('that alone %s keeps nothing from being sent, not what was changed either', async (_what, delivery) => {
    const world = createEngineWorld();
    const { engine, page } = await world.open();
    page.transport.policy = ({ path }) => (path === '/api/health' ? delivery : {});
    const { id } = await world.drive(engine.sessions.record(world.session(60, 25)));
    await world.drive(engine.sessions.amend(id, { category: 'b' }));
    await world.run(120_000);
    expect([...world.server.records().keys()]).toEqual([id]);
    expect(engine.status.current.sync_status).toBe('healthy');
  });

  it('that found no network is made again before anything is sent, once the server answers at all', async () => {
    const world = createEngineWorld();
    const { engine, page } = await world.open();
    let failing = 2;
    page.transport.policy = () => (failing-- > 0 ? { loseRequest: 'error' } : {});
    await world.drive(engine.sessions.record(world.session(60, 25)));
    await world.run(60_000);
    expect(world.server.requests.slice(0, 3).map(({ path }) => path.split('?')[0])).toEqual(['/api/sync/status', '/api/health', '/api/pomodoro/submit']);
  });

  it('that is not there, no more than the status call, keeps nothing from being sent', async () => {
    const world = createEngineWorld();
    world.server.intercept = ({ path }) => (path.startsWith('/api/pomodoro') ? undefined : world.server.json(404, { error: 'Not found' }));
    const { engine } = await world.open();
    const { id } = await world.drive(engine.sessions.record(world.session(60, 25)));
    await world.run(120_000);
    expect([...world.server.records().keys()]).toEqual([id]);
  });
});
