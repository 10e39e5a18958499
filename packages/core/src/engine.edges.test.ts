// What plain JavaScript may call with: no type stands between it and the engine.
import { describe, expect, it } from 'vitest';
import type { SyncEngine, SyncEngineOptions } from './api.ts';
import { createSyncEngine } from './adapters/browser.ts';
import { yjsAnnotations } from './annotations.ts';
import { drainInBackground, type DrainOptions } from './background/drain.ts';
import { yjsPreferences } from './preferences.ts';
import { createEngineWorld } from './testing/engine-world.ts';

const ID = '00000000-0000-4000-8000-000000000000';

/** Calls in order, with what nobody should call them with in place of one argument. */
const CALLS: readonly (readonly [name: string, code: string, call: (engine: SyncEngine, bad: never) => Promise<unknown>])[] = [
  ['start', 'invalid_input', ({ sessions }, bad) => sessions.start(bad)],
  ['complete', 'not_running', ({ sessions }, bad) => sessions.complete(bad)],
  ['cancel', 'not_running', ({ sessions }, bad) => sessions.cancel(bad)],
  ['record', 'invalid_input', ({ sessions }, bad) => sessions.record(bad)],
  ['retry', 'not_found', ({ sessions }, bad) => sessions.retry(bad)],
  ['amend', 'not_found', ({ sessions }, bad) => sessions.amend(bad, {})],
  ['amend by', 'invalid_input', ({ sessions }, bad) => sessions.amend(ID, bad)],
  ['annotate', 'not_found', ({ sessions }, bad) => sessions.annotate(bad, {})],
  ['annotate by', 'invalid_input', ({ sessions }, bad) => sessions.annotate(ID, bad)],
  ['delete', 'not_found', ({ sessions }, bad) => sessions.delete(bad)],
  ['restore', 'not_found', ({ sessions }, bad) => sessions.restore(bad)],
  ['discard', 'not_found', ({ sessions }, bad) => sessions.discard(bad)],
  ['conflicts.plan', 'not_found', ({ conflicts }, bad) => conflicts.plan(bad, { kind: 'keep_all' })],
  ['conflicts.resolve', 'invalid_input', ({ conflicts }, bad) => conflicts.resolve(bad)],
  ['conflicts.undo', 'not_found', ({ conflicts }, bad) => conflicts.undo(bad)],
  ['preferences.set', 'invalid_input', async ({ preferences }, bad) => preferences?.set(bad)],
  ['preferences.restore', 'not_found', async ({ preferences }, bad) => preferences?.restore(bad)],
  ['preferences.retry', 'not_parked', async ({ preferences }, bad) => preferences?.retry(bad)],
];

describe('calls without types', () => {
  it.each([undefined, null])('with %s are refused with a code', async (bad) => {
    const world = createEngineWorld();
    world.isOffline = true;
    const { engine } = await world.open({ options: { preferences: yjsPreferences(), annotations: yjsAnnotations() } });
    for (const [name, code, call] of CALLS) {
      await expect(world.drive(call(engine, bad as never)), name).rejects.toMatchObject({ name: 'EngineError', code });
    }
    await world.drive(engine.close());
  });

  it('with null are refused where an input may be left out, and find nothing', async () => {
    const world = createEngineWorld();
    const { engine: { sessions, conflicts } } = await world.open();
    const nothing = null as never;
    for (const call of [sessions.complete(ID, nothing), sessions.cancel(ID, nothing), sessions.retry(ID, nothing)]) {
      await expect(world.drive(call)).rejects.toMatchObject({ code: 'invalid_input' });
    }
    expect([sessions.slept(nothing), await world.drive(sessions.get(nothing))]).toEqual([null, null]);
    expect([await world.drive(sessions.list(nothing)), await world.drive(sessions.list({ states: nothing })), await world.drive(conflicts.duplicates(nothing))]).toEqual([[], [], []]);
  });
});

it('a list is refused where nothing could be found, with every fault named', async () => {
  const world = createEngineWorld();
  const { engine: { sessions } } = await world.open();
  const bad = { from: '2026-01-05', to: Number.NaN, states: 'queued', limit: 0 } as never;
  const paths = ['from', 'to', 'states', 'limit'].map((path) => expect.objectContaining({ path }));
  await expect(world.drive(sessions.list(bad))).rejects.toMatchObject({ code: 'invalid_input', details: paths });
});

describe('options without types', () => {
  const good = { user: 'u', device: { type: 'web_timer', version: '1' }, server: { url: 'http://server.test', token: () => null } };
  const all = ['user', 'device.version', 'device.type', 'server.url', 'server.token'];

  it.each<[bad: unknown, paths: readonly string[]]>([
    [undefined, all], [null, all], [{}, all], ['x', all],
    [{ ...good, device: undefined }, ['device.version', 'device.type']],
    [{ ...good, server: null }, ['server.url', 'server.token']],
    [{ ...good, server: { url: good.server.url, token: 'eyJ' } }, ['server.token']],
    [{ ...good, device: { ...good.device, id: 7, name: null } }, ['device.name', 'device.id']],
    [{ ...good, server: { ...good.server, appIdentifier: null } }, ['server.appIdentifier']],
    [{ ...good, preferences: 'yes', annotations: true }, ['preferences', 'annotations']],
  ])('%j are refused with every fault named', async (bad, paths) => {
    const refused = { name: 'EngineError', code: 'invalid_input', details: paths.map((path) => expect.objectContaining({ path })) };
    await expect(createSyncEngine(bad as SyncEngineOptions)).rejects.toMatchObject(refused);
    await expect(drainInBackground(bad as DrainOptions)).rejects.toMatchObject(refused);
  });
});
