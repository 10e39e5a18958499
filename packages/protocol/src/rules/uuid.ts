const TEXT_LENGTH = 36;
const URN_PREFIX = 'urn:uuid:';

function isHyphenPlace(index: number): boolean {
  return index === 8 || index === 13 || index === 18 || index === 23;
}

function isHexDigit(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 97 && code <= 102);
}

/**
 * The canonical (lower-case) form of a UUID.
 * Accepts the RFC 9562 text forms, hyphenated hexadecimal with or without `urn:uuid:`, of any version, in any case.
 * Two ids are the same exactly when their canonical forms are equal.
 *
 * @returns 36 lower-case characters, or `null` when the text is no UUID. Never throws.
 */
export function canonicalUuid(text: string): string | null {
  if (text.length !== TEXT_LENGTH && text.length !== TEXT_LENGTH + URN_PREFIX.length) return null;
  const lower = text.toLowerCase();
  const uuid = lower.startsWith(URN_PREFIX) ? lower.slice(URN_PREFIX.length) : lower;
  if (uuid.length !== TEXT_LENGTH) return null;
  for (let i = 0; i < TEXT_LENGTH; i += 1) {
    const code = uuid.charCodeAt(i);
    if (isHyphenPlace(i) ? code !== 45 : !isHexDigit(code)) return null;
  }
  return uuid;
}
