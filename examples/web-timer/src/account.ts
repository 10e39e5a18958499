// Who is signed in. The access token lives in this closure and nowhere else; what survives a reload is a cookie that scripts
// cannot read, and the name of the last user, so that the right sessions open offline.
export interface User {
  readonly id: string;
  readonly username: string;
}

export type SignInOutcome = { readonly ok: true; readonly user: User } | { readonly ok: false; readonly message: string };

const REMEMBERED = 'syncline.lastUser';
const JSON_HEADERS = { 'Content-Type': 'application/json' };
const OWN_PAGE_HEADERS = { ...JSON_HEADERS, 'X-Syncline-Refresh': '1' };

interface Answer {
  readonly access_token: string;
  readonly user: User;
}

export class Account {
  #token: string | null = null;
  #refreshing: Promise<string | null> | null = null;

  /** The last user of this browser, or null. */
  get remembered(): User | null {
    try {
      const user = JSON.parse(localStorage.getItem(REMEMBERED) ?? 'null') as Partial<User> | null;
      return typeof user?.id === 'string' && typeof user.username === 'string' ? { id: user.id, username: user.username } : null;
    } catch {
      return null;
    }
  }

  async signIn(username: string, password: string): Promise<SignInOutcome> {
    try {
      const response = await fetch('/api/login', { method: 'POST', headers: JSON_HEADERS, body: JSON.stringify({ username, password }) });
      const body = (await response.json()) as Partial<Answer> & { readonly error?: string };
      if (!response.ok || body.access_token === undefined || body.user === undefined) return { ok: false, message: body.error ?? 'Signing in failed' };
      return { ok: true, user: this.#keep({ access_token: body.access_token, user: body.user }) };
    } catch {
      return { ok: false, message: 'The server cannot be reached. Signing in needs a connection once.' };
    }
  }

  /** Comes back after a reload. `unknown`: the server could not be asked. */
  async comeBack(): Promise<'signed_in' | 'signed_out' | 'unknown'> {
    try {
      return (await this.refresh()) === null ? 'signed_out' : 'signed_in';
    } catch {
      return 'unknown';
    }
  }

  /** For the engine: the token, or a new one, or null when nobody is signed in. Rejects when the server cannot be asked. */
  token(): Promise<string | null> {
    return this.#token === null ? this.refresh() : Promise.resolve(this.#token);
  }

  /** A new token by the cookie; one request however many ask. */
  refresh(): Promise<string | null> {
    this.#refreshing ??= this.#refresh().finally(() => (this.#refreshing = null));
    return this.#refreshing;
  }

  async signOut(): Promise<void> {
    this.#token = null;
    localStorage.removeItem(REMEMBERED);
    await fetch('/api/auth/logout', { method: 'POST', headers: OWN_PAGE_HEADERS, body: '{}' }).catch(() => undefined);
  }

  async #refresh(): Promise<string | null> {
    const response = await fetch('/api/auth/refresh', { method: 'POST', headers: OWN_PAGE_HEADERS, body: '{}' });
    if (response.status === 401 || response.status === 403) return (this.#token = null);
    if (!response.ok) throw new Error(`refresh answered ${response.status}`);
    this.#keep((await response.json()) as Answer);
    return this.#token;
  }

  #keep({ access_token: token, user: { id, username } }: Answer): User {
    this.#token = token;
    localStorage.setItem(REMEMBERED, JSON.stringify({ id, username }));
    return { id, username };
  }
}
