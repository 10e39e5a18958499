import { describe, expect, it } from 'vitest';
import { createSyncEngine, type Session, type SessionsApi } from '@syncline/core';
import { yjsAnnotations } from '@syncline/core/annotations';
import { createBasicServer, createSimDevice, createSimIds, createSimScheduler } from '@syncline/core/testing';
import { needsNewId } from './discard-words.ts';
import { recordAnew } from './record-anew.ts';

const ID = '00000000-0000-4000-8000-0000000000aa';
const HOUR = 3_600_000;

type Calls = Pick<SessionsApi, 'list' | 'record' | 'annotate' | 'discard' | 'get'>;

/** A device whose session was refused: another device had sent another one under that id. */
async function refused() {
  const scheduler = createSimScheduler();
  const server = createBasicServer({ now: () => scheduler.now });
  const endTime = scheduler.now - HOUR;
  const input = { startTime: endTime - HOUR, endTime, category: 'study', project: 'Personal', note: 'mine' };
  const open = async (seed: number) => {
    const device = createSimDevice(scheduler);
    const { ports } = device.openPage({ ids: createSimIds(seed), server: server.handle, network: () => ({ requestDelayMs: 10, responseDelayMs: 10 }) });
    const wanted = { user: 'user-1', device: { type: 'web_timer', version: '1' }, server: { url: 'http://server.test', token: () => 'token' }, annotations: yjsAnnotations(), ports };
    return { device, engine: await scheduler.drive(createSyncEngine(wanted)) };
  };
  const other = await open(1);
  await scheduler.drive(other.engine.sessions.record({ ...input, id: ID, note: 'theirs' }));
  await scheduler.runFor(5000);
  const { device, engine: { sessions } } = await open(2);
  await scheduler.drive(sessions.record({ ...input, id: ID }));
  await scheduler.runFor(5000);
  const session = (await scheduler.drive(sessions.get(ID))) as Session;
  expect(needsNewId(session)).toBe(true);
  const calls: Calls = {
    list: (query) => sessions.list(query), record: (wanted) => sessions.record(wanted), get: (id) => sessions.get(id),
    annotate: (id, wanted) => sessions.annotate(id, wanted), discard: (id) => sessions.discard(id),
  };
  const list = () => scheduler.drive(sessions.list({ states: ['queued', 'sending', 'confirmed', 'parked'] }));
  return { scheduler, server, device, calls, session, input, list };
}

describe('a session whose id another one has', () => {
  it('is recorded anew with all it had, sent, and the refused one is gone', async () => {
    const { scheduler, server, calls, session, input, list } = await refused();
    const made = await scheduler.drive(recordAnew(calls, session, { ...input, category: 'reading' }));
    expect(made.id).not.toBe(ID);
    expect(await list()).toMatchObject([{ id: made.id, ...input, category: 'reading' }]);
    await scheduler.runFor(5000);
    expect(await list()).toMatchObject([{ id: made.id, state: 'confirmed' }]);
    expect(server.records().size).toBe(2);
  });

  it('is not given up where it cannot be recorded', async () => {
    const { scheduler, device, calls, session, input, list } = await refused();
    device.disk.full = true;
    await expect(scheduler.drive(recordAnew(calls, session, input))).rejects.toMatchObject({ code: 'storage_full' });
    expect(await list()).toMatchObject([{ id: ID, state: 'parked' }]);
  });

  it('is recorded once, however often that is asked for', async () => {
    const { scheduler, calls, session, input, list } = await refused();
    const breaksOff: Calls = { ...calls, discard: () => Promise.reject(new Error('the page went away')) };
    await expect(scheduler.drive(recordAnew(breaksOff, session, input))).rejects.toThrow('went away');
    expect(await list()).toHaveLength(2);
    const made = await scheduler.drive(recordAnew(calls, session, input));
    expect(await list()).toMatchObject([{ id: made.id, note: 'mine' }]);
    // Decided in another window by then.
    expect(await scheduler.drive(recordAnew(calls, session, input))).toMatchObject({ id: made.id });
    expect(await list()).toHaveLength(1);
  });

  it('keeps its tags', async () => {
    const { scheduler, calls, session, input } = await refused();
    const asked: unknown[] = [];
    const annotate: Calls['annotate'] = async (id, wanted) => (asked.push([id, wanted]), session);
    const made = await scheduler.drive(recordAnew({ ...calls, annotate }, { ...session, tags: ['deep'] }, input));
    expect(asked).toEqual([[made.id, { tags: ['deep'] }]]);
  });
});
