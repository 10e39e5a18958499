import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SETTINGS } from '../../packages/server/src/config.ts';
import { asksForHelp, dataFolder, startHelp, whoRuns } from './before-start.mjs';

describe('before a start', () => {
  it('the help names every setting, its variable and what it is for', () => {
    const help = startHelp().replaceAll(/\s+/g, ' ');
    for (const { flag, env, value, help: words } of SETTINGS) {
      expect(help).toContain(words);
      expect(help).toContain(flag === undefined ? `${env} ` : `--${flag} <${value}>`);
      expect(help).toContain(env);
    }
  });

  it('help is asked for anywhere on the line', () => {
    expect([['--help'], ['-h'], ['account', '--help'], ['--port', '4001'], []].map(asksForHelp)).toEqual([true, true, true, false, false]);
  });

  it('finds the folder as the server does: the flag, then the variable, then the default', () => {
    const root = join('/', 'r');
    expect(dataFolder(['--data-dir', 'a'], { DATA_DIR: 'b' }, root)).toBe(join(root, 'a'));
    expect(dataFolder(['--data-dir=a'], {}, root)).toBe(join(root, 'a'));
    expect(dataFolder([], { DATA_DIR: join('/', 'b') }, root)).toBe(join('/', 'b'));
    expect(dataFolder([], {}, root)).toBe(join(root, '.syncline'));
    expect(dataFolder([], { DATABASE_URL: 'postgres://x' }, root)).toBeNull();
  });

  it('says nobody runs where nothing is built', async () => {
    expect(await whoRuns('anywhere', join('/', 'no', 'such', 'copy'))).toBeNull();
  });

  it('comes first in the task: help and a second start build nothing', () => {
    const task = readFileSync(new URL('../task.mjs', import.meta.url), 'utf8');
    const start = task.slice(task.indexOf('async function start'));
    expect(start.indexOf('whoRuns')).toBeLessThan(start.indexOf('install()'));
    expect(start.indexOf('startHelp')).toBeLessThan(start.indexOf('install()'));
  });
});
