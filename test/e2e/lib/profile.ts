// A browser profile on disk, as one person's browser on one machine: it can be closed and opened again with everything it stored.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright';
import { findBrowser } from '../../provision/browser.mjs';

export class Profile {
  readonly #folder: string;
  #context: BrowserContext | null = null;

  constructor(folder: string) {
    this.#folder = folder;
  }

  get context(): BrowserContext {
    if (this.#context === null) throw new Error('the browser of this profile is closed');
    return this.#context;
  }

  async open(options: { readonly width?: number; readonly dark?: boolean } = {}): Promise<void> {
    const browser = findBrowser();
    if (browser === undefined) throw new Error('no Chromium on this machine');
    this.#context = await chromium.launchPersistentContext(this.#folder, {
      executablePath: browser.executablePath,
      args: [...browser.args],
      env: browser.env,
      headless: true,
      viewport: { width: options.width ?? 1280, height: 900 },
      colorScheme: options.dark ? 'dark' : 'light',
    });
  }

  async page(url: string): Promise<Page> {
    const page = await this.context.newPage();
    await page.goto(url);
    return page;
  }

  async close(): Promise<void> {
    await this.#context?.close();
    this.#context = null;
  }

  async dispose(): Promise<void> {
    await this.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** A fresh, empty profile with its browser open. */
export async function openProfile(options: { readonly width?: number; readonly dark?: boolean } = {}): Promise<Profile> {
  const profile = new Profile(await mkdtemp(join(tmpdir(), 'syncline-profile-')));
  await profile.open(options);
  return profile;
}
