// HTTP by the platform's fetch, held to a deadline, a size, and one server: no cache, no cookies, no redirects.
import type { HttpRequest, HttpResponse, Transport, TransportFailure, TransportResult } from '../ports.ts';

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

class FetchTransport implements Transport {
  readonly #url: string;
  readonly #fetch: Fetch;

  constructor(url: string, fetch: Fetch) {
    this.#url = url.replace(/\/+$/, '');
    this.#fetch = fetch;
  }

  send(request: HttpRequest, signal: AbortSignal): Promise<TransportResult> {
    return new Exchange(this.#url, this.#fetch, request, signal).run();
  }

  stream(request: HttpRequest, onText: (text: string) => void, signal: AbortSignal): Promise<TransportResult> {
    return new Exchange(this.#url, this.#fetch, request, signal, onText).run();
  }
}

class TooLarge extends Error {}

class Exchange {
  readonly #url: string;
  readonly #fetch: Fetch;
  readonly #request: HttpRequest;
  readonly #signal: AbortSignal;
  readonly #onText: ((text: string) => void) | undefined;
  readonly #abort = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #late = false;

  constructor(url: string, fetch: Fetch, request: HttpRequest, signal: AbortSignal, onText?: (text: string) => void) {
    this.#url = url;
    this.#fetch = fetch;
    this.#request = request;
    this.#signal = signal;
    this.#onText = onText;
  }

  async run(): Promise<TransportResult> {
    const stop = (): void => this.#abort.abort();
    if (this.#signal.aborted) return failed('aborted', 'aborted before it was sent');
    this.#signal.addEventListener('abort', stop);
    this.#restartDeadline();
    try {
      return await this.#exchange();
    } catch (error) {
      return this.#failure(error);
    } finally {
      clearTimeout(this.#timer);
      this.#signal.removeEventListener('abort', stop);
      // Ends what is still arriving.
      stop();
    }
  }

  async #exchange(): Promise<TransportResult> {
    const { method, path, headers, body } = this.#request;
    const response = await this.#fetch(this.#url + path, {
      method,
      headers: { ...headers },
      body: body ?? null,
      signal: this.#abort.signal,
      cache: 'no-store',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      // Not `error`, which reports a redirect and a dead network alike.
      redirect: 'manual',
    });
    if (isRedirect(response)) return failed('redirected', 'the server, or something in front of it, sent us elsewhere');
    const text = this.#onText && response.ok ? await this.#hand(response, this.#onText) : await this.#text(response);
    return { ok: true, response: describe(response, text) };
  }

  async #text(response: Response): Promise<string> {
    const parts: string[] = [];
    let length = 0;
    await readText(response, this.#abort.signal, (part) => {
      length += part.length;
      if (length > this.#request.maxBodyChars) throw new TooLarge();
      parts.push(part);
    });
    return parts.join('');
  }

  async #hand(response: Response, onText: (text: string) => void): Promise<string> {
    this.#restartDeadline();
    await readText(response, this.#abort.signal, (part) => {
      this.#restartDeadline();
      onText(part);
    });
    return '';
  }

  #restartDeadline(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#late = true;
      this.#abort.abort();
    }, this.#request.timeoutMs);
  }

  #failure(error: unknown): TransportResult {
    if (error instanceof TooLarge) return failed('too_large', `more than ${this.#request.maxBodyChars} characters`);
    if (this.#signal.aborted) return failed('aborted', 'aborted by the caller');
    if (this.#late) return failed('timeout', `no answer in ${this.#request.timeoutMs} ms`);
    return failed('network', error instanceof Error ? error.message : String(error));
  }
}

async function readText(response: Response, signal: AbortSignal, onPart: (part: string) => void): Promise<void> {
  if (!response.body) return;
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  // Whoever stops a body whose last bytes are there already is told nothing by some platforms, and would read for ever.
  const stop = (): void => void reader.cancel().catch(() => undefined);
  signal.addEventListener('abort', stop);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      // A body that has arrived is handed on even after an abort; a stopped stream must not be.
      signal.throwIfAborted();
      const part = decoder.decode(value, { stream: !done });
      if (part !== '') onPart(part);
      if (done) return;
    }
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

// Browsers hide what a redirect was; Node shows it.
function isRedirect(response: Response): boolean {
  return response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400 && response.status !== 304);
}

function describe(response: Response, body: string): HttpResponse {
  const headers: Record<string, string> = {};
  response.headers.forEach((value, name) => {
    headers[name] = value;
  });
  return { status: response.status, headers, body };
}

function failed(failure: TransportFailure, message: string): TransportResult {
  return { ok: false, failure, message };
}

/** The transport port to the server at that address (without `/api`). */
export function createFetchTransport(url: string, fetch: Fetch = (target, init) => globalThis.fetch(target, init)): Transport {
  return new FetchTransport(url, fetch);
}
