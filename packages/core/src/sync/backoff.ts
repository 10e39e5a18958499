// How long to wait after a failure: exponential with full jitter, a server's own wish honoured, never a storm. Pure.

export const BACK_OFF_MIN_MS = 1000;
export const BACK_OFF_MAX_MS = 300_000;
const ASKED_MAX_MS = 3_600_000;
const ASKED_JITTER_MAX_MS = 10_000;

/**
 * The pause after so many failures in a row (1 or more).
 * @param random in [0, 1).
 */
export function backOffMs(failures: number, random: number): number {
  const ceiling = Math.min(BACK_OFF_MAX_MS, BACK_OFF_MIN_MS * 2 ** Math.min(failures, 20));
  return Math.max(BACK_OFF_MIN_MS, Math.round(random * ceiling));
}

/** A pause the server asked for: never shorter, and a little longer so that not everybody returns at once. */
export function askedPauseMs(askedMs: number, random: number): number {
  return Math.round(askedMs + random * Math.min(askedMs * 0.1, ASKED_JITTER_MAX_MS));
}

function isDigits(text: string): boolean {
  return /^\d{1,10}$/.test(text);
}

const MONTHS: readonly string[] = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** An HTTP-date in its one current form, `Sun, 06 Nov 1994 08:49:37 GMT`, in ms; null for anything else. */
export function parseHttpDate(text: string): number | null {
  if (text.length !== 29 || !text.endsWith(' GMT') || text[3] !== ',' || text[19] !== ':' || text[22] !== ':') return null;
  const parts = [text.slice(5, 7), text.slice(12, 16), text.slice(17, 19), text.slice(20, 22), text.slice(23, 25)];
  const month = MONTHS.indexOf(text.slice(8, 11));
  if (month < 0 || !parts.every(isDigits)) return null;
  const [day, year, hours, minutes, seconds] = parts.map(Number) as [number, number, number, number, number];
  if (day < 1 || day > 31 || hours > 23 || minutes > 59 || seconds > 59) return null;
  return Date.UTC(year, month, day, hours, minutes, seconds);
}

/**
 * What a `Retry-After` asks for, 1 s to 1 h: seconds, or an HTTP-date seen from the server's own `Date`,
 * since this device's clock may be wrong. Null for an absent or meaningless one.
 */
export function retryAfterMs(value: string | undefined, serverDate: string | undefined, now: number): number | null {
  if (value === undefined) return null;
  const text = value.trim();
  let ms: number;
  if (isDigits(text)) ms = Number(text) * 1000;
  else {
    const at = parseHttpDate(text);
    if (at === null) return null;
    ms = at - (parseHttpDate(serverDate ?? '') ?? now);
  }
  return Math.min(ASKED_MAX_MS, Math.max(BACK_OFF_MIN_MS, ms));
}
