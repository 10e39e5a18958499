import { afterEach, describe, expect, it, vi } from 'vitest';
import type { HttpRequest } from '../ports.ts';
import { createFetchTransport } from './fetch-transport.ts';

const request: HttpRequest = { method: 'GET', path: '/api/x', headers: {}, timeoutMs: 1_000, maxBodyChars: 100 };
const never = new AbortController().signal;

afterEach(() => vi.useRealTimers());

/** A body that arrives in these parts. */
function inParts(...parts: readonly number[][]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(new Uint8Array(part));
      controller.close();
    },
  });
}

describe('the fetch transport', () => {
  it('puts characters together that were cut in two on the way', async () => {
    const transport = createFetchTransport('http://server.test', async () => new Response(inParts([0x61, 0xf0, 0x9f], [0x98, 0x80, 0xc3], [0xa4])));
    const sent = await transport.send(request, never);
    let streamed = '';
    await transport.stream?.(request, (text) => void (streamed += text), never);
    expect([sent.ok && sent.response.body, streamed]).toEqual(['a😀ä', 'a😀ä']);
  });

  it('[B07] asks for nothing from any cache, with no cookies and no redirects, at one address', async () => {
    const fetch = vi.fn(async (_url: string, _init: RequestInit) => new Response('{}'));
    await createFetchTransport('https://server.test/base//', fetch).send(request, never);
    expect(fetch.mock.calls[0]?.[0]).toBe('https://server.test/base/api/x');
    expect(fetch.mock.calls[0]?.[1]).toMatchObject({ cache: 'no-store', credentials: 'omit', redirect: 'manual', referrerPolicy: 'no-referrer' });
  });

  it('a stream may last, but not be silent', async () => {
    vi.useFakeTimers();
    let say = (_text: string): void => undefined;
    const fetch = async (_url: string, { signal }: RequestInit): Promise<Response> => new Response(new ReadableStream({
      start(controller) {
        say = (text) => controller.enqueue(new TextEncoder().encode(text));
        signal?.addEventListener('abort', () => controller.error(new Error('aborted')));
      },
    }));
    const heard: string[] = [];
    const result = createFetchTransport('http://server.test', fetch).stream?.(request, (text) => heard.push(text), never);
    for (const text of ['a', 'b', 'c']) {
      await vi.advanceTimersByTimeAsync(900);
      say(text);
    }
    await vi.advanceTimersByTimeAsync(1_001);
    expect([heard, await result]).toMatchObject([['a', 'b', 'c'], { ok: false, failure: 'timeout' }]);
  });

  it.each(['while it is silent', 'by what it says'])('a stream that is stopped %s ends, also where the platform does not end its body', async (when) => {
    const abort = new AbortController();
    const body = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array([0x61])) });
    const onText = (): void => (when === 'by what it says' ? abort.abort() : void queueMicrotask(() => queueMicrotask(() => abort.abort())));
    const result = createFetchTransport('http://server.test', async () => new Response(body)).stream?.(request, onText, abort.signal);
    expect(await result).toMatchObject({ ok: false, failure: 'aborted' });
  });

  it('[C04] [C21] an answer that trickles in meets the same deadline', async () => {
    vi.useFakeTimers();
    const fetch = async (_url: string, { signal }: RequestInit): Promise<Response> => new Response(new ReadableStream({
      start(controller) {
        const timer = setInterval(() => controller.enqueue(new Uint8Array([0x20])), 50);
        signal?.addEventListener('abort', () => {
          clearInterval(timer);
          controller.error(new Error('aborted'));
        });
      },
    }));
    const result = createFetchTransport('http://server.test', fetch).send(request, never);
    await vi.advanceTimersByTimeAsync(1_001);
    expect(await result).toMatchObject({ ok: false, failure: 'timeout' });
  });
});
