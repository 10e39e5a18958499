// Who is signed in. The access token lives in this object and nowhere else; what survives a reload is a cookie that scripts
// cannot read, and the name of the last user, so that the right sessions open at once and offline.
import type { Source } from '@syncline/core';
import { tellWorker } from './last-user.ts';
import { onRememberedElsewhere, recall, remember } from './remembered.ts';
import { count } from './words.ts';
import { type Answer, ASK_MS, JSON_HEADERS, OWN_PAGE_HEADERS, renewToken } from './renew.ts';

export interface User {
  readonly id: string;
  readonly username: string;
}

/** A server that does not answer keeps nobody from signing in again for longer. */
const LEAVE_MS = 10_000;

export type SignInOutcome = { readonly ok: true } | { readonly ok: false; readonly message: string };

/** The user whose sessions this browser shows, in every tab; null when nobody is. Signing out in one tab signs out all. */
export class Account implements Source<User | null> {
  #token: string | null = null;
  #refreshing: Promise<string | null> | null = null;
  /** The last sign-out, until the server has answered or cannot be asked. */
  #leaving: Promise<void> = Promise.resolve();
  #current: User | null = userFrom(recall('user'));
  readonly #listeners = new Set<() => void>();

  constructor() {
    tellWorker(this.#current?.id ?? null);
    onRememberedElsewhere('user', () => this.#show(userFrom(recall('user'))));
    addEventListener('online', () => this.#leave());
    this.#leave();
  }

  get current(): User | null {
    return this.#current;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  async signIn(username: string, password: string): Promise<SignInOutcome> {
    await this.#leaving;
    return inTurn(async () => {
      try {
        const signal = AbortSignal.timeout(ASK_MS);
        const response = await fetch('/api/login', { method: 'POST', headers: JSON_HEADERS, body: JSON.stringify({ username, password }), signal });
        const body = (await response.json()) as Partial<Answer> & { readonly error?: string };
        if (!response.ok || body.access_token === undefined || body.user === undefined) return { ok: false, message: refusalWords(response, body.error) };
        this.#keep({ access_token: body.access_token, user: body.user });
        return { ok: true };
      } catch {
        return { ok: false, message: 'The server cannot be reached. Signing in needs a connection, once; afterwards the timer works without.' };
      }
    });
  }

  /** For the engine: the token, or a new one by the cookie, or null when the server says that nobody is signed in. Rejects when it cannot be asked. */
  token(): Promise<string | null> {
    return this.#token === null ? this.#refreshOnce() : Promise.resolve(this.#token);
  }

  /** The server refused the token: the next question goes to the cookie. */
  dropToken(): void {
    this.#token = null;
  }

  /** At once here and in every tab, whatever the server says. Resolves when it has answered, or cannot be asked: then that is owed. */
  signOut(): Promise<void> {
    remember('user', null);
    tellWorker(null);
    remember('signOutOwed', '1');
    this.#show(null);
    this.#leave();
    return this.#leaving;
  }

  /** Offline, the cookie cannot be taken back; that is done when the page is next opened, or the network comes back. */
  #leave(): void {
    this.#leaving = this.#leaving.then(() => this.#endLogin());
  }

  async #endLogin(): Promise<void> {
    const isOwed = (): boolean => this.#current === null && recall('signOutOwed') !== null;
    if (isOwed()) await inTurn(async () => {
      if (!isOwed()) return;
      const signal = AbortSignal.timeout(LEAVE_MS);
      const response = await fetch('/api/auth/logout', { method: 'POST', headers: OWN_PAGE_HEADERS, body: '{}', signal }).catch(() => null);
      if (response?.ok) remember('signOutOwed', null);
    });
  }

  #refreshOnce(): Promise<string | null> {
    this.#refreshing ??= this.#refresh().finally(() => (this.#refreshing = null));
    return this.#refreshing;
  }

  async #refresh(): Promise<string | null> {
    const token = await renewToken((id) => id === this.#current?.id);
    return token === null ? null : (this.#token = token);
  }

  #keep({ access_token: token, user: { id, username } }: Answer): void {
    remember('user', JSON.stringify({ id, username }));
    tellWorker(id);
    remember('signOutOwed', null);
    this.#show({ id, username }, token);
  }

  /** A token never outlives the account it was given to. */
  #show(user: User | null, token: string | null = null): void {
    const isSame = user?.id === this.#current?.id;
    this.#token = isSame ? (token ?? this.#token) : token;
    if (isSame) return;
    this.#current = user;
    for (const listener of this.#listeners) listener();
  }
}

/**
 * Signing out and signing in, one after the other in all tabs: the answer to the one takes the cookie away, and it must not be that of whoever signs in
 * next. Where there are no locks, or a tab that sleeps has this one, it is not waited for.
 */
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  let isBegun = false;
  try {
    return await navigator.locks.request('syncline.cookie', { signal: AbortSignal.timeout(LEAVE_MS) }, () => {
      isBegun = true;
      return work();
    });
  } catch (error) {
    if (isBegun) throw error;
    return work();
  }
}

function userFrom(text: string | null): User | null {
  try {
    const user = JSON.parse(text ?? 'null') as Partial<User> | null;
    return typeof user?.id === 'string' && typeof user.username === 'string' ? { id: user.id, username: user.username } : null;
  } catch {
    return null;
  }
}

function refusalWords(response: Response, error: string | undefined): string {
  if (response.status === 401) return 'That username and password do not belong together.';
  const wait = response.status === 429 ? Number(response.headers.get('Retry-After')) : Number.NaN;
  return wait > 0 ? `Too many tries. Try again in ${count(wait, 'second')}.` : (error ?? 'Signing in failed. Try again in a moment.');
}
