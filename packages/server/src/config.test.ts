import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isLoopback, type RawSettings, readConfig, SETTINGS } from './config.ts';

const read = (raw: RawSettings) => readConfig(raw, '1.0.0');
const KEY = 'kJ3nq0v8sVY2c1wq7xLzT5uR9eHbGd4A';

function config(raw: RawSettings) {
  const outcome = read(raw);
  if (!outcome.ok) throw new Error(outcome.complaints.join('\n'));
  return outcome.config;
}

describe('settings', () => {
  it('have defaults that start a demo on this machine only', () => {
    expect(config({})).toMatchObject({ host: '127.0.0.1', port: 4000, databaseUrl: null, secret: null, demo: true, app: { tokenLifetimeMs: 30 * 86_400_000, corsOrigins: [] } });
  });

  it.each<[RawSettings]>([
    [{ host: '0.0.0.0' }], [{ host: 'timer.example' }], [{ databaseUrl: 'postgres://db/x' }], [{ demo: 'off' }],
    [{ publicOrigin: 'https://timer.example' }], [{ trustedProxies: '1' }],
  ])('[S-16] have no demo account with %j', (raw) => {
    expect(config(raw).demo).toBe(false);
  });

  it.each<[RawSettings, string]>([
    [{ port: '70000' }, '--port (PORT): "70000" is not a whole number from 0 to 65535.'],
    [{ port: '4000.5' }, 'whole number'],
    [{ port: 'four' }, '--port (PORT): "four"'],
    [{ port: '-1' }, '"-1"'],
    [{ host: 'not a host' }, '--host (HOST)'],
    [{ databaseUrl: 'mysql://db' }, 'must begin with postgres://'],
    [{ databaseUrl: 'postgres://syncline:k3/9#@db.example/syncline' }, 'DATABASE_URL: it is no address that can be read.'],
    [{ databaseUrl: 'postgres://db.example:99999/syncline' }, 'DATABASE_URL: it is no address that can be read.'],
    [{ tokenDays: '0' }, '--token-days (TOKEN_DAYS)'],
    [{ tokenDays: '90', loginDays: '30' }, 'at least as long'],
    [{ corsOrigins: 'https://a.example, https://b.example/path' }, '"https://b.example/path" is not an origin'],
    [{ corsOrigins: '*' }, '"*" is not an origin'],
    [{ publicOrigin: 'timer.example' }, '--public-origin (PUBLIC_ORIGIN)'],
    [{ trustedProxies: 'all' }, '--trusted-proxies'],
    [{ demo: 'on' }, 'none of auto, off'],
    [{ logLevel: 'loud' }, 'none of debug'],
    [{ previousSecret: KEY }, 'needs AUTH_SECRET'],
  ])('names what is wrong with %j', (raw, words) => {
    const outcome = read(raw);
    expect(outcome.ok ? '' : outcome.complaints.join('\n')).toContain(words);
  });

  it('says nothing more of a setting than what is wrong with it', () => {
    expect(read({ loginDays: 'x' })).toEqual({ ok: false, complaints: [expect.stringContaining('"x" is not a number') as unknown] });
  });

  it.each(['kJ3nq0v8sVY2c1wq', 'changeme-changeme-changeme-changeme', 'x'.repeat(40), '0123456789abcdef0123456789abcdef'])(
    '[S-19] refuse the secret %s, and do not repeat it', (secret) => {
      const outcome = read({ secret });
      expect(outcome.ok).toBe(false);
      if (!outcome.ok) expect(outcome.complaints.join('\n')).not.toContain(secret);
    },
  );

  it('[S-19] offer no flag for what the process list must not show', () => {
    expect(SETTINGS.filter(({ env }) => /SECRET|DATABASE_URL/.test(env)).every(({ flag }) => flag === undefined)).toBe(true);
    expect(config({ secret: KEY }).secret).toBe(KEY);
  });

  it.each([['127.0.0.1', true], ['127.9.9.9', true], ['::1', true], ['localhost', true], ['0.0.0.0', false], ['127.evil.example', false], ['10.0.0.1', false], ['::', false]])(
    'know that %s reaches this machine only: %s', (host, expected) => expect(isLoopback(host)).toBe(expected),
  );
});

describe('docs/OPERATIONS.md', () => {
  const page = readFileSync(new URL('../../../docs/OPERATIONS.md', import.meta.url), 'utf8');
  const table = page.slice(page.indexOf('| variable | flag | default |')).split('\n\n')[0] ?? '';
  const rows = table.split('\n').slice(2).map((line) => line.split('|').slice(1, 4).map((cell) => cell.replaceAll('`', '').trim()));

  it('lists every setting with the flag and the default that the code has, in the same order', () => {
    const inWords: Readonly<Record<string, string>> = { AUTH_SECRET: 'made once in the data folder' };
    expect(rows).toEqual(SETTINGS.map(({ env, flag, fallback }) => [env, flag === undefined ? '' : `--${flag}`, inWords[env] ?? fallback]));
  });
});
