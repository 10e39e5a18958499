// A real server in a process of its own, on a data folder of its own; it can be killed at any moment and started again.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Person } from './people.ts';
import { ServerCommand } from '../../provision/server-command.ts';

export class ServerProcess {
  readonly #dataDir: string;
  #command: ServerCommand | null = null;
  /** Its address; the same after every start. */
  url = 'http://127.0.0.1:0';

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
  }

  /** Starts it, or starts it again on the same port and folder. Resolves when it answers. */
  async start(): Promise<void> {
    this.#command = new ServerCommand([], { PORT: new URL(this.url).port, DATA_DIR: this.#dataDir });
    this.url = await this.#command.listening();
  }

  /** A new account, with nothing in it. */
  async addAccount({ username, password }: Person): Promise<void> {
    const command = new ServerCommand(['account', 'add', username], { DATA_DIR: this.#dataDir, ACCOUNT_PASSWORD: password });
    if ((await command.ended()) !== 0) throw new Error(command.said);
  }

  /** SIGKILL: no goodbye. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  async dispose(): Promise<void> {
    await this.stop();
    await rm(this.#dataDir, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    await this.#command?.signal(signal);
    this.#command = null;
  }
}

/** A server that was started on an empty folder. */
export async function startServer(): Promise<ServerProcess> {
  const server = new ServerProcess(await mkdtemp(join(tmpdir(), 'syncline-e2e-')));
  await server.start();
  return server;
}
