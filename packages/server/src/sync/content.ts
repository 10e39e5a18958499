// What makes two requests about one session the same request. Digests are compared, so a resend is known even after the stored
// session was changed.
import { createHash } from 'node:crypto';

/** The same text for the same JSON value, whatever the order of its keys. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part,
  );
}

/** Digest of values in a fixed order. Undefined and null are the same: absent. */
export function fingerprintOf(values: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(values.map((value) => value ?? null))).digest('base64url');
}
