// The end of the embedded database under a running server. PostgreSQL would begin anew as another process; here there is none.
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openEmbeddedStore } from './open.ts';

const USER = '00000000-0000-4000-8000-00000000aaaa';

it('is told to whoever asks, and at once, where its disk was full; opened again it holds what was stored', { timeout: 60_000 }, async () => {
  const home = await mkdtemp(join(tmpdir(), 'syncline-embedded-'));
  const folder = join(home, 'database');
  const ends: string[] = [];
  const { store, database } = await openEmbeddedStore(folder, { onEnd: ({ message }) => void ends.push(message) });
  const add = (userId: string, username: string): Promise<boolean> =>
    store.accounts.create({ userId, username, email: '', createdAt: 0, passwordHash: '', timezone: 'UTC' });
  expect(await add(USER, 'before')).toBe(true);
  // The next piece of its journal cannot be made, as on a disk without room for it.
  await database.exec('select pg_switch_wal()');
  await rename(join(folder, 'pg_wal'), join(home, 'away'));
  await expect(add('00000000-0000-4000-8000-00000000bbbb', 'while')).rejects.toMatchObject({ code: 'unavailable' });
  for (const ask of [() => store.ping(), () => store.overview(USER), () => store.accounts.find(USER)]) await expect(ask()).rejects.toMatchObject({ code: 'unavailable' });
  expect(ends).toEqual([expect.stringContaining('pg_wal')]);
  await store.close();
  await rename(join(home, 'away'), join(folder, 'pg_wal'));
  const again = await openEmbeddedStore(folder);
  expect((await again.store.accounts.findByUsername('before'))?.userId).toBe(USER);
  expect(await again.store.accounts.findByUsername('while')).toBeNull();
  await again.store.close();
  await rm(home, { recursive: true });
});
