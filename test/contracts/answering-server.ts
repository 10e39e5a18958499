// The HTTP server of the transport contract.
import { answerOf, type ContractAnswer } from '../../packages/core/src/testing/index.ts';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface AnsweringServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Answers one request as the contract says. */
export async function answerRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = '';
  request.setEncoding('utf8');
  for await (const part of request) body += part;
  const headers = request.headers as Record<string, string>;
  const method = request.method as 'GET' | 'POST' | 'PUT' | 'DELETE';
  await give(answerOf({ method, path: request.url ?? '', headers, body }), response);
}

async function give(answer: ContractAnswer, response: ServerResponse): Promise<void> {
  if (answer.kind === 'answer') {
    response.writeHead(answer.response.status, { ...answer.response.headers }).end(answer.response.body);
  } else if (answer.kind === 'chunks') {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const chunk of answer.chunks) {
      response.write(chunk);
      await new Promise((resolve) => setImmediate(resolve));
    }
    response.end();
  } else if (answer.kind === 'break') {
    response.destroy();
  } else if (answer.kind === 'stall') {
    response.writeHead(200, { 'content-type': 'application/json' }).write('{"half":');
  } else if (answer.kind === 'trickle') {
    response.writeHead(200, { 'content-type': 'application/json' }).write(' ');
    const timer = setInterval(() => response.write(' '), 20);
    response.on('close', () => clearInterval(timer));
  }
}

/** Listens on a port of the system's choice. */
export async function startAnsweringServer(): Promise<AnsweringServer> {
  const server = createServer((request, response) => void answerRequest(request, response));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> => new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${port}`, close };
}
