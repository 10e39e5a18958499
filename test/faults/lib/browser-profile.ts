// A profile on disk with a browser of its own, started without a driver's usual overrides: tabs in the background are really hidden, and can
// be frozen.
import { type ChildProcess, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium } from 'playwright';
import { findBrowser } from '../../provision/browser.mjs';

export class BrowserProfile {
  readonly #folder: string;
  #process: ChildProcess | null = null;
  #browser: Browser | null = null;

  constructor(folder: string) {
    this.#folder = folder;
  }

  get context(): BrowserContext {
    const context = this.#browser?.contexts()[0];
    if (context === undefined) throw new Error('the browser is closed');
    return context;
  }

  async open(): Promise<this> {
    const found = findBrowser();
    if (found === undefined) throw new Error('no Chromium on this machine');
    const args = [...found.args, '--headless', '--remote-debugging-port=0', `--user-data-dir=${this.#folder}`, '--no-default-browser-check', 'about:blank'];
    const child = spawn(found.executablePath, args, { env: found.env, stdio: ['ignore', 'ignore', 'pipe'] });
    this.#process = child;
    process.once('exit', () => child.kill('SIGKILL'));
    this.#browser = await chromium.connectOverCDP(await addressOf(child), { noDefaults: true });
    return this;
  }

  /** As a person closes it: what it has in memory goes to the disk. */
  async close(): Promise<void> {
    const child = this.#process;
    if (child === null) return;
    this.#process = null;
    const ended = new Promise((resolve) => void child.once('close', resolve));
    const session = await this.#browser?.newBrowserCDPSession();
    session?.send('Browser.close').catch(() => undefined);
    await ended;
    await this.#browser?.close();
    this.#browser = null;
  }

  /** The same files under another name, as a backup or the image of a machine has them. The browser must be closed. */
  async copy(): Promise<BrowserProfile> {
    const folder = await mkdtemp(join(tmpdir(), 'syncline-faults-'));
    await cp(this.#folder, folder, { recursive: true });
    return new BrowserProfile(folder);
  }

  async dispose(): Promise<void> {
    await this.close();
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr?.on('data', (part: Buffer) => {
      said += part.toString();
      const address = /DevTools listening on (ws:\S+)/.exec(said)?.[1];
      if (address !== undefined) resolve(address);
    });
    child.once('close', (code) => reject(new Error(`Chromium ended with ${code}: ${said.slice(-2000)}`)));
  });
}

/** A fresh profile with its browser open. @param preferences what a person has set in it. */
export async function newProfile(preferences: object = {}): Promise<BrowserProfile> {
  const folder = await mkdtemp(join(tmpdir(), 'syncline-faults-'));
  await mkdir(join(folder, 'Default'));
  await writeFile(join(folder, 'Default', 'Preferences'), JSON.stringify(preferences));
  return new BrowserProfile(folder).open();
}
