// The web timer as its developers run it: Vite's server, and React's strict mode, which mounts everything twice.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createServer, type ViteDevServer } from 'vite';
import { signIn } from './lib/people.ts';
import { openProfile, type Profile } from './lib/profile.ts';
import { type ServerProcess, startServer } from './lib/server-process.ts';

const root = join(import.meta.dirname, '..', '..', 'examples', 'web-timer');

describe('the web timer in development', () => {
  let server: ServerProcess;
  let profile: Profile;
  let folder: string;
  let vite: ViteDevServer;

  beforeAll(async () => {
    server = await startServer();
    folder = await mkdtemp(join(tmpdir(), 'syncline-vite-'));
    vite = await createServer({
      root, configFile: join(root, 'vite.config.ts'), cacheDir: folder, logLevel: 'error', server: { host: '127.0.0.1', port: 0, proxy: { '/api': server.url } },
    });
    await vite.listen();
    profile = await openProfile();
  });
  afterAll(async () => {
    await profile.dispose();
    await vite.close();
    await rm(folder, { recursive: true, force: true });
    await server.dispose();
  });

  it('keeps what is typed while the timer runs over every reload, until the timer ends', async () => {
    const page = await profile.page(vite.resolvedUrls?.local[0] ?? '');
    await signIn(page);
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    const note = page.getByRole('textbox', { name: 'Note' });
    await page.getByRole('button', { name: 'Finish' }).waitFor();
    await note.fill('half a thought');
    for (let i = 0; i < 2; i += 1) {
      await page.reload();
      await page.getByRole('button', { name: 'Finish' }).waitFor();
      expect(await note.inputValue()).toBe('half a thought');
    }
    await page.getByRole('button', { name: 'Cancel session…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Yes, cancel it' }).click();
    await page.getByRole('button', { name: 'Start', exact: true }).waitFor();
    expect(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes('Note')))).toEqual([]);
  });
});
