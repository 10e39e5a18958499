// The whole API as one function from a request to an answer. No sockets, no files, no time of its own.
// Order of the gates: address limit, method and path, token, user limit, query, body; only then the route.
import { type CallName, CALLS, parseCallerHeaders, parseQuery } from '@syncline/protocol';
import { type Context, Hono } from 'hono';
import { BearerCheck } from '../auth/bearer.ts';
import { LOGIN_ROUTES } from '../auth/login-routes.ts';
import type { AppConfig } from '../config.ts';
import type { ServerPorts } from '../ports.ts';
import { DATA_ROUTES } from '../routes/index.ts';
import { StreamHub } from '../stream/stream-hub.ts';
import { errorAnswer, jsonAnswer, toProblem } from './error-answer.ts';
import { apiHeaders, PREFLIGHT } from './headers.ts';
import { type Problem, problem } from './problem.ts';
import { readBody, readJson } from './read-body.ts';
import type { OpenAnswers, OpenInput, Route, RouteAnswer, SignedIn } from './route.ts';
import { UserCounts } from './user-counts.ts';

/** Requests of one user under way at once. */
const IN_FLIGHT_MAX = 32;
/** Exports of one user that are open. */
const EXPORTS_MAX = 4;

/** The caller of a call that needs no token. */
const NOBODY: SignedIn = { userId: '', sid: '', expiresAt: 0, stands: async () => false, admit: async () => undefined, usedBy: async () => undefined };

/** What the listener knows of the other end. */
export interface Connection {
  /** Network address of the peer, or null. */
  readonly address: string | null;
}

export interface App {
  (request: Request, connection?: Connection): Promise<Response>;
  /** Ends the streams that are open, with a word to their clients; requests go on. Call it before closing the listener. */
  stop(): void;
}

interface Bindings { readonly Bindings: { readonly connection: Connection; readonly requestId: string } }
type Gate = { readonly input: OpenInput; readonly request: Request; readonly url: URL };

class Api {
  readonly #ports: ServerPorts;
  readonly #config: AppConfig;
  readonly #bearer: BearerCheck;
  readonly #inFlight = new UserCounts(IN_FLIGHT_MAX, 1);
  readonly open: OpenAnswers = { streams: new StreamHub(), exports: new UserCounts(EXPORTS_MAX, 5) };

  constructor(ports: ServerPorts, config: AppConfig) {
    this.#ports = ports;
    this.#config = config;
    this.#bearer = new BearerCheck(ports);
  }

  async gate(request: Request, connection: Connection, requestId: string, call: CallName, params: Readonly<Record<string, string>>): Promise<Gate> {
    const { headers } = request;
    const address = callerAddress(headers, connection, this.#config.trustedProxies);
    const wait = await this.#ports.throttle?.beforeCall(address);
    if (wait) throw problem('too_many_requests', { headers: { 'Retry-After': String(wait) } });
    const url = new URL(request.url);
    const origin = this.#config.publicOrigin ?? url.origin;
    const input: OpenInput = {
      ports: this.#ports, config: this.#config, body: undefined, params, headers, requestId, now: this.#ports.clock.now(), origin, address, onRevoked: (sid) => this.#onRevoked(sid),
    };
    return { request, url, input: CALLS[call].auth === 'bearer' ? input : { ...input, body: await this.#body(request, call) } };
  }

  async signedIn(route: Route, { request, url, input }: Gate): Promise<RouteAnswer> {
    const user = await this.#bearer.check(input.headers, input.now);
    const wait = await this.#ports.throttle?.beforeUserCall(user.userId);
    if (wait) throw problem('too_many_requests', { headers: { 'Retry-After': String(wait) } });
    return this.#counted(user.userId, async () => {
      const query = this.#query(url, route.call);
      const body = route.parseBody === undefined
        ? await this.#body(request, route.call)
        : route.parseBody(await readJson(request, CALLS[route.call].bodyBytesMax), input.now);
      const caller = parseCallerHeaders((name) => input.headers.get(name));
      if (caller.ok && caller.value.deviceId !== undefined) await user.usedBy(caller.value.deviceId);
      return route.handle({ ...input, user, query, body, open: this.open });
    });
  }

  #onRevoked(sid: string): void {
    this.#bearer.forget(sid);
    this.open.streams.endLogin(sid);
  }

  /** Counts a request until its answer begins: a stream that stays open is none under way. */
  async #counted<T>(userId: string, work: () => Promise<T>): Promise<T> {
    const leave = this.#inFlight.enter(userId);
    try {
      return await work();
    } finally {
      leave();
    }
  }

  #query({ searchParams }: URL, call: CallName): unknown {
    const schema = CALLS[call].query;
    if (schema === null) {
      const unknown = [...new Set(searchParams.keys())];
      if (unknown.length > 0) throw problem('invalid_request', { details: unknown.map((path) => ({ path, message: 'is not a parameter of this call' })) });
      return {};
    }
    const parsed = parseQuery(schema, searchParams);
    if (!parsed.ok) throw problem('invalid_request', { details: parsed.issues });
    return parsed.value;
  }

  #body(request: Request, call: CallName): Promise<unknown> {
    const { request: schema, bodyBytesMax } = CALLS[call];
    return schema === null ? Promise.resolve(undefined) : readBody(request, schema, bodyBytesMax);
  }
}

// The last address that a proxy of ours wrote; whatever stands before it the caller may have made up.
function callerAddress(headers: Headers, { address }: Connection, trustedProxies: number): string | null {
  if (trustedProxies === 0) return address;
  const chain = (headers.get('X-Forwarded-For') ?? '').split(',').map((part) => part.trim()).filter((part) => part !== '');
  const last = chain.at(-trustedProxies);
  return last === undefined ? address : withoutPort(last);
}

/** Some proxies name the caller's port as well: with it every connection would be a caller of its own. */
function withoutPort(text: string): string {
  return /^\[([^\]]+)\]/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
}

/** The API over these ports. */
export function createApp(ports: ServerPorts, config: AppConfig): App {
  const api = new Api(ports, config);
  const app = new Hono<Bindings>();
  const headersOf = apiHeaders(config.publicOrigin?.startsWith('https:') ?? false, config.corsOrigins);
  const refuse = (refusal: Problem, { req, env: { requestId } }: Context<Bindings>): Response => errorAnswer(refusal, requestId, headersOf(req.raw.headers, requestId));
  app.options('*', ({ req, env }) => new Response(null, { status: 204, headers: { ...headersOf(req.raw.headers, env.requestId), ...PREFLIGHT } }));
  const serve = (call: CallName, answer: (gate: Gate) => Promise<RouteAnswer>): void => {
    app.on(CALLS[call].method, pathOf(call), async ({ req, env: { connection, requestId } }) => {
      const gate = await api.gate(req.raw, connection, requestId, call, req.param());
      const response = toResponse(await answer(gate), headersOf(req.raw.headers, requestId));
      // Who asks for the headers alone reads no stream, and must not leave one open.
      if (req.raw.method === 'HEAD') await response.body?.cancel();
      return response;
    });
  };
  for (const route of LOGIN_ROUTES) serve(route.call, ({ input }) => route.handle(input));
  for (const route of DATA_ROUTES) {
    const isOpen = CALLS[route.call].auth === 'none';
    serve(route.call, (gate) => (isOpen ? route.handle({ ...gate.input, user: NOBODY, query: {}, open: api.open }) : api.signedIn(route, gate)));
  }
  // After all of them: several calls share a path.
  for (const path of new Set(Object.values(CALLS).map((call) => call.path))) {
    const methods = Object.values(CALLS).filter((call) => call.path === path).map((call) => call.method);
    app.all(toPattern(path), () => {
      throw problem('method_not_allowed', { headers: { Allow: methods.join(', ') } });
    });
  }
  app.notFound((context) => refuse(problem('not_found'), context));
  app.onError((thrown, context) => refuse(toProblem(thrown, ports.log, context.env.requestId), context));
  const serveRequest = async (request: Request, connection: Connection = { address: null }): Promise<Response> =>
    app.fetch(request, { connection, requestId: ports.ids.uuid() });
  return Object.assign(serveRequest, { stop: () => api.open.streams.stop() });
}

function pathOf(call: CallName): string {
  return toPattern(CALLS[call].path);
}

/** `/a/{id}` in the words of the router: `/a/:id`. */
function toPattern(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}

function toResponse({ status, body, headers }: RouteAnswer, always: Readonly<Record<string, string>>): Response {
  const all = { ...always, ...headers };
  return body instanceof ReadableStream ? new Response(body, { status, headers: all }) : jsonAnswer(status, body, all);
}
