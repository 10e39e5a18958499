// The platform's randomness.
import type { Ids } from '../ports.ts';

class SystemIds implements Ids {
  readonly #crypto: SystemIdsSource;

  constructor(crypto: SystemIdsSource) {
    this.#crypto = crypto;
  }

  uuid(): string {
    // Pages served without TLS have `getRandomValues` and not `randomUUID`.
    return this.#crypto.randomUUID?.() ?? uuidFrom(this.#crypto.getRandomValues(new Uint8Array(16)));
  }

  random(): number {
    return Math.random();
  }
}

function uuidFrom(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte, index) => {
    const marked = index === 6 ? (byte & 0x0f) | 0x40 : index === 8 ? (byte & 0x3f) | 0x80 : byte;
    return marked.toString(16).padStart(2, '0');
  }).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

export type SystemIdsSource = Pick<Crypto, 'getRandomValues'> & Partial<Pick<Crypto, 'randomUUID'>>;

/** The ids port of this platform. */
export function createSystemIds(crypto: SystemIdsSource = globalThis.crypto): Ids {
  return new SystemIds(crypto);
}
