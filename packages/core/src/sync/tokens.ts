// Asks the app for a token whenever a request needs one. Never stores it, never lets it carry another account's data.
import type { Clock } from '../ports.ts';
import { asFields } from '../model/rows.ts';

export type TokenAnswer =
  | { readonly ok: true; readonly token: string }
  /** `signed_out`: there is none · `wrong_account`: it is somebody else's · `token_refused`: the server refused this very one · `token_failed`: the app could not say. */
  | { readonly ok: false; readonly code: 'signed_out' | 'wrong_account' | 'token_refused' | 'token_failed'; readonly message: string };

const ASK_TIMEOUT_MS = 30_000;

const REFUSALS = {
  signed_out: 'Nobody is signed in',
  wrong_account: 'The token belongs to another account',
  token_refused: 'The server refused the token',
  token_failed: 'The app could not get a token',
} as const;

function refuse(code: keyof typeof REFUSALS): TokenAnswer {
  return { ok: false, code, message: REFUSALS[code] };
}

/** The subject a JWT names, without checking its signature; null for a token that cannot be read. */
export function tokenSubject(token: string): string | null {
  const parts = token.split('.');
  const payload = parts[1];
  if (parts.length !== 3 || payload === undefined) return null;
  try {
    const binary = atob(payload.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
    const subject = asFields(JSON.parse(new TextDecoder().decode(bytes)))?.['sub'];
    return typeof subject === 'string' || typeof subject === 'number' ? String(subject) : null;
  } catch {
    return null;
  }
}

/** Whether a header takes it. Of what none takes the platform's own words, which are shown and kept, say all. */
function isCarried(token: unknown): token is string {
  return typeof token === 'string' && /^[ -~]+$/.test(token.trim());
}

export interface TokensOptions {
  readonly ask: (signal: AbortSignal) => string | null | Promise<string | null>;
  readonly user: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export class Tokens {
  readonly #options: TokensOptions;
  #asking: Promise<TokenAnswer> | null = null;
  #refused: string | null = null;
  /** The last one that names nobody else: it is asked for with each request, and read once. */
  #read: string | null = null;

  constructor(options: TokensOptions) {
    this.#options = options;
  }

  /** Asks the app; callers at one time share one question. Never rejects. */
  current(): Promise<TokenAnswer> {
    this.#asking ??= this.#ask().finally(() => (this.#asking = null));
    return this.#asking;
  }

  /** The server refused it: it is not tried again. */
  refuse(token: string): void {
    this.#refused = token;
  }

  /** A person asked to try again: the server may have changed its mind. */
  forgive(): void {
    this.#refused = null;
  }

  async #ask(): Promise<TokenAnswer> {
    const { user } = this.#options;
    const token = await this.#askInTime();
    if (token === undefined) return refuse('token_failed');
    if (token === null) return refuse('signed_out');
    const subject = token === this.#read ? user : tokenSubject(token);
    if (subject !== null && subject !== user) return refuse('wrong_account');
    this.#read = token;
    return token === this.#refused ? refuse('token_refused') : { ok: true, token };
  }

  async #askInTime(): Promise<string | null | undefined> {
    const { ask, clock, signal } = this.#options;
    const own = new AbortController();
    const end = (): void => own.abort();
    const tooLate = new Promise<undefined>((resolve) => own.signal.addEventListener('abort', () => resolve(undefined)));
    const cancel = clock.setTimer(ASK_TIMEOUT_MS, end);
    signal.addEventListener('abort', end);
    const asked = Promise.resolve().then(() => ask(own.signal)).then((token) => (isCarried(token) ? token : null), () => undefined);
    const token = await Promise.race([asked, tooLate]);
    signal.removeEventListener('abort', end);
    cancel();
    return token;
  }
}
