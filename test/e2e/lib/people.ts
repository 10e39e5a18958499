// What a person does in the web timer, by the names on the page; and a desktop client that does it by script.
import 'fake-indexeddb/auto';
import { createSyncEngine, type SyncEngine } from '@syncline/core';
import { nodePorts } from '@syncline/core/node';
import type { Page } from 'playwright';

export interface Person {
  readonly username: string;
  readonly password: string;
}

export const DEMO: Person = { username: 'janechen', password: 'jane123' };

export interface SignedIn {
  readonly userId: string;
  readonly token: string;
}

export async function signInByApi(url: string, person: Person = DEMO): Promise<SignedIn> {
  const response = await fetch(`${url}/api/login`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(person) });
  const { access_token: token, user } = (await response.json()) as { access_token: string; user: { id: string } };
  return { userId: user.id, token };
}

export async function signIn(page: Page, person: Person = DEMO): Promise<void> {
  await page.getByLabel('Username').fill(person.username);
  await page.getByLabel('Password').fill(person.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('region', { name: 'Timer' }).waitFor();
}

/** Local wall time as a `datetime-local` field takes it. */
function fieldTime(time: number): string {
  const local = new Date(time - new Date(time).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The night before yesterday, when nobody in the demo history works. @param hours after midnight UTC, up to 7. */
export function atNight(hours: number): number {
  return Math.floor(Date.now() / DAY_MS) * DAY_MS - 2 * DAY_MS + hours * HOUR_MS;
}

/** Adds a finished session by hand and resolves to its id once its row is there. */
export async function addPastSession(page: Page, session: { start: number; end: number; category: string; project: string }): Promise<string> {
  const rows = page.locator('[data-session-id]');
  const before = new Set(await rows.evaluateAll((list) => list.map((row) => row.getAttribute('data-session-id'))));
  await page.getByRole('button', { name: 'Add past session' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Start time').fill(fieldTime(session.start));
  await dialog.getByLabel('End time').fill(fieldTime(session.end));
  await dialog.getByLabel('Category').fill(session.category);
  await dialog.getByLabel('Project').fill(session.project);
  await dialog.getByRole('button', { name: 'Add session' }).click();
  await dialog.waitFor({ state: 'hidden' });
  // Sessions of other devices may come into the list at the same moment.
  const words = [session.category, session.project, fieldTime(session.start).slice(11)];
  const added = await page.waitForFunction(
    ([known, said]) => [...document.querySelectorAll('[data-session-id]')]
      .filter((row) => said.every((word) => row.textContent.includes(word)))
      .map((row) => row.getAttribute('data-session-id'))
      .find((id) => id !== null && !known.includes(id)),
    [[...before], words] as const,
  );
  return String(await added.jsonValue());
}

export function stateOf(page: Page, id: string): Promise<string | null> {
  return page.locator(`[data-session-id="${id}"]`).first().getAttribute('data-state');
}

export async function waitForState(page: Page, id: string, state: string): Promise<void> {
  await page.locator(`[data-session-id="${id}"][data-state="${state}"]`).first().waitFor({ timeout: 60_000 });
}

/** Resolves when the page lists a conflict of exactly these sessions. */
export async function waitForConflict(page: Page, ids: readonly string[]): Promise<void> {
  const wanted = [...ids].sort().join(',');
  await page.waitForFunction(
    (sessions) => [...document.querySelectorAll('[data-testid="conflict"]')].some((item) => (item.getAttribute('data-sessions') ?? '').split(',').sort().join(',') === sessions),
    wanted,
    { timeout: 90_000 },
  );
}

/** A desktop client of the same account: the same engine in Node. */
export function desktopClient(url: string, { userId, token }: SignedIn): Promise<SyncEngine> {
  return createSyncEngine({
    user: userId,
    device: { type: 'windows_app', version: '1.1.0', name: 'Desktop', id: 'e2e-desktop' },
    server: { url, token: () => token },
    ports: nodePorts(url, { indexedDB, IDBKeyRange }),
  });
}

/** Resolves when the engine's source satisfies the condition. */
export function until<T>(source: { readonly current: T; subscribe(listener: () => void): () => void }, holds: (value: T) => boolean): Promise<T> {
  return new Promise((resolve) => {
    let stop = (): void => undefined;
    const look = (): void => {
      if (!holds(source.current)) return;
      stop();
      resolve(source.current);
    };
    stop = source.subscribe(look);
    look();
  });
}

/** The timeline on the week of that instant, which may be the one before. */
export async function showWeekOf(page: Page, instant: number): Promise<void> {
  const timeline = page.getByRole('region', { name: 'Timeline' });
  await timeline.getByRole('button', { name: 'Week' }).click();
  const today = new Date();
  const monday = new Date(today.getFullYear(), today.getMonth(), today.getDate() - ((today.getDay() + 6) % 7));
  if (instant < monday.getTime()) await timeline.getByRole('button', { name: 'Previous week' }).click();
}
