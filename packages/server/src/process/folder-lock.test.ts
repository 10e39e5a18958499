import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HeldLock, holderOf, lockFolder, takenWords } from './folder-lock.ts';
import { ownIdentity, type ProcessIdentity } from './process-identity.ts';

let folder = '';
const held: HeldLock[] = [];

beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'syncline-lock-'))));
afterEach(async () => {
  for (const lock of held.splice(0)) await lock.release();
  await rm(folder, { recursive: true, force: true });
});

async function claim(): Promise<'held' | 'refused'> {
  const lock = await lockFolder(folder);
  if (lock.kind === 'held') held.push(lock);
  return lock.kind;
}

/** A claim left behind by another process. */
async function leave(change: Partial<ProcessIdentity>, ageMs = 0): Promise<void> {
  const file = join(folder, `server-${randomUUID()}.lock`);
  await writeFile(file, JSON.stringify({ identity: { ...ownIdentity(), ...change }, held: true }));
  const at = new Date(Date.now() - ageMs);
  await utimes(file, at, at);
}

/** Number of a process that has ended. */
const ended = (): number => spawnSync(process.execPath, ['--version']).pid;

describe('the lock of a data folder', () => {
  it('can be looked at without being taken', async () => {
    expect(await holderOf(join(folder, 'missing'))).toBeNull();
    expect(await holderOf(folder)).toBeNull();
    expect(await claim()).toBe('held');
    const holder = await holderOf(folder);
    expect(holder).toMatchObject({ kind: 'refused', pid: process.pid, elsewhere: false });
    expect(holder === null ? '' : takenWords('data', holder)).toContain(`process ${process.pid}`);
    expect(await readdir(folder)).toHaveLength(1);
  });

  it('[D12] is held by one and free after it', async () => {
    expect(await claim()).toBe('held');
    expect(await lockFolder(folder)).toMatchObject({ kind: 'refused', pid: process.pid, elsewhere: false });
    await held.pop()?.release();
    expect(await readdir(folder)).toEqual([]);
    expect(await claim()).toBe('held');
  });

  it('[D12] goes to exactly one of eight that ask at once', async () => {
    const kinds = await Promise.all(Array.from({ length: 8 }, claim));
    expect(kinds.filter((kind) => kind === 'held')).toHaveLength(1);
    expect(await readdir(folder)).toHaveLength(1);
  });

  it('[D12] is taken over at once from a process that was killed', async () => {
    await leave({ pid: ended() });
    expect(await claim()).toBe('held');
    expect(await readdir(folder)).toHaveLength(1);
  });

  it.runIf(process.platform === 'linux')('[D12] is taken over when the number belongs to another process by now', async () => {
    await leave({ started: '1' });
    expect(await claim()).toBe('held');
  });

  it.runIf(process.platform === 'linux')('[D12] is taken over after the machine has started anew', async () => {
    await leave({ place: `${hostname()}|00000000-0000-4000-8000-000000000000|pid:[1]` });
    expect(await claim()).toBe('held');
  });

  it('[D12] of another machine or container is respected while it is renewed', async () => {
    await leave({ place: 'another-machine|boot|pid:[1]', pid: ended() }, 5_000);
    expect(await lockFolder(folder)).toMatchObject({ kind: 'refused', elsewhere: true });
  });

  it('[D12] of another machine or container ends when it is no longer renewed', async () => {
    await leave({ place: 'another-machine|boot|pid:[1]' }, 31_000);
    expect(await claim()).toBe('held');
  });

  it('[D12] that cannot be read is respected while it is fresh', async () => {
    const file = join(folder, `server-${randomUUID()}.lock`);
    await writeFile(file, '{"identity":');
    expect((await lockFolder(folder)).kind).toBe('refused');
    await utimes(file, new Date(0), new Date(0));
    expect(await claim()).toBe('held');
  });

  it.runIf(process.platform === 'linux')('says in words why a folder that is there cannot be used', async () => {
    // Nobody writes there, not even who may do anything.
    await expect(lockFolder('/sys')).rejects.toThrow('The data folder /sys cannot be used: this account may not write there. Choose another one with DATA_DIR.');
  });

  it('says in words why a folder cannot be made', async () => {
    await writeFile(join(folder, 'taken'), '');
    await expect(lockFolder(join(folder, 'taken'))).rejects.toThrow(/cannot be made: a file of that name is there\. Choose another one with DATA_DIR/);
    await expect(lockFolder(join(folder, 'taken', 'in'))).rejects.toThrow(/a part of its path is a file/);
  });
});
