import { expect, it } from 'vitest';
import { createSyncEngine } from './browser.ts';
import { nodePorts } from './node.ts';

it('[A09] without a database says that memory alone holds what is recorded, and has it as long as the process lives', async () => {
  // Nobody listens there.
  const url = 'http://127.0.0.1:9';
  const ports = nodePorts(url);
  const open = () => createSyncEngine({ user: 'jane', device: { type: 'cli', version: '1.0.0' }, server: { url, token: () => 'token' }, ports });
  const first = await open();
  const endTime = Date.now();
  const { id } = await first.sessions.record({ startTime: endTime - 1_500_000, endTime, category: 'work', project: 'Book' });
  expect(first.status.current.local).toMatchObject({ problems: ['volatile_storage'], closing: { word: 'lost', sessions: 1 } });
  await first.close();
  const second = await open();
  expect(second.deviceId).toBe(first.deviceId);
  expect(second.status.current).toMatchObject({ data_summary: { unsynced_sessions: 1 }, local: { problems: ['volatile_storage'], possibly_lost: 0 } });
  expect((await second.sessions.get(id))?.state).toBe('queued');
  await second.close();
});
