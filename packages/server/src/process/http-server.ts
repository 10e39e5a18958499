// The listener's own limits: how long a caller may take over each part of a request. The app behind it knows no sockets.
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { refuseOnSocket } from './broken-request.ts';

/** Milliseconds, but for the size. */
export interface HttpLimits {
  /** From the connection, or the answer before, to the end of the headers. */
  readonly headersMs: number;
  /** From the end of the headers to the end of the body. */
  readonly bodyMs: number;
  /** From the first byte of a request to its last. */
  readonly requestMs: number;
  /** How long an idle connection is kept. */
  readonly idleMs: number;
  /** How long nothing may be written or read while a request is under way: a caller who does not read its answer would keep that in memory. */
  readonly stalledMs: number;
  /** How often the platform looks for connections that are over their time. */
  readonly checkEveryMs: number;
  readonly headerBytes: number;
}

export const HTTP_LIMITS: HttpLimits = { headersMs: 10_000, bodyMs: 15_000, requestMs: 30_000, idleMs: 10_000, stalledMs: 60_000, checkEveryMs: 2_000, headerBytes: 16_384 };

/** A server that hangs up on callers who take longer than the limits. It does not listen yet. */
export function createHttpServer(listener: RequestListener, limits: HttpLimits = HTTP_LIMITS): Server {
  const server = createServer({
    headersTimeout: limits.headersMs, requestTimeout: limits.requestMs, keepAliveTimeout: limits.idleMs,
    connectionsCheckingInterval: limits.checkEveryMs, maxHeaderSize: limits.headerBytes,
    // The platform refuses a missing Host without a body; here it is refused in the same words as everything else.
    requireHostHeader: false,
  });
  server.timeout = limits.stalledMs;
  server.on('request', (request, response) => {
    if (request.headers.host === undefined && request.httpVersion !== '1.0') return refuseOnSocket(request.socket, 'invalid_request');
    if (hasBody(request)) limitBody(request, response, limits.bodyMs);
    listener(request, response);
  });
  // HTTP lets a server pass over an expectation it does not know. The platform would refuse it, without a body.
  server.on('checkExpectation', (request, response) => void server.emit('request', request, response));
  return server;
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

// The platform has a limit for the headers and one for the whole, none for the body.
function limitBody(request: IncomingMessage, response: ServerResponse, bodyMs: number): void {
  const { socket } = request;
  const timer = setTimeout(() => {
    if (request.complete) return;
    if (response.headersSent) socket.destroy();
    else refuseOnSocket(socket, 'request_timeout');
  }, bodyMs).unref();
  for (const event of ['end', 'close']) request.once(event, () => clearTimeout(timer));
}
