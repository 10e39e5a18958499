import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answerBrokenRequests } from './broken-request.ts';

let server: Server;

beforeEach(async () => {
  server = createServer({ maxHeaderSize: 1024 }, (_, response) => response.end('fine'));
  answerBrokenRequests(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

/** Everything the server says before it closes the connection. */
function exchange(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1', () => socket.write(text));
    let said = '';
    socket.setEncoding('utf8').on('data', (chunk) => (said += chunk)).once('close', () => resolve(said)).once('error', reject);
  });
}

describe('a request that the parser refuses', () => {
  it('is told in JSON that its headers are too large', async () => {
    const [head = '', body = ''] = (await exchange(`GET / HTTP/1.1\r\nHost: a\r\nX-Long: ${'x'.repeat(2000)}\r\n\r\n`)).split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 431 /);
    expect(head).toContain(`Content-Length: ${body.length}`);
    expect(JSON.parse(body)).toEqual({ error: 'The request headers are too large', code: 'headers_too_large', request_id: expect.any(String) });
  });

  it('is told in JSON that it is no request', async () => {
    const [head = '', body = ''] = (await exchange('NONSENSE\r\n\r\n')).split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 400 /);
    expect(JSON.parse(body)).toMatchObject({ code: 'invalid_request' });
  });
});
