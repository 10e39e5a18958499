// Stands before a server as whoever runs it puts out newer examples: from then on the pages, their scripts and their workers are others, and the
// server takes nothing any more from the older.
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const OLD_APP = 'Syncline-Web-v1.0.0';

export class ReleaseGate {
  readonly #behind: string;
  readonly #server: Server;
  #isOut = false;

  constructor(behind: string) {
    this.#behind = behind;
    this.#server = createServer((asked, answer) => this.#pass(asked, answer));
  }

  async open(): Promise<string> {
    await new Promise<void>((resolve) => void this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The newer release is out: its page says so in a `meta` named `release`. */
  putOut(): void {
    this.#isOut = true;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #pass(asked: IncomingMessage, answer: ServerResponse): void {
    const { method, url = '/', headers } = asked;
    if (this.#isOut && url === '/api/sync/exchange' && headers['x-app-identifier'] === OLD_APP) {
      asked.resume();
      answer.writeHead(426, { 'Content-Type': 'application/json' }).end('{"error":"This version is too old"}');
      return;
    }
    const passed = request(this.#behind + url, { method, headers: { ...headers, 'accept-encoding': 'identity' } }, (found) => {
      const isOther = this.#isOut && /^(\/status-board)?\/(\?|$|sw\.js|assets\/.*\?newer)/.test(url);
      if (isOther) void this.#change(found, answer);
      else found.pipe(answer.writeHead(found.statusCode ?? 502, found.headers));
    });
    passed.on('error', () => answer.destroy());
    asked.pipe(passed);
  }

  async #change(found: IncomingMessage, answer: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of found) parts.push(part as Buffer);
    const headers: IncomingHttpHeaders = { ...found.headers };
    delete headers['content-length'];
    answer.writeHead(found.statusCode ?? 502, headers).end(newer(Buffer.concat(parts).toString()));
  }
}

/** The page with its script under another name, the worker that keeps both, or the script, which says another version. */
function newer(text: string): string {
  return text
    .replace('</head>', '<meta name="release" content="newer"></head>')
    .replace(/("url":"(\/status-board)?\/","revision":")\w+/, '$1newer')
    .replace(/\/assets\/index-[\w-]+\.js/, '$&?newer')
    .replace(/`1\.0\.0`/, '`2.0.0`');
}
