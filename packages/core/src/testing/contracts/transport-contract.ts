// What every transport promises the engine, against a server that answers as `answerOf` says.
import type { HttpRequest, HttpResponse, Transport, TransportResult } from '../../ports.ts';
import { casesOf, check, checkEqual, type ContractCase, type ContractWorld } from './contract-case.ts';

export interface TransportWorld extends ContractWorld {
  /** Leads to a server that answers as `answerOf` says. */
  readonly transport: Transport;
}

/** What the server of the contract does. `hang` never answers, `stall` never ends its body, `break` cuts the connection, `trickle` sends one character a second for ever. */
export type ContractAnswer =
  | { readonly kind: 'answer'; readonly response: HttpResponse }
  | { readonly kind: 'chunks'; readonly chunks: readonly string[] }
  | { readonly kind: 'hang' | 'stall' | 'break' | 'trickle' };

const JSON_TYPE = { 'content-type': 'application/json' };

/** The answer to a request, by its path. Header names of the request must be in lower case. */
export function answerOf({ method, path, headers, body }: Pick<HttpRequest, 'method' | 'path' | 'headers' | 'body'>): ContractAnswer {
  const [, word = '', argument = ''] = /^\/api\/([a-z]+)\/?([^?]*)/.exec(path) ?? [];
  const answer = (status: number, text: string, more: Record<string, string> = {}): ContractAnswer => {
    return { kind: 'answer', response: { status, headers: { ...JSON_TYPE, ...more }, body: text } };
  };
  switch (word) {
    case 'echo': return answer(200, JSON.stringify({ method, path, body: body ?? '', test: headers['x-test'] ?? null }), { 'retry-after': '7' });
    case 'status': return argument === '204' ? { kind: 'answer', response: { status: 204, headers: {}, body: '' } } : answer(Number(argument), '{"error":"x"}');
    case 'redirect': return { kind: 'answer', response: { status: Number(argument), headers: { location: '/api/echo' }, body: '' } };
    case 'big': return answer(200, 'ä'.repeat(Number(argument)));
    case 'stream': return { kind: 'chunks', chunks: ['data: 1\n\n', 'data: ä', '2\n\n'] };
    case 'hang': case 'stall': case 'break': case 'trickle': return { kind: word };
    default: return answer(404, '{}');
  }
}

const never = new AbortController().signal;

function request(path: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return { method: 'GET', path, headers: {}, timeoutMs: 10_000, maxBodyChars: 100_000, ...more };
}

const failureOf = (result: TransportResult): string => (result.ok ? `answer ${result.response.status}` : result.failure);
const bodyOf = (result: TransportResult): unknown => (result.ok ? JSON.parse(result.response.body) : result);

const answers: Record<string, (world: TransportWorld) => Promise<void>> = {
  'carries method, path, query, headers and body there, and status, headers and body back': async ({ transport }) => {
    const body = JSON.stringify({ text: 'ä😀\u2028' });
    const headers = { 'Content-Type': 'application/json', 'X-Test': 'abc' };
    for (const method of ['POST', 'PUT', 'DELETE'] as const) {
      const result = await transport.send(request('/api/echo?a=%20b&c', { method, headers, body }), never);
      checkEqual(bodyOf(result), { method, path: '/api/echo?a=%20b&c', body, test: 'abc' });
    }
    const result = await transport.send(request('/api/echo'), never);
    checkEqual(bodyOf(result), { method: 'GET', path: '/api/echo', body: '', test: null });
    check(result.ok && result.response.headers['retry-after'] === '7', 'a header got lost');
    check(result.ok && result.response.headers['content-type']?.startsWith('application/json') === true, 'the type got lost');
  },
  'every status is an answer': async ({ transport }) => {
    for (const status of [200, 201, 204, 400, 401, 403, 404, 409, 413, 426, 429, 500, 503]) {
      const result = await transport.send(request(`/api/status/${status}`), never);
      checkEqual(result.ok ? result.response.status : result, status);
    }
  },
  '[C08] exactly as much as was asked for is read, and more is too large': async ({ transport }) => {
    checkEqual(failureOf(await transport.send(request('/api/big/5000', { maxBodyChars: 5000 }), never)), 'answer 200');
    checkEqual(failureOf(await transport.send(request('/api/big/5001', { maxBodyChars: 5000 }), never)), 'too_large');
    checkEqual(failureOf(await transport.send(request('/api/big/3000000', { maxBodyChars: 5000 }), never)), 'too_large');
  },
};

const failures: Record<string, (world: TransportWorld) => Promise<void>> = {
  'a redirect is not followed': async ({ transport }) => {
    for (const status of [301, 302, 303, 307, 308]) {
      checkEqual(failureOf(await transport.send(request(`/api/redirect/${status}`), never)), 'redirected');
    }
  },
  'no answer, or no end of it, by the deadline': async ({ transport }) => {
    for (const path of ['/api/hang', '/api/stall', '/api/trickle']) {
      checkEqual(failureOf(await transport.send(request(path, { timeoutMs: 250 }), never)), 'timeout', path);
    }
  },
  'a connection that breaks': async ({ transport }) => {
    checkEqual(failureOf(await transport.send(request('/api/break'), never)), 'network');
  },
  'aborted before, and while waiting': async ({ transport }) => {
    const abort = new AbortController();
    const waiting = [transport.send(request('/api/hang'), abort.signal), transport.send(request('/api/stall'), abort.signal)];
    // Something else goes all the way, so that these two are under way.
    await transport.send(request('/api/echo'), never);
    abort.abort();
    checkEqual((await Promise.all(waiting)).map(failureOf), ['aborted', 'aborted']);
    checkEqual(failureOf(await transport.send(request('/api/echo'), abort.signal)), 'aborted');
  },
  'one that failed does not disturb the next': async ({ transport }) => {
    await transport.send(request('/api/break'), never);
    checkEqual(failureOf(await transport.send(request('/api/echo'), never)), 'answer 200');
  },
};

const streams: Record<string, (world: TransportWorld) => Promise<void>> = {
  'a stream hands over its text as it comes, and ends': async ({ transport }) => {
    if (!transport.stream) return;
    let text = '';
    const result = await transport.stream(request('/api/stream'), (part) => void (text += part), never);
    checkEqual([failureOf(result), text], ['answer 200', 'data: 1\n\ndata: ä2\n\n']);
  },
  'a stream that is refused says so': async ({ transport }) => {
    if (!transport.stream) return;
    const result = await transport.stream(request('/api/status/401'), () => undefined, never);
    checkEqual(result.ok ? [result.response.status, result.response.body] : result, [401, '{"error":"x"}']);
    checkEqual(failureOf(await transport.stream(request('/api/redirect/302'), () => undefined, never)), 'redirected');
  },
  'a stream can be stopped': async ({ transport }) => {
    if (!transport.stream) return;
    const abort = new AbortController();
    const result = await transport.stream(request('/api/trickle'), () => abort.abort(), abort.signal);
    checkEqual(failureOf(result), 'aborted');
  },
  'a stream that is stopped by its last words ends': async ({ transport }) => {
    if (!transport.stream) return;
    const abort = new AbortController();
    const result = await transport.stream(request('/api/stream'), (part) => part.includes('2') && abort.abort(), abort.signal);
    checkEqual(failureOf(result), 'aborted');
  },
};

/** The contract of the transport port. */
export function transportContract(createWorld: () => TransportWorld | Promise<TransportWorld>): readonly ContractCase[] {
  return casesOf(createWorld, { ...answers, ...failures, ...streams });
}
