// A real server in a process of its own, on a data folder of its own; it can be killed at any moment and started again.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const START_MS = 60_000;

export class ServerProcess {
  readonly #dataDir: string;
  readonly #env: Readonly<Record<string, string>>;
  #child: ChildProcess | null = null;
  #port = 0;

  constructor(dataDir: string, env: Readonly<Record<string, string>>) {
    this.#dataDir = dataDir;
    this.#env = env;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Starts it, or starts it again on the same port and folder. Resolves when it answers. */
  async start(): Promise<void> {
    const child = spawn(
      process.execPath,
      ['--conditions=@syncline/source', '--import', 'tsx', join(root, 'packages/server/src/main.ts')],
      { cwd: root, env: { ...process.env, ...this.#env, PORT: String(this.#port), DATA_DIR: this.#dataDir }, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    this.#child = child;
    this.#port = await listeningPort(child);
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
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }
}

function listeningPort(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let said = '';
    const failed = (why: string): void => reject(new Error(`the server did not start (${why}):\n${said}`));
    const timer = setTimeout(() => failed('time is up'), START_MS);
    const hear = (data: Buffer): void => {
      said += data.toString();
      const port = /http:\/\/127\.0\.0\.1:(\d+)/.exec(said)?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      resolve(Number(port));
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('exit', (code) => {
      clearTimeout(timer);
      failed(`it ended with ${code}`);
    });
  });
}

/** A server that was started on an empty folder. */
export async function startServer(env: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
  const server = new ServerProcess(await mkdtemp(join(tmpdir(), 'syncline-e2e-')), env);
  await server.start();
  return server;
}
