// The server's command as a person runs it: a child process, what it says, and how it ends.
import { type ChildProcess, spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

export class ServerCommand {
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;
  /** Everything it said, on both channels. */
  said = '';

  /** @param isBuilt runs what `tsc -b` made, which starts sooner, in place of the sources. */
  constructor(args: readonly string[], env: Readonly<Record<string, string>>, isBuilt = false) {
    const { PATH = '', HOME = '', TMPDIR = '/tmp' } = process.env;
    const program = isBuilt ? ['packages/server/dist/main.js'] : ['--conditions=@syncline/source', '--import', 'tsx', 'packages/server/src/main.ts'];
    this.#child = spawn(process.execPath, [...program, ...args], {
      cwd: root, env: { PATH, HOME, TMPDIR, ...env }, stdio: ['ignore', 'pipe', 'pipe'],
    });
    const hear = (data: Buffer): void => void (this.said += data.toString());
    this.#child.stdout?.on('data', hear);
    this.#child.stderr?.on('data', hear);
    this.#ended = new Promise((resolve) => this.#child.once('close', (code) => resolve(code)));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Exit code, once it has ended; null after a signal that it did not catch. */
  ended(): Promise<number | null> {
    return this.#ended;
  }

  /** Address of the server, once it says so. */
  async listening(): Promise<string> {
    const ended = this.#ended.then((code) => Promise.reject(new Error(`it ended with ${code}:\n${this.said}`)));
    const heard = new Promise<string>((resolve) => {
      const look = (): void => {
        const url = /API\s+(http:\/\/\S+:\d+)\//.exec(this.said)?.[1];
        if (url !== undefined && this.said.includes('Ctrl-C')) resolve(url);
      };
      this.#child.stdout?.on('data', look);
      look();
    });
    return Promise.race([heard, ended]);
  }

  signal(name: NodeJS.Signals): Promise<number | null> {
    this.#child.kill(name);
    return this.#ended;
  }
}
