import { CALLS, type CallName, LIMITS } from '@syncline/protocol';
import { describe, expect, it } from 'vitest';
import { DATA_ROUTES } from '../routes/index.ts';
import { memoryThrottle } from '../process/memory-throttle.ts';
import { libraryPageHeaders, pageHeaders } from './headers.ts';
import { createTestApp, type Sent, type TestApp } from './test-app.test-support.ts';
import { Hono, type MiddlewareHandler } from 'hono';

type Body = { error: string; code: string; request_id: string; details?: { path: string; message: string }[] };
const bodyOf = async (answer: Response): Promise<Body> => (await answer.json()) as Body;
const bearer = (token: string): Readonly<Record<string, string>> => ({ Authorization: `Bearer ${token}` });
const SIGNED_IN = DATA_ROUTES.map(({ call }) => call).filter((call) => CALLS[call].auth === 'bearer');

describe('tokens', () => {
  it.each(SIGNED_IN)('%s without one is the documented 403', async (call) => {
    const app = await createTestApp();
    for (const headers of [{}, { Authorization: 'Bearer ' }, { Authorization: 'bearer' }, { Authorization: 'Bearerx y' }, { Authorization: 'Basic amFuZTpyaWdodA==' }] as Readonly<Record<string, string>>[]) {
      const answer = await app.send(CALLS[call].path, { method: CALLS[call].method, headers });
      expect([answer.status, (await bodyOf(answer)).error]).toEqual([403, 'Token required']);
    }
  });

  it.each(SIGNED_IN)('%s with a bad one is the documented 401', async (call) => {
    const app = await createTestApp();
    const answer = await app.send(CALLS[call].path, { method: CALLS[call].method, headers: bearer('made.up.token') });
    expect([answer.status, (await bodyOf(answer)).error]).toEqual([401, 'Invalid or expired token']);
  });

  it.each(['bearer', 'BEARER', 'Bearer '])('are taken with the scheme spelt "%s"', async (scheme) => {
    const app = await createTestApp();
    const { token } = await app.signIn();
    expect((await app.send('/api/sync/status', { headers: { Authorization: `${scheme} ${token}` } })).status).toBe(200);
    expect((await app.send('/api/sync/status', { headers: { Authorization: `${scheme} x` } })).status).toBe(401);
  });

  it('with an expired one is 401', async () => {
    const app = await createTestApp();
    const { token } = await app.signIn();
    app.clock.set(app.clock.now() + 600_000);
    expect((await app.send('/api/sync/status', { headers: bearer(token) })).status).toBe(401);
  });
});

describe('addresses', () => {
  it('answer 404 and 405 with the error body, and say what is allowed', async () => {
    const app = await createTestApp();
    const missing = await app.send('/api/nothing');
    expect(missing.status).toBe(404);
    expect(await bodyOf(missing)).toEqual({ error: 'Not found', code: 'not_found', request_id: missing.headers.get('X-Request-Id') });
    const wrong = await app.send('/api/login', { method: 'DELETE' });
    expect([wrong.status, wrong.headers.get('Allow'), (await bodyOf(wrong)).code]).toEqual([405, 'POST', 'method_not_allowed']);
  });

  it('refuse unknown and repeated parameters by name', async () => {
    const app = await createTestApp();
    const { token } = await app.signIn();
    for (const [query, path] of [['?colour=red', 'colour'], ['?last_hours=1&last_hours=2', 'last_hours'], ['?__proto__=1', '__proto__']]) {
      const answer = await app.send(`/api/sync/status${query}`, { headers: bearer(token) });
      expect([answer.status, (await bodyOf(answer)).details?.map((detail) => detail.path)]).toEqual([400, [path]]);
    }
    expect((await app.send('/api/user/data?a=1', { headers: bearer(token) })).status).toBe(400);
  });
});

describe('bodies', () => {
  const send = (app: TestApp, sent: Sent): Promise<Response> => app.send('/api/login', { method: 'POST', ...sent });
  const padded = (bytes: number): string => {
    const start = '{"username":"jane","password":"right"';
    return `${start}${' '.repeat(bytes - start.length - 1)}}`;
  };

  it('[S-26] are read up to their cap and not a byte further', async () => {
    const app = await createTestApp();
    expect((await send(app, { body: padded(LIMITS.authBodyBytesMax) })).status).toBe(200);
    const over = await send(app, { body: padded(LIMITS.authBodyBytesMax + 1) });
    expect([over.status, (await bodyOf(over)).code]).toEqual([413, 'body_too_large']);
  });

  it('[S-26] of calls with a token have a cap of their own', async () => {
    const app = await createTestApp();
    const { token } = await app.signIn();
    const put = async (bytes: number): Promise<number> =>
      (await app.send('/api/user/preferences', { method: 'PUT', headers: bearer(token), body: `{}${' '.repeat(bytes - 2)}` })).status;
    expect(await put(LIMITS.bodyBytesMax + 1)).toBe(413);
    expect(await put(LIMITS.bodyBytesMax)).not.toBe(413);
    expect([LIMITS.bodyBytesMax, LIMITS.authBodyBytesMax, LIMITS.jsonDepthMax]).toEqual([262_144, 4_096, 8]);
  });

  it('[S-26] are read eight levels deep and no deeper', async () => {
    const app = await createTestApp();
    const faults = async (depth: number): Promise<string> => {
      const body = `${'{"username":'.repeat(depth)}1${'}'.repeat(depth)}`;
      return (await bodyOf(await send(app, { body }))).details?.map(({ message }) => message).join() ?? '';
    };
    expect(await faults(9)).toContain('nested deeper than 8 levels');
    expect(await faults(8)).not.toContain('nested');
  });

  it('[S-26] of faults alone are answered in little: so many are named', async () => {
    const app = await createTestApp();
    const names = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [i, 0]));
    const answer = await send(app, { body: JSON.stringify(names) });
    const length = (await answer.clone().text()).length;
    expect([answer.status, (await bodyOf(answer)).details?.length]).toEqual([400, LIMITS.detailsMax]);
    expect(length).toBeLessThan(4096);
  });

  it('[S-26] that never end are cut at the cap', async () => {
    const app = await createTestApp();
    let pulled = 0;
    const endless = new ReadableStream<Uint8Array>({ pull: (controller) => void ((pulled += 1), controller.enqueue(new Uint8Array(1024).fill(32))) });
    expect((await send(app, { body: endless })).status).toBe(413);
    expect(pulled).toBeLessThan(16);
  });

  it('[S-26] that break off are no failure of the server', async () => {
    const logged: unknown[] = [];
    const app = await createTestApp({}, ({ log }) => ({ log: { ...log, error: (...entry) => void logged.push(entry) } }));
    const broken = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(new Error('aborted')) });
    expect((await send(app, { body: broken })).status).toBe(408);
    expect(logged).toEqual([]);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/jsonp', 'application/json; charset=utf-16', ''])('[S-14] of the type "%s" are refused', async (type) => {
    const app = await createTestApp();
    expect((await send(app, { body: '{"username":"jane","password":"right"}', headers: { 'Content-Type': type } })).status).toBe(415);
  });

  it.each(['application/json; charset=utf-8', 'application/json;charset="UTF-8"', 'Application/JSON'])('of the type "%s" are read', async (type) => {
    const app = await createTestApp();
    expect((await send(app, { body: '{"username":"jane","password":"right"}', headers: { 'Content-Type': type } })).status).toBe(200);
  });

  it('refuses a body in a content coding, which would only look like broken JSON', async () => {
    const app = await createTestApp();
    const answer = (coding: string) => send(app, { body: '{"username":"jane","password":"right"}', headers: { 'Content-Encoding': coding } });
    expect((await answer('gzip')).status).toBe(415);
    expect((await answer('identity')).status).toBe(200);
  });

  it.each<[string, string | Uint8Array<ArrayBuffer>]>([
    ['nothing', ''], ['half an object', '{"username":'], ['a list', '[]'], ['a number', '1'], ['null', 'null'],
    ['deep nesting', '['.repeat(2000) + ']'.repeat(2000)], ['depth beyond the cap', '{"a":'.repeat(8) + '1' + '}'.repeat(8)],
    ['a prototype', '{"username":"jane","password":"right","__proto__":{"admin":true}}'],
    ['bytes that are no text', new Uint8Array([0xff, 0xfe, 0x7b])],
  ])('[S-08, S-21] that hold %s are 400', async (_, body) => {
    const app = await createTestApp();
    const answer = await send(app, { body });
    expect([answer.status, (await bodyOf(answer)).code]).toEqual([400, 'invalid_request']);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  it('[S-15] are not read at all when the caller asks too often', async () => {
    const app = await createTestApp({}, () => ({
      throttle: { ...memoryThrottle(), beforeCall: async () => 30 },
    }));
    let pulled = 0;
    const stream = new ReadableStream<Uint8Array>({ pull: () => void (pulled += 1) }, { highWaterMark: 0 });
    const answer = await send(app, { body: stream });
    expect([answer.status, answer.headers.get('Retry-After'), pulled]).toEqual([429, '30', 0]);
  });
});

describe('whose address counts', () => {
  const seenBy = async (trustedProxies: number, forwarded: string): Promise<string | null> => {
    let seen: string | null = null;
    const app = await createTestApp({ trustedProxies }, () => ({
      throttle: { ...memoryThrottle(), beforeCall: async (address) => ((seen = address), null) },
    }));
    await app.send('/api/health', { headers: { 'X-Forwarded-For': forwarded } }, '10.9.9.9');
    return seen;
  };

  it.each([[0, '1.1.1.1', '10.9.9.9'], [1, '6.6.6.6, 1.1.1.1', '1.1.1.1'], [2, '6.6.6.6, 1.1.1.1, 10.0.0.2', '1.1.1.1'], [1, '', '10.9.9.9'],
    // A port changes with each connection.
    [1, '1.1.1.1:50123', '1.1.1.1'], [1, '[2001:db8::1]:50123', '2001:db8::1'], [1, '[2001:db8::1]', '2001:db8::1'], [1, '2001:db8::1', '2001:db8::1']])(
    '[S-15] behind %i proxies that say "%s": %s', async (proxies, forwarded, expected) => expect(await seenBy(proxies, forwarded)).toBe(expected),
  );
});

describe('failures', () => {
  it('[S-27] of the server itself say nothing of it', async () => {
    const logged: unknown[] = [];
    const app = await createTestApp({}, (ports) => ({
      log: { info: () => undefined, warn: () => undefined, error: (...entry) => void logged.push(entry) },
      store: { ...ports.store, accounts: { ...ports.store.accounts, findByUsername: () => Promise.reject(new Error('select secret from accounts')) } },
    }));
    const answer = await app.send('/api/login', { method: 'POST', body: { username: 'jane', password: 'hush-hush' } });
    const text = await answer.text();
    expect(answer.status).toBe(500);
    expect(JSON.parse(text)).toEqual({ error: 'Something went wrong on the server', code: 'internal', request_id: answer.headers.get('X-Request-Id') });
    expect(JSON.stringify(logged)).not.toMatch(/hush-hush|select/);
    expect(logged).toMatchObject([['unexpected', { error: 'Error', at: expect.stringMatching(/^app\.test\.ts:\d+:\d+$/) as unknown }]]);
    expect(JSON.stringify(logged)).toContain(answer.headers.get('X-Request-Id') ?? 'none');
  });

  it('of the database are 503, in health too', async () => {
    const down = Object.assign(new Error('no database'), { name: 'ServerStoreError', code: 'unavailable' });
    const app = await createTestApp({}, (ports) => ({ store: { ...ports.store, accounts: ports.store.accounts, ping: () => Promise.reject(down) } }));
    const answer = await app.send('/api/health');
    expect([answer.status, answer.headers.get('Retry-After'), (await bodyOf(answer)).code]).toEqual([503, '1', 'unavailable']);
  });
});

describe('other origins', () => {
  const LISTED = 'https://timer.example';
  const ask = async (origin: string, method = 'GET', call: CallName = 'health'): Promise<Response> => {
    const app = await createTestApp({ corsOrigins: [LISTED, 'http://localhost:5173'] });
    return app.send(CALLS[call].path, { method, headers: { Origin: origin, 'Access-Control-Request-Method': 'POST' } });
  };

  it.each([
    [LISTED, true], ['http://localhost:5173', true], ['null', false], ['https://timer.example.evil.example', false], ['https://eviltimer.example', false],
    ['http://timer.example', false], ['https://timer.example:8443', false], ['https://TIMER.example', false], ['*', false], ['', false],
  ])('[S-13] %s is let in: %s', async (origin, expected) => {
    for (const method of ['GET', 'OPTIONS']) {
      const answer = await ask(origin, method);
      expect(answer.headers.get('Access-Control-Allow-Origin')).toBe(expected ? origin : null);
      expect(answer.headers.get('Access-Control-Allow-Credentials')).toBeNull();
      expect(answer.headers.get('Vary')).toContain('Origin');
    }
  });

  it('[S-13] may read when to come again, and may not send the header of the cookie calls', async () => {
    expect((await ask(LISTED)).headers.get('Access-Control-Expose-Headers')).toBe('Retry-After,Date,X-Request-Id');
    const preflight = await ask(LISTED, 'OPTIONS', 'refresh');
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('Access-Control-Allow-Headers')).not.toContain('X-Syncline-Refresh');
  });
});

describe('headers', () => {
  const shown = (answer: Response): Record<string, string> =>
    Object.fromEntries([...answer.headers].filter(([name]) => !['x-request-id', 'content-length'].includes(name)));

  it('[S-12] of every answer', async () => {
    const app = await createTestApp();
    const expected = {
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'content-type': 'application/json; charset=utf-8',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'origin-agent-cluster': '?1',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    };
    for (const path of ['/api/health', '/api/nothing', '/api/sync/status']) expect(shown(await app.send(path))).toMatchObject(expected);
  });

  it('[S-12] demand encryption for two years where there is encryption', async () => {
    const app = await createTestApp({ publicOrigin: 'https://timer.example' });
    expect((await app.send('/api/health')).headers.get('Strict-Transport-Security')).toBe('max-age=63072000; includeSubDomains');
    expect((await (await createTestApp()).send('/api/health')).headers.get('Strict-Transport-Security')).toBeNull();
  });

  const policy = async (headers: MiddlewareHandler): Promise<string | null> => {
    const page = new Hono().use(headers).get('/', (context) => context.html('<p>'));
    return (await page.request('/')).headers.get('Content-Security-Policy');
  };

  it('[S-11] of pages let in files of this server only, and no text as script', async () => {
    expect(await policy(pageHeaders(false))).toBe(
      "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; manifest-src 'self'; worker-src 'self'; "
      + "base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types syncline-worker",
    );
  });

  it('[S-11] of the API\'s page let its library write styles and small pictures, and no script', async () => {
    expect(await policy(libraryPageHeaders(false))).toBe(
      "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; manifest-src 'self'; worker-src 'self'; "
      + "base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'",
    );
  });
});
