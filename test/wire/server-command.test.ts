// The server as a process: what it says, what it refuses, how it ends, and what is there after it was killed.
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServerStore } from '../../packages/server/src/ports.ts';
import { openEmbeddedStore } from '../../packages/server/src/store/sql/open.ts';
import { ServerCommand } from '../provision/server-command.ts';

let home = '';
const running = new Set<ServerCommand>();
const folder = (): string => join(home, 'data');

beforeAll(async () => void (home = await mkdtemp(join(tmpdir(), 'syncline-command-'))));
afterAll(async () => {
  await Promise.all([...running].map((server) => server.signal('SIGKILL')));
  await rm(home, { recursive: true, force: true });
});

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): ServerCommand {
  const command = new ServerCommand(args, { PORT: '0', DATA_DIR: folder(), ...env });
  running.add(command);
  void command.ended().then(() => running.delete(command));
  return command;
}

async function outcome(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<{ code: number | null; said: string }> {
  const command = run(args, env);
  const code = await command.ended();
  return { code, said: command.said };
}

async function post(url: string, path: string, body: unknown, token?: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await fetch(url + path, {
    method: 'POST', headers: { 'Content-Type': 'application/json', ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }) }, body: JSON.stringify(body),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

async function get(url: string, path: string, token: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await fetch(url + path, { headers: { Authorization: `Bearer ${token}` } });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

const login = (url: string, username: string, password: string) => post(url, '/api/login', { username, password });
const tokenOf = async (url: string, username: string, password: string): Promise<string> => String((await login(url, username, password)).body['access_token']);
const submission = (index: number) => ({
  session_id: `00000000-0000-4000-a000-${String(index).padStart(12, '0')}`, start_time: `2025-03-01T${String(index).padStart(2, '0')}:00:00Z`,
  end_time: `2025-03-01T${String(index).padStart(2, '0')}:25:00Z`, duration: 25, category: 'development', project: 'team_x', note: '', source: 'mac_app',
});
const total = (status: Record<string, unknown>): number => (status['data_summary'] as { total_sessions: number }).total_sessions;

describe('the command', () => {
  it('explains every setting', async () => {
    const { code, said } = await outcome(['--help']);
    expect(code).toBe(0);
    for (const name of ['PORT', 'HOST', 'DATA_DIR', 'DATABASE_URL', 'AUTH_SECRET', 'TOKEN_DAYS', 'CORS_ORIGINS', 'PUBLIC_ORIGIN', 'account']) expect(said).toContain(name);
  });

  it('[S-19] takes a database address, which may hold a password, by the environment only', async () => {
    const { code, said } = await outcome(['--database-url', 'postgres://syncline:hush@db.example/syncline']);
    expect(code).toBe(2);
    expect(said).toContain("unknown option '--database-url'");
    expect(said).not.toContain('hush');
  });

  it('[S-19] refuses faulty settings in words, repeats no secret, and makes nothing', async () => {
    const { code, said } = await outcome(['--port', 'many'], { AUTH_SECRET: 'tooshort-Xy7', CORS_ORIGINS: '*' });
    expect(code).toBe(2);
    expect(said).toContain('--port (PORT): "many" is not a whole number');
    expect(said).toContain('CORS_ORIGINS');
    expect(said).toContain('AUTH_SECRET: too short');
    expect(said).not.toMatch(/tooshort-Xy7|\n\s+at /);
    expect(await readdir(home)).toEqual([]);
  });

  it('refuses a flag it does not know, and offers the nearest', async () => {
    expect(await outcome(['--prot', '4000'])).toMatchObject({ code: 2, said: expect.stringContaining('--port') as unknown });
  });

  it.each([['account'], ['account', 'add'], ['account', 'rename', 'amir'], ['restored', 'now']])('refuses %o %o %o in words, like a wrong setting', async (...args) => {
    const { code, said } = await outcome(args);
    expect([code, said]).toEqual([2, expect.stringMatching(/--help|Usage/)]);
  });

  it('[S-19] says why a database cannot be reached, and not with which password it tried', async () => {
    const { code, said } = await outcome([], { DATABASE_URL: 'postgres://syncline:hush@127.0.0.1:1/syncline', AUTH_SECRET: 'k'.repeat(20) + 'eeper of the door' });
    expect([code, said]).toEqual([1, expect.stringContaining('The database at DATABASE_URL cannot be reached or set up: connect ECONNREFUSED 127.0.0.1:1.')]);
    expect(said).not.toContain('hush');
  });

  it('says that a port is taken before it opens anything', async () => {
    const other = createServer();
    const port = await new Promise<number>((resolve) => other.listen(0, '127.0.0.1', () => resolve((other.address() as { port: number }).port)));
    const { code, said } = await outcome(['--port', String(port)]);
    other.close();
    expect(code).toBe(1);
    expect(said).toContain(`Port ${port} on 127.0.0.1 is taken by another program.`);
    expect(await readdir(home)).toEqual([]);
  });
});

describe('a server and its folder', () => {
  let server: ServerCommand;
  let url = '';

  it('starts with the demo account, alive and with a fresh overlap', async () => {
    server = run([]);
    url = await server.listening();
    expect(server.said).toContain('Demo account  janechen / jane123');
    const { status, body } = await get(url, '/api/sync/status?check_conflicts=true', await tokenOf(url, 'janechen', 'jane123'));
    expect(status).toBe(200);
    expect(body).toMatchObject({ sync_status: 'conflicts', total_devices: 3, active_devices: 2, recommendations: expect.arrayContaining([expect.stringMatching(/^Windows app has 2 pending/)]) as unknown });
    expect(total(body)).toBeGreaterThan(700);
    const types = (body['devices'] as { device_type: string }[]).map((device) => device.device_type);
    expect(types).toEqual(['mac_app', 'web_timer', 'windows_app']);
  });

  it('[S-19] keeps its key where only its owner reads it', async () => {
    expect((await stat(join(folder(), 'auth-secret'))).mode & 0o777).toBe(0o600);
    expect((await stat(folder())).mode & 0o777).toBe(0o700);
  });

  it('[D12] lets no second server on it', async () => {
    const second = await outcome([]);
    expect(second.code).toBe(1);
    expect(second.said).toContain(`Another server (process ${server.pid}) already uses the data folder`);
    expect((await login(url, 'janechen', 'jane123')).status).toBe(200);
  });

  it('takes a new account while it runs', async () => {
    const added = await outcome(['account', 'add', 'amir'], { ACCOUNT_PASSWORD: 'walnut harbour 12' });
    expect(added).toEqual({ code: 0, said: 'Made the account "amir".\n' });
    expect((await login(url, 'amir', 'walnut harbour 12')).status).toBe(200);
    expect(await outcome(['account', 'add', 'Amir'], { ACCOUNT_PASSWORD: 'walnut harbour 12' })).toEqual({ code: 1, said: 'The name "Amir" is taken.\n' });
    expect(await outcome(['account', 'add', 'bea'], { ACCOUNT_PASSWORD: 'password1' })).toMatchObject({ code: 1, said: expect.stringContaining('tried first') as unknown });
  });

  it('[S-14] does not make accounts for who has not read its key', async () => {
    const answer = await post(url, '/operator/accounts', { action: 'add', username: 'eve', password: 'walnut harbour 12' }, 'guess');
    expect(answer.status).toBe(404);
    expect((await login(url, 'eve', 'walnut harbour 12')).status).toBe(401);
  });

  it.each(['GET / HTTP/1.1\r\nHost: a b', 'OPTIONS * HTTP/1.1\r\nHost: a', 'GET /api\\health HTTP/1.1\r\nHost: a'])('refuses an address that is none in the words of every other error: %j', async (head) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.end(`${head}\r\nConnection: close\r\n\r\n`));
    let said = '';
    for await (const chunk of socket) said += String(chunk);
    expect(said).toMatch(/^HTTP\/1\.1 400 [^]*cache-control: no-store[^]*"code":"invalid_request"/i);
  });

  it('answers a health check of HTTP 1.0, which names no host', async () => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write('GET /api/health HTTP/1.0\r\n\r\n'));
    let said = '';
    for await (const chunk of socket) said += String(chunk);
    expect(said).toMatch(/^HTTP\/1\.1 200 [^]*"status":"ok"/);
  });

  it('serves the description of the API and its page', async () => {
    expect(await (await fetch(`${url}/openapi.json`)).json()).toMatchObject({ openapi: expect.stringMatching(/^3\.1/) as unknown });
    const page = await fetch(`${url}/docs`);
    expect([page.status, page.headers.get('Content-Type')]).toEqual([200, 'text/html; charset=UTF-8']);
    expect((await fetch(`${url}/docs/swagger-ui-bundle.js`)).status).toBe(200);
    expect((await fetch(`${url}/docs/..%2f..%2fpackage.json`)).status).toBe(404);
  });

  it('[D11, D13, D12] has every acknowledged row after it was killed, and starts again at once', async () => {
    const token = await tokenOf(url, 'amir', 'walnut harbour 12');
    for (let index = 0; index < 5; index += 1) expect((await post(url, '/api/pomodoro/submit', submission(index), token)).status).toBe(201);
    // More are on their way when it dies; each may be there or not, but none that was acknowledged may be missing.
    const acknowledged: number[] = [];
    const pending = Array.from({ length: 15 }, (_, index) =>
      post(url, '/api/pomodoro/submit', submission(index + 5), token).then(({ status }) => void (status === 201 && acknowledged.push(index)), () => undefined));
    await pending[0];
    await server.signal('SIGKILL');
    await Promise.all(pending);
    server = run([]);
    url = await server.listening();
    expect(server.said).toContain('The demo account is there.');
    // The key was kept, so the token still opens.
    const { status, body } = await get(url, '/api/sync/status', token);
    expect(status).toBe(200);
    expect(total(body)).toBeGreaterThanOrEqual(5 + acknowledged.length);
    const again = await post(url, '/api/pomodoro/submit', submission(0), token);
    expect(again.status).toBe(200);
  });

  it('[S-19, S-27] says no password, token or key', async () => {
    const token = await tokenOf(url, 'amir', 'walnut harbour 12');
    await login(url, 'amir', 'guessed wrong');
    const key = (await readFile(join(folder(), 'auth-secret'), 'utf8')).trim();
    for (const secret of [token, key, 'walnut harbour', 'guessed wrong']) expect(server.said).not.toContain(secret);
  });

  it('ends cleanly on Ctrl-C, with a word to whoever listens, and leaves no lock', async () => {
    const token = await tokenOf(url, 'amir', 'walnut harbour 12');
    const stream = await fetch(`${url}/api/sync/stream`, { headers: { Authorization: `Bearer ${token}` } });
    const heard = stream.text();
    expect(await server.signal('SIGINT')).toBe(0);
    expect(await heard).toMatch(/^event: hello\n[^]*event: bye\ndata: \{"type":"bye","reason":"restart"\}\n\n$/);
    expect(server.said).toContain('Stopped.');
    expect((await readdir(folder())).toSorted()).toEqual(['auth-secret', 'database']);
  });

  it('takes a new password while no server runs, and makes one up when none is given', async () => {
    // As a server leaves it that is killed.
    await writeFile(join(folder(), 'server.json'), JSON.stringify({ url }));
    const { code, said } = await outcome(['account', 'password', 'amir']);
    expect(code).toBe(0);
    expect(await readdir(folder())).not.toContain('server.json');
    expect(said).toMatch(/^Set the password of "amir"; every login of it has ended\.\nPassword: \S{16}\n$/);
  });

  it('[D01] has another epoch after a backup was put back', async () => {
    const epoch = async (): Promise<string> => {
      const { store } = await openEmbeddedStore(join(folder(), 'database'));
      const value = await store.epoch();
      await store.close();
      return value;
    };
    const before = await epoch();
    expect(await outcome(['restored'])).toEqual({ code: 0, said: 'Devices will offer again what they hold.\n' });
    expect(await epoch()).not.toBe(before);
  });

  it('forgets logins that ended, with their tokens, once none of these could be sent any more', async () => {
    const inside = async <T>(work: (store: ServerStore) => Promise<T>): Promise<T> => {
      const { store } = await openEmbeddedStore(join(folder(), 'database'));
      return work(store).finally(() => store.close());
    };
    const [longAgo, lately] = ['00000000-0000-4000-8000-00000000aaa1', '00000000-0000-4000-8000-00000000aaa2'];
    await inside(async ({ accounts }) => {
      const userId = (await accounts.findByUsername('amir'))?.userId ?? '';
      for (const [sid, days] of [[longAgo, 31], [lately, 29]] as const) {
        await accounts.openLogin({ sid, userId, createdAt: 0, expiresAt: Date.now() - days * 86_400_000, refreshHash: `hash of ${sid}` }, null);
      }
    });
    server = run([]);
    url = await server.listening();
    expect(await server.signal('SIGTERM')).toBe(0);
    expect(await inside(({ accounts }) => Promise.all([longAgo, lately].map(async (sid) => (await accounts.findLogin(sid))?.sid)))).toEqual([undefined, lately]);
  });

  it('[D01] refuses a folder without a database, and makes none: the one that was put back would keep its epoch', async () => {
    const other = join(home, 'elsewhere');
    expect(await outcome(['restored'], { DATA_DIR: other })).toMatchObject({ code: 1, said: expect.stringContaining(`There is no database in ${other}.`) as unknown });
    expect(await readdir(home)).toEqual(['data']);
  });

  it('ends, and says why, when the embedded database did', async () => {
    const { store, database } = await openEmbeddedStore(join(folder(), 'database'));
    // The journal is filled up to its next file, which then cannot be made, as on a full disk.
    await database.exec("select pg_switch_wal(); select pg_logical_emit_message(false, '', repeat('x', 1000000)) from generate_series(1, 15)");
    await store.close();
    server = run([]);
    url = await server.listening();
    const token = await tokenOf(url, 'janechen', 'jane123');
    await rename(join(folder(), 'database', 'pg_wal'), join(home, 'away'));
    const isStored = (index: number): Promise<boolean> =>
      post(url, '/api/pomodoro/submit', { ...submission(index % 10), session_id: randomUUID(), note: randomBytes(2_000).toString('hex') }, token).then(({ status }) => status === 201, () => false);
    for (let index = 0; await isStored(index); ) index += 1;
    expect(await server.ended()).toBe(1);
    expect(server.said).toMatch(/The embedded database ended: could not create file "pg_wal\S+: No such file or directory\. What was stored is kept\./);
    await rename(join(home, 'away'), join(folder(), 'database', 'pg_wal'));
  });

  it('ends, and says why it did so badly, where its folder is another than it was', async () => {
    const taken = join(home, 'taken');
    server = run([], { DATA_DIR: taken, DEMO: 'off' });
    await server.listening();
    await rm(taken, { recursive: true });
    await writeFile(taken, '');
    expect(await server.signal('SIGINT')).toBe(1);
    expect(server.said).toContain('It did not end cleanly: ENOTDIR');
    await rm(taken);
  });

  it('[S-16] shuts the demo account where others may reach it, and ends cleanly on SIGTERM', async () => {
    server = run(['--host', '0.0.0.0'], { LOG_LEVEL: 'info' });
    url = await server.listening();
    expect(server.said).not.toContain('jane123');
    expect(server.said).toContain('Closed the demo account');
    expect((await login(url, 'janechen', 'jane123')).status).toBe(401);
    expect(await server.signal('SIGTERM')).toBe(0);
    expect(server.said).toContain('"msg":"login_refused"');
  });
});
