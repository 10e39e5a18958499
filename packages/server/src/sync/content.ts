// What makes two requests about one session the same request. Digests are compared, so a resend is known even after the stored
// session was changed.
import { createHash } from 'node:crypto';

/** Digest of values in a fixed order. Undefined and null are the same: absent. */
export function fingerprintOf(values: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(values.map((value) => value ?? null))).digest('base64url');
}
