// Who calls: the token's signature first, then whether its login still stands.
import { problem } from '../http/problem.ts';
import type { SignedIn } from '../http/route.ts';
import type { ServerPorts } from '../ports.ts';

/** A revoked login may go on for so long. */
const BELIEVED_MS = 10_000;
const BELIEVED_MAX = 10_000;
/** Names of schemes are spelt in any case (RFC 9110, 11.1). */
const SCHEME = 'bearer';

export class BearerCheck {
  readonly #ports: ServerPorts;
  /** Login → until when it is believed to stand. */
  readonly #standing = new Map<string, number>();

  constructor(ports: ServerPorts) {
    this.#ports = ports;
  }

  /** @throws Problem `token_required` (403) or `token_invalid` (401). */
  async check(headers: Headers, now: number): Promise<SignedIn> {
    const token = tokenOf(headers.get('Authorization') ?? '');
    if (token === '') throw problem('token_required');
    const claims = await this.#ports.tokens.verify(token, now);
    if (claims === null) throw problem('token_invalid');
    const { userId, sid, expiresAt } = claims;
    const stands = (): Promise<boolean> => this.#stands(sid, userId, this.#ports.clock.now());
    if (!(await stands())) throw problem('token_invalid');
    return { userId, sid, expiresAt, stands };
  }

  /** A login that was just revoked here is not believed any longer. */
  forget(sid: string): void {
    this.#standing.delete(sid);
  }

  async #stands(sid: string, userId: string, now: number): Promise<boolean> {
    const until = this.#standing.get(sid);
    if (until !== undefined && now < until && now > until - 2 * BELIEVED_MS) return true;
    const login = await this.#ports.store.accounts.findLogin(sid);
    const stands = login !== null && login.userId === userId && login.revokedAt === null && now < login.expiresAt;
    if (this.#standing.size >= BELIEVED_MAX) this.#standing.clear();
    if (stands) this.#standing.set(sid, now + BELIEVED_MS);
    else this.#standing.delete(sid);
    return stands;
  }
}

function tokenOf(value: string): string {
  const space = value.indexOf(' ');
  return space > 0 && value.slice(0, space).toLowerCase() === SCHEME ? value.slice(space).trim() : '';
}
