// What basic mode sends ahead of the answers' settling.
import { expect, it } from 'vitest';
import { createEngineWorld } from './testing/engine-world.ts';

it('sends the next ones while a slow disk still settles the answers before them, and none once a request failed', async () => {
  let commitMs = 0;
  let isFailing = false;
  let failed = 0;
  const world = createEngineWorld({}, { latencyMs: (phase) => (phase === 'commit' ? commitMs : 0) });
  world.isOffline = true;
  const { engine, page } = await world.open();
  const ids: string[] = [];
  for (let i = 0; i < 20; i += 1) ids.push((await world.drive(engine.sessions.record(world.session(2000 - i * 40, 25)))).id);
  const submitted = (): string[] => world.server.requests.flatMap(({ path, body = '' }) => (path === '/api/pomodoro/submit' ? [JSON.parse(body).session_id] : []));
  page.transport.policy = () => (isFailing ? { responseDelayMs: 10 * ++failed, answerInstead: world.server.json(503, { error: 'busy' }) } : { responseDelayMs: 10 });
  commitMs = 500;
  void engine.sync();
  for (let was = 0; submitted().length < 8; was = submitted().length) {
    await world.run(10);
    if (submitted().length === 8) expect(was).toBe(4);
  }
  expect(engine.status.current.data_summary.unsynced_sessions).toBe(20);
  isFailing = true;
  await world.run(2000);
  expect(submitted()).toHaveLength(8);
  expect(failed).toBeLessThanOrEqual(4);
  commitMs = 0;
  await world.run(1000);
  const sessions = await world.drive(engine.sessions.list({ states: ['queued', 'sending', 'confirmed'] }));
  expect(sessions.map(({ state }) => state).sort()).toEqual([...Array(8).fill('confirmed'), ...Array(12).fill('queued')]);
  isFailing = false;
  await world.run(120_000);
  expect(submitted().sort()).toEqual([...ids].sort());
});

it('asks for no token for what was to be sent next when the engine is closed', async () => {
  const world = createEngineWorld();
  world.isOffline = true;
  let asked = 0;
  const { engine, page } = await world.open({ token: () => `token ${(asked += 1)}` });
  for (let i = 0; i < 10; i += 1) await world.drive(engine.sessions.record(world.session(2000 - i * 40, 25)));
  page.transport.policy = ({ path }) => (path === '/api/pomodoro/submit' ? { loseRequest: 'hang' } : {});
  void engine.sync();
  await world.run(5000);
  const before = asked;
  await world.drive(engine.close());
  await world.run(5000);
  expect(asked).toBe(before);
});

it('goes on after a transport that throws in place of telling a failure', async () => {
  const world = createEngineWorld();
  world.isOffline = true;
  const { engine, page } = await world.open();
  for (let i = 0; i < 10; i += 1) await world.drive(engine.sessions.record(world.session(2000 - i * 40, 25)));
  let thrown = 0;
  page.transport.policy = ({ path }) => {
    if (path === '/api/pomodoro/submit' && (thrown += 1) <= 4) throw new Error('no such promise');
    return {};
  };
  void engine.sync();
  await world.run(400_000);
  expect(thrown).toBeGreaterThan(4);
  expect(engine.status.current.data_summary.unsynced_sessions).toBe(0);
});
