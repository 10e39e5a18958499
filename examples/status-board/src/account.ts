// The web timer's sign-in, used from a second page: who was last signed in in this browser, and a token by the cookie that
// scripts cannot read. The token is kept in memory only.
const REMEMBERED = 'syncline.lastUser';
const DEVICE_NAME = 'syncline.deviceName';

interface Answer {
  readonly access_token: string;
  readonly user: { readonly id: string };
}

/** The id of this browser's user, or null. */
export function rememberedUser(): string | null {
  try {
    const user = JSON.parse(localStorage.getItem(REMEMBERED) ?? 'null') as { readonly id?: unknown } | null;
    return typeof user?.id === 'string' ? user.id : null;
  } catch {
    return null;
  }
}

/** What the timer calls this browser; undefined when it never said so. */
export function rememberedDevice(): string | undefined {
  return localStorage.getItem(DEVICE_NAME) ?? undefined;
}

/** Calls when somebody signs in, out, or in as somebody else, in another page of this browser. */
export function onUserChange(run: () => void): void {
  addEventListener('storage', ({ key }) => {
    if (key === REMEMBERED || key === null) run();
  });
}

/** Tokens of one user. */
export class Tokens {
  readonly #userId: string;
  #token: string | null = null;

  constructor(userId: string) {
    this.#userId = userId;
  }

  /** The token, or a new one, or null when the server says that this user is not signed in. Rejects when it cannot be asked, or not before the signal. */
  async current(signal: AbortSignal): Promise<string | null> {
    this.#token ??= await this.#refresh(signal);
    return this.#token;
  }

  /** The server refused it. */
  drop(): void {
    this.#token = null;
  }

  async #refresh(signal: AbortSignal): Promise<string | null> {
    const response = await fetch('/api/auth/refresh', {
      method: 'POST', headers: { 'Content-Type': 'application/json', 'X-Syncline-Refresh': '1' }, body: '{}', signal,
    });
    if (response.status === 401 || response.status === 403) return null;
    if (!response.ok) throw new Error(`refresh answered ${response.status}`);
    const { access_token: token, user } = (await response.json()) as Answer;
    return user.id === this.#userId ? token : null;
  }
}
