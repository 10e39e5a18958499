// Who calls: the token's signature first, then whether its login still stands.
import { HEADERS } from '@syncline/protocol';
import { problem } from '../http/problem.ts';
import type { SignedIn } from '../http/route.ts';
import type { ServerPorts } from '../ports.ts';

/** A revoked login may go on for so long. */
const BELIEVED_MS = 10_000;
const BELIEVED_MAX = 10_000;
/** Devices remembered of one login. */
const DEVICES_MAX = 50;
/** Names of schemes are spelt in any case (RFC 9110, 11.1). */
const SCHEME = 'bearer';

export class BearerCheck {
  readonly #ports: ServerPorts;
  /** Login → until when it is believed to stand. */
  readonly #standing = new Map<string, number>();
  /** Login → devices that are known to have used it. */
  readonly #used = new Map<string, ReadonlySet<string>>();

  constructor(ports: ServerPorts) {
    this.#ports = ports;
  }

  /** @throws Problem `token_required` (403), `token_invalid` (401) or `gone` (410): the device was forgotten. */
  async check(headers: Headers, now: number): Promise<SignedIn> {
    const token = tokenOf(headers.get('Authorization') ?? '');
    if (token === '') throw problem('token_required');
    const claims = await this.#ports.tokens.verify(token, now);
    if (claims === null) throw problem('token_invalid');
    const { userId, sid, expiresAt } = claims;
    const look = (): Promise<Standing> => this.#look(sid, userId, this.#ports.clock.now());
    const admit = async (deviceId: string | null): Promise<void> => {
      const found = await look();
      if (found.kind === 'ended') throw problem(isForgotten(found, deviceId) ? 'gone' : 'token_invalid');
    };
    await admit(headers.get(HEADERS.deviceId));
    return {
      userId, sid, expiresAt,
      stands: async () => (await look()).kind === 'stands',
      admit: (deviceId) => {
        this.#standing.delete(sid);
        return admit(deviceId);
      },
      usedBy: (deviceId) => this.#note(sid, userId, deviceId),
    };
  }

  /** A login that was just revoked here is not believed any longer. */
  forget(sid: string): void {
    this.#standing.delete(sid);
    this.#used.delete(sid);
  }

  async #look(sid: string, userId: string, now: number): Promise<Standing> {
    const until = this.#standing.get(sid);
    if (until !== undefined && now < until && now > until - 2 * BELIEVED_MS) return { kind: 'stands' };
    const login = await this.#ports.store.accounts.findLogin(sid);
    const stands = login !== null && login.userId === userId && login.revokedAt === null && now < login.expiresAt;
    if (this.#standing.size >= BELIEVED_MAX) this.#standing.clear();
    if (stands) this.#standing.set(sid, now + BELIEVED_MS);
    else this.#standing.delete(sid);
    return stands ? { kind: 'stands' } : { kind: 'ended', forgottenDevice: login?.userId === userId ? login.forgottenDevice : null };
  }

  /** Written once for each login and device, as far as this process remembers. */
  async #note(sid: string, userId: string, deviceId: string): Promise<void> {
    const devices = this.#used.get(sid);
    if (devices?.has(deviceId)) return;
    await this.#ports.store.accounts.noteDevice(sid, userId, deviceId);
    if (this.#used.size >= BELIEVED_MAX) this.#used.clear();
    this.#used.set(sid, new Set([...(devices ?? []), deviceId].slice(-DEVICES_MAX)));
  }
}

type Standing = { readonly kind: 'stands' } | { readonly kind: 'ended'; readonly forgottenDevice: string | null };

/** Only the forgotten device itself is told to stop for good. A caller that does not say who it is used the login and is taken for it. */
function isForgotten({ forgottenDevice }: Extract<Standing, { readonly kind: 'ended' }>, caller: string | null): boolean {
  return forgottenDevice !== null && (caller === null || caller === forgottenDevice);
}

function tokenOf(value: string): string {
  const space = value.indexOf(' ');
  return space > 0 && value.slice(0, space).toLowerCase() === SCHEME ? value.slice(space).trim() : '';
}
