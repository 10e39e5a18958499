const TEXT_FORM = /^(?:urn:uuid:)?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/i;

/**
 * The canonical (lower-case) form of a UUID.
 * Accepts the RFC 9562 text forms, hyphenated hexadecimal with or without `urn:uuid:`, of any version, in any case.
 * Two ids are the same exactly when their canonical forms are equal.
 *
 * @returns 36 lower-case characters, or `null` when the value is no UUID. Never throws.
 */
export function canonicalUuid(value: unknown): string | null {
  return typeof value === 'string' ? (TEXT_FORM.exec(value)?.[1]?.toLowerCase() ?? null) : null;
}
