// Which store belongs to whom. Synchronous, so that a store can be opened before anything else is awaited.

const PREFIX = 'syncline-';

/**
 * The name of the store of one account on one server: a 106-bit hash, so that neither the address nor the user shows in it.
 * Not cryptographic: it keeps accounts apart, it does not hide them from somebody who guesses.
 */
export function storeName(origin: string, user: string): string {
  const text = `${origin}\n${user}`;
  return PREFIX + hash53(text, 0).padStart(11, '0') + hash53(text, 0x9e3779b9).padStart(11, '0');
}

/** The well-known 53-bit mixing hash "cyrb53", in base 36. */
function hash53(text: string, seed: number): string {
  let high = 0xdeadbeef ^ seed;
  let low = 0x41c6ce57 ^ seed;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    high = Math.imul(high ^ unit, 2_654_435_761);
    low = Math.imul(low ^ unit, 1_597_334_677);
  }
  const a = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909);
  const b = Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909);
  return (4_294_967_296 * (2_097_151 & b) + (a >>> 0)).toString(36);
}

/** A 32-bit hash of a session id; equal ids have equal hashes, so a miss proves absence. */
export function idHash(id: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i += 1) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
