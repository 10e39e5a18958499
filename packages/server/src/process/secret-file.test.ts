import { type FileHandle, mkdtemp, open, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { secretOfFolder } from './secret-file.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'secret-'));
});
afterEach(async () => rm(folder, { recursive: true }));

it('[S-19] a key is there whole or not at all, and all who start at once have the same', async () => {
  const secrets = await Promise.all(Array.from({ length: 20 }, () => secretOfFolder(folder)));
  expect(new Set(secrets).size).toBe(1);
  expect(Buffer.from(secrets[0] ?? '', 'base64url').length).toBe(48);
  expect(await secretOfFolder(folder)).toBe(secrets[0]);
  expect(await readdir(folder)).toEqual(['auth-secret']);
});

it('[S-19] a disk that is full while it is made leaves none behind, and the next start makes one', async () => {
  const handle = await open(folder);
  const writing = vi.spyOn(Object.getPrototypeOf(handle) as FileHandle, 'writeFile').mockRejectedValueOnce(new Error('no space left'));
  await handle.close();
  await expect(secretOfFolder(folder)).rejects.toThrow('no space left');
  writing.mockRestore();
  expect(await readdir(folder)).toEqual([]);
  expect(Buffer.from(await secretOfFolder(folder), 'base64url').length).toBe(48);
});

it('[S-19] what is no key, or a short one, is refused with what helps', async () => {
  for (const text of ['', 'x'.repeat(20)]) {
    await writeFile(join(folder, 'auth-secret'), text);
    await expect(secretOfFolder(folder)).rejects.toThrow('holds no usable key. Delete it');
  }
});
