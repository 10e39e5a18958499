import { once } from 'node:events';
import type { RequestListener, Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createHttpServer, HTTP_LIMITS, type HttpLimits } from './http-server.ts';

const LONG: HttpLimits = { ...HTTP_LIMITS, headersMs: 60_000, bodyMs: 60_000, requestMs: 60_000, checkEveryMs: 10 };
const SHORT_MS = 40;
const HEAD = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n';

let server: Server;
afterEach(() => {
  vi.useRealTimers();
  server.closeAllConnections();
  server.close();
});

async function dial(limits: Partial<HttpLimits>, listener: RequestListener = (request) => void request.resume()): Promise<Socket> {
  server = createHttpServer(listener, { ...LONG, ...limits });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return connect((server.address() as AddressInfo).port, '127.0.0.1');
}

/** Everything the server says until it hangs up. */
async function untilHungUp(socket: Socket): Promise<string> {
  let said = '';
  for await (const chunk of socket) said += String(chunk);
  return said;
}

describe('the listener', () => {
  it('[S-26] gives ten seconds for headers, fifteen for a body, thirty for a whole request, and a minute in which nothing moves', () => {
    server = createHttpServer(() => undefined);
    expect([server.headersTimeout, server.requestTimeout, server.keepAliveTimeout]).toEqual([10_000, 30_000, 10_000]);
    expect([HTTP_LIMITS.bodyMs, server.timeout]).toEqual([15_000, 60_000]);
  });

  it('[S-26] hangs up on headers that do not end', async () => {
    const socket = await dial({ headersMs: SHORT_MS });
    socket.write('POST / HTTP/1.1\r\nHost: a\r\n');
    expect(await untilHungUp(socket)).toMatch(/^HTTP\/1\.1 408 /);
  });

  it.each([['of a named length', `${HEAD}\r\n{`], ['in pieces', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n']])(
    '[S-26] hangs up on a body %s that does not end', async (_, text) => {
      const socket = await dial({ bodyMs: SHORT_MS });
      socket.write(text);
      const said = await untilHungUp(socket);
      expect(said).toMatch(/^HTTP\/1\.1 408 /);
      expect(said).toContain('"code":"request_timeout"');
    },
  );

  it('[S-26] hangs up on who does not read the answer', async () => {
    let closed: () => void = () => undefined;
    const hungUp = new Promise<void>((resolve) => (closed = resolve));
    const socket = await dial({ stalledMs: SHORT_MS }, (_request, response) => {
      response.once('close', closed);
      response.end(Buffer.alloc(64 * 1_048_576));
    });
    socket.on('error', () => undefined).pause();
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await hungUp;
    expect(server.timeout).toBe(SHORT_MS);
  });

  it('[S-26] hangs up on a body that does not end after the answer has begun', async () => {
    const socket = await dial({ bodyMs: SHORT_MS }, (_request, response) => void response.writeHead(200).write('so far'));
    socket.write(`${HEAD}\r\n{`);
    expect(await untilHungUp(socket).catch((error: Error) => error.message)).toMatch(/so far|ECONNRESET/);
  });

  it('[S-26] hangs up on a request that is too long under way in all', async () => {
    const socket = await dial({ headersMs: SHORT_MS, requestMs: SHORT_MS });
    socket.write(`${HEAD}\r\n{`);
    expect(await untilHungUp(socket)).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('[S-26] lets an answer take longer than the body may, once the body is there', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const socket = await dial({ bodyMs: SHORT_MS }, (request, response) => {
      request.resume().once('end', () => {
        vi.advanceTimersByTime(LONG.bodyMs);
        response.end('late');
      });
    });
    socket.write(`${HEAD}Connection: close\r\n\r\n${'x'.repeat(100)}`);
    expect(await untilHungUp(socket)).toMatch(/^HTTP\/1\.1 200 [^]*late/);
  });

  it('[S-14] refuses a request that names no host, in JSON', async () => {
    const socket = await dial({}, (_, response) => void response.end('fine'));
    socket.write('GET / HTTP/1.1\r\n\r\n');
    expect(await untilHungUp(socket)).toMatch(/^HTTP\/1\.1 400 [^]*"code":"invalid_request"/);
  });

  it.each(['GET / HTTP/1.1\r\nHost: a\r\nExpect: miracles\r\nConnection: close\r\n\r\n', 'GET / HTTP/1.0\r\n\r\n'])(
    '[S-14] answers what the platform would refuse for no need: %j', async (text) => {
      const socket = await dial({}, (_, response) => void response.end('fine'));
      socket.write(text);
      expect(await untilHungUp(socket)).toMatch(/^HTTP\/1\.1 200 [^]*fine$/);
    },
  );
});
