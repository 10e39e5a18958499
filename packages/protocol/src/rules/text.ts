// Text fields. Caps count UTF-8 bytes, because that is what is stored and sent; text that cannot be stored
// unchanged everywhere (NUL, half of a surrogate pair) is refused instead of altered.

/**
 * Length of a text in UTF-8 bytes; half of a surrogate pair counts as the three bytes of its replacement.
 * @param stopAbove counting may stop once the result exceeds this, so huge texts cost nothing extra.
 */
export function utf8Length(text: string, stopAbove: number = Number.POSITIVE_INFINITY): number {
  let bytes = 0;
  for (let i = 0; i < text.length && bytes <= stopAbove; i += 1) {
    const code = text.charCodeAt(i);
    if (code < 0x80) bytes += 1;
    else if (code < 0x800) bytes += 2;
    else if (isPair(code, text.charCodeAt(i + 1))) {
      bytes += 4;
      i += 1;
    } else bytes += 3;
  }
  return bytes;
}

function isPair(high: number, low: number): boolean {
  return high >= 0xd800 && high <= 0xdbff && low >= 0xdc00 && low <= 0xdfff;
}

function isStorable(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === 0) return false;
    if (code < 0xd800 || code > 0xdfff) continue;
    if (!isPair(code, text.charCodeAt(i + 1))) return false;
    i += 1;
  }
  return true;
}

/**
 * What is wrong with a text field, in words that complete its name, or `null` when nothing is.
 * @param maxBytes largest length in UTF-8 bytes, inclusive.
 * @param minChars smallest length in characters: 1 refuses the empty text.
 */
export function textProblem(text: string, maxBytes: number, minChars: number = 0): string | null {
  if (text.length < minChars) return 'must not be empty';
  if (utf8Length(text, maxBytes) > maxBytes) return `must be at most ${maxBytes} bytes of UTF-8`;
  if (!isStorable(text)) return 'must be well-formed Unicode without NUL characters';
  return null;
}

/**
 * What is wrong with a name that people read (a category, a project), or `null`: a text that holds more than blanks.
 * @param maxBytes largest length in UTF-8 bytes, inclusive.
 */
export function nameProblem(text: string, maxBytes: number): string | null {
  return textProblem(text.trim() && text, maxBytes, 1);
}
