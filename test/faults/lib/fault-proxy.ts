// Stands between engine and server on loopback and does to each exchange what a test wants, byte by byte on raw sockets.
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';

/** What happens to one exchange. `delivered`: the server got the request and acted, only its answer is replaced. */
export type Fault =
  | { readonly kind: 'pass' }
  | { readonly kind: 'answer'; readonly answer: ScriptedAnswer; readonly delivered?: boolean | undefined }
  /** The server gets this part of the request (0 to 1, never all of it), the client a broken connection. */
  | { readonly kind: 'cut-request'; readonly at: number; readonly reset: boolean }
  /** The client gets this part of the answer (0 to 1, never all of it), then a broken connection. */
  | { readonly kind: 'cut-answer'; readonly at: number; readonly reset: boolean }
  /** Nothing is ever answered. */
  | { readonly kind: 'hang'; readonly delivered?: boolean | undefined }
  /** The head of an answer, then a byte now and then. */
  | { readonly kind: 'trickle'; readonly delivered?: boolean | undefined };

export interface ScriptedAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
  /** Said in place of the body's true length. */
  readonly contentLength?: number | undefined;
}

export interface ProxiedCall {
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  readonly body: string;
}

export interface FaultProxy {
  readonly url: string;
  /** Decides about each exchange; everything passes until it is set. */
  plan: (call: ProxiedCall) => Fault;
  close(): Promise<void>;
}

const TRICKLE_MS = 20;

class Proxy implements FaultProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #upstreamPort: number;
  plan: (call: ProxiedCall) => Fault = () => ({ kind: 'pass' });

  constructor(upstreamPort: number) {
    this.#upstreamPort = upstreamPort;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  listen(): Promise<void> {
    return new Promise((resolve) => void this.#server.listen(0, '127.0.0.1', resolve));
  }

  close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    return new Promise((resolve) => void this.#server.close(() => resolve()));
  }

  #keep(socket: Socket): Socket {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => this.#sockets.delete(socket));
    return socket;
  }

  // One exchange a connection: every answer says so or breaks off.
  #accept(socket: Socket): void {
    let received = Buffer.alloc(0);
    this.#keep(socket).on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      const request = completeRequest(received);
      if (request === null) return;
      socket.removeAllListeners('data').resume();
      this.#exchange(socket, request).catch(() => socket.destroy());
    });
  }

  async #exchange(socket: Socket, request: Request): Promise<void> {
    const fault = this.plan(request.call);
    if (fault.kind === 'cut-request') {
      await this.#ask(request.bytes.subarray(0, Math.floor(fault.at * request.bytes.length)), true);
      return breakOff(socket, fault.reset);
    }
    const isDelivered = fault.kind === 'pass' || fault.kind === 'cut-answer' || fault.delivered === true;
    const answer = isDelivered ? await this.#ask(request.bytes, false) : Buffer.alloc(0);
    if (fault.kind === 'pass') socket.end(answer);
    else if (fault.kind === 'cut-answer') socket.write(answer.subarray(0, Math.floor(fault.at * answer.length)), () => breakOff(socket, fault.reset));
    else if (fault.kind === 'answer') socket.end(bytesOf(fault.answer));
    else if (fault.kind === 'trickle') trickle(socket);
  }

  /** Everything the server says to these bytes; with `leave` we hang up once they are sent. */
  #ask(bytes: Buffer, leave: boolean): Promise<Buffer> {
    return new Promise((resolve) => {
      const parts: Buffer[] = [];
      const upstream = this.#keep(connect({ port: this.#upstreamPort, host: '127.0.0.1' }));
      upstream.on('data', (part: Buffer) => parts.push(part));
      upstream.once('close', () => resolve(Buffer.concat(parts)));
      upstream.write(bytes, () => void (leave && upstream.destroy()));
    });
  }
}

interface Request {
  readonly call: ProxiedCall;
  /** The request as the server is to get it. */
  readonly bytes: Buffer;
}

function completeRequest(received: Buffer): Request | null {
  const headEnd = received.indexOf('\r\n\r\n');
  if (headEnd < 0) return null;
  const head = received.subarray(0, headEnd).toString('latin1');
  const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
  const body = received.subarray(headEnd + 4);
  if (body.length < length) return null;
  const [method = '', target = ''] = head.split(' ');
  const closing = `${head.replace(/^connection:.*\r?\n?/gim, '').trimEnd()}\r\nconnection: close\r\n\r\n`;
  return {
    call: { method, path: target.split('?')[0] ?? '', body: body.toString('utf8') },
    bytes: Buffer.concat([Buffer.from(closing, 'latin1'), body]),
  };
}

function bytesOf({ status, headers = {}, body = '', contentLength }: ScriptedAnswer): Buffer {
  const payload = Buffer.from(body, 'utf8');
  const lines = Object.entries({ 'content-length': String(contentLength ?? payload.length), connection: 'close', ...headers });
  const head = `HTTP/1.1 ${status} Scripted\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), payload]);
}

function breakOff(socket: Socket, reset: boolean): void {
  if (reset) socket.resetAndDestroy();
  else socket.end();
}

function trickle(socket: Socket): void {
  socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n{');
  const timer = setInterval(() => socket.write(' '), TRICKLE_MS);
  socket.once('close', () => clearInterval(timer));
}

/** A proxy to the server on that port of this machine. */
export async function startFaultProxy(upstreamPort: number): Promise<FaultProxy> {
  const proxy = new Proxy(upstreamPort);
  await proxy.listen();
  return proxy;
}
