// The network between one simulated tab and a server in the same process. Every message is an event; a policy says what becomes of it.
import { utf8Length } from '@syncline/protocol';
import type { HttpRequest, HttpResponse, Transport, TransportResult } from '../ports.ts';
import { broken, failed } from './sim-failure.ts';
import { openSimStream } from './sim-stream.ts';
import type { SimTab } from './sim-tab.ts';

/** The other end. It may also answer with a failure of the network. A rejection counts as a connection that broke. */
export type SimHandler = (request: HttpRequest) => HttpResponse | TransportResult | Promise<HttpResponse | TransportResult>;

/** The other end of a stream: hands over text as it is sent. Resolves when it ends; a rejection is a connection that broke. `signal`: nobody listens. */
export type SimStreamHandler = (request: HttpRequest, onText: (text: string) => void, signal: AbortSignal) => Promise<HttpResponse>;

/** What becomes of one exchange. An empty object is a perfect network. */
export interface SimDelivery {
  readonly requestDelayMs?: number | undefined;
  readonly responseDelayMs?: number | undefined;
  /** The request never arrives; the sender sees a broken connection, or nothing until its deadline. */
  readonly loseRequest?: 'error' | 'hang' | undefined;
  /** The server acts, its answer never arrives. */
  readonly loseResponse?: 'error' | 'hang' | undefined;
  /** The server hears the request a second time, that many milliseconds after the first; that answer goes nowhere. */
  readonly duplicateAfterMs?: number | undefined;
  /** Only so many characters of the body arrive, and the platform notices nothing. */
  readonly cutBodyAt?: number | undefined;
  /** Something between the two answers instead; the server hears nothing. */
  readonly answerInstead?: HttpResponse | undefined;
  /** Something between the two changes the server's answer. */
  readonly alterAnswer?: ((response: HttpResponse) => HttpResponse) | undefined;
}

export type SimNetworkPolicy = (request: HttpRequest, tab: SimTab) => SimDelivery;

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const PERFECT: SimDelivery = {};

export class SimTransport implements Transport {
  readonly #tab: SimTab;
  #handler: SimHandler;
  policy: SimNetworkPolicy;
  /** Only where the platform can stream. */
  readonly stream?: NonNullable<Transport['stream']>;

  constructor(tab: SimTab, handler: SimHandler, policy: SimNetworkPolicy = () => PERFECT, stream?: SimStreamHandler) {
    this.#tab = tab;
    this.#handler = handler;
    this.policy = policy;
    if (stream !== undefined) this.stream = (request, onText, signal) => openSimStream({ tab, request, policy: () => this.policy(request, tab), stream, onText, signal });
  }

  /** Points the name of the server at something else. */
  reroute(handler: SimHandler): void {
    this.#handler = handler;
  }

  send(request: HttpRequest, signal: AbortSignal): Promise<TransportResult> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve(failed('aborted', 'aborted before it was sent'));
      const exchange = new Exchange(this.#tab, request, this.policy(request, this.#tab), resolve, signal);
      exchange.start(this.#handler);
    });
  }
}

class Exchange {
  readonly #tab: SimTab;
  readonly #request: HttpRequest;
  readonly #delivery: SimDelivery;
  readonly #resolve: (result: TransportResult) => void;
  readonly #signal: AbortSignal;
  readonly #onAbort = (): void => this.#end(failed('aborted', 'aborted by the caller'));
  readonly #cancelDeadline: () => void;
  #ended = false;

  constructor(tab: SimTab, request: HttpRequest, delivery: SimDelivery, resolve: (result: TransportResult) => void, signal: AbortSignal) {
    this.#tab = tab;
    this.#request = request;
    this.#delivery = delivery;
    this.#resolve = resolve;
    this.#signal = signal;
    signal.addEventListener('abort', this.#onAbort);
    this.#cancelDeadline = this.#later(request.timeoutMs, () => this.#end(failed('timeout', `no answer in ${request.timeoutMs} ms`)));
  }

  start(handler: SimHandler): void {
    const { requestDelayMs = 0, loseRequest, answerInstead, duplicateAfterMs } = this.#delivery;
    this.#later(requestDelayMs, () => {
      if (loseRequest === 'error') return this.#answer(broken());
      if (loseRequest === 'hang') return;
      if (answerInstead) return this.#answer(answerInstead);
      this.#ask(handler, (result) => this.#answer(result));
      if (duplicateAfterMs !== undefined) this.#later(duplicateAfterMs, () => this.#ask(handler, () => undefined));
    });
  }

  #ask(handler: SimHandler, heard: (result: HttpResponse | TransportResult) => void): void {
    // Never in the caller's stack: the server is another machine.
    Promise.resolve().then(() => handler(this.#request)).then(heard, () => heard(broken()));
  }

  #answer(result: HttpResponse | TransportResult): void {
    const { responseDelayMs = 0, loseResponse } = this.#delivery;
    if (loseResponse === 'hang') return;
    const outcome = loseResponse === 'error' ? broken() : this.#receive(result);
    this.#later(responseDelayMs, () => this.#end(outcome));
  }

  #receive(result: HttpResponse | TransportResult): TransportResult {
    if ('ok' in result && !result.ok) return result;
    let response = 'ok' in result ? result.response : result;
    const { alterAnswer, cutBodyAt } = this.#delivery;
    if (alterAnswer) response = alterAnswer(response);
    if (cutBodyAt !== undefined) response = { ...response, body: response.body.slice(0, cutBodyAt) };
    if (REDIRECTS.has(response.status)) return failed('redirected', `answered ${response.status}`);
    if (response.body.length > this.#request.maxBodyChars) return failed('too_large', `more than ${this.#request.maxBodyChars} characters`);
    return { ok: true, response };
  }

  #end(result: TransportResult): void {
    this.#tab.deliver(() => {
      if (this.#ended) return;
      this.#ended = true;
      this.#cancelDeadline();
      this.#signal.removeEventListener('abort', this.#onAbort);
      this.#resolve(result);
    });
  }

  #later(ms: number, run: () => void): () => void {
    const { scheduler } = this.#tab;
    return scheduler.schedule(scheduler.now + ms, run);
  }
}

function headersOf({ headers }: Response): Record<string, string> {
  const found: Record<string, string> = {};
  headers.forEach((value, name) => void (found[name] = value));
  return found;
}

/** A server app, made into a handler. `origin` is what the app sees in front of the path. */
export function appHandler(app: (request: Request) => Promise<Response>, origin = 'http://server.test'): (request: HttpRequest) => Promise<HttpResponse> {
  return async ({ method, path, headers, body }) => {
    // As every client on a real network says it.
    const length = body === undefined ? {} : { 'content-length': String(utf8Length(body)) };
    const response = await app(new Request(origin + path, { method, headers: { ...headers, ...length }, ...(body === undefined ? {} : { body }) }));
    return { status: response.status, headers: headersOf(response), body: await response.text() };
  };
}

/** The streams of a server app, made into a handler. */
export function appStreams(app: (request: Request) => Promise<Response>, origin = 'http://server.test'): SimStreamHandler {
  return async ({ method, path, headers }, onText, signal) => {
    const response = await app(new Request(origin + path, { method, headers }));
    if (!response.ok || response.body === null) return { status: response.status, headers: headersOf(response), body: await response.text() };
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    const stop = (): void => void reader.cancel().catch(() => undefined);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop);
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return { status: response.status, headers: headersOf(response), body: '' };
      onText(value);
    }
  };
}

/** The transport port of one tab. Without `stream` its platform cannot stream. */
export function createSimTransport(tab: SimTab, handler: SimHandler, policy?: SimNetworkPolicy, stream?: SimStreamHandler): SimTransport {
  return new SimTransport(tab, handler, policy, stream);
}
