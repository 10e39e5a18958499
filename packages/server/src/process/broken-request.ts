// Requests that the HTTP parser refuses, or whose address nobody can read, never reach a route. They are told why in the same words
// as every other error.
import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { ERRORS, type ErrorCode } from '@syncline/protocol';
import { errorAnswer } from '../http/error-answer.ts';
import { apiHeaders } from '../http/headers.ts';
import { problem } from '../http/problem.ts';

const CODES: Readonly<Record<string, ErrorCode>> = { HPE_HEADER_OVERFLOW: 'headers_too_large', ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout' };
const headersOf = apiHeaders(false, []);
const REASONS: Readonly<Record<number, string>> = { 400: 'Bad Request', 408: 'Request Timeout', 431: 'Request Header Fields Too Large' };

/** Answers with the documented error body and closes the connection: nobody knows where the next request would begin. */
export function answerBrokenRequests(server: Server): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
    refuseOnSocket(socket, CODES[error.code ?? ''] ?? 'invalid_request');
  });
}

/** The documented error body, and the connection closed. Only before an answer began. */
export function refuseOnSocket(socket: Duplex, code: ErrorCode): void {
  socket.end(brokenAnswer(code, randomUUID()), () => socket.destroy());
}

/** For an address that is none: its host holds a blank, for example, or it is `*`. */
export function refuseAddress(): Response {
  const requestId = randomUUID();
  return errorAnswer(problem('invalid_request'), requestId, headersOf(new Headers(), requestId));
}

function brokenAnswer(code: ErrorCode, requestId: string): string {
  const { status, message } = ERRORS[code];
  const body = JSON.stringify({ error: message, code, request_id: requestId });
  return [
    `HTTP/1.1 ${status} ${REASONS[status] ?? 'Error'}`, 'Content-Type: application/json; charset=utf-8', `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store', 'X-Content-Type-Options: nosniff', `X-Request-Id: ${requestId}`, 'Connection: close', '', body,
  ].join('\r\n');
}
