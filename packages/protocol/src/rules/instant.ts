// Instants as text. Parsing is fixed-width and linear: no regular expression ever sees user text, so no input
// can make it slow, and no date is guessed (2025-02-30 is malformed, not March).

const TEXT_LENGTH_MAX = 64;
/** What can be written with four digits for the year, in UTC. */
const FIRST = Date.UTC(-1, 12);
const LAST = Date.UTC(9999, 12) - 1;

/** Reads `count` decimal digits at `at`; −1 when one of them is no digit. */
function digits(text: string, at: number, count: number): number {
  let value = 0;
  for (let i = at; i < at + count; i += 1) {
    const digit = text.charCodeAt(i) - 48;
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** Milliseconds of the calendar part `YYYY-MM-DD`, or null. */
function parseDate(text: string): number | null {
  if (text[4] !== '-' || text[7] !== '-') return null;
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 2);
  const date = new Date(0);
  // Unlike `Date.UTC` it takes a year of two digits as it is. A day that the month has not is one of another month.
  date.setUTCFullYear(year, month - 1, digits(text, 8, 2));
  return year >= 0 && date.getUTCMonth() === month - 1 ? date.getTime() : null;
}

/** Milliseconds of `HH:MM:SS`, or null. Leap seconds and 24:00 are not accepted. */
function parseClock(text: string): number | null {
  if (text[13] !== ':' || text[16] !== ':') return null;
  const hours = digits(text, 11, 2);
  const minutes = digits(text, 14, 2);
  const seconds = digits(text, 17, 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || seconds < 0 || seconds > 59) return null;
  return (hours * 60 + minutes) * 60_000 + seconds * 1000;
}

/** Milliseconds east of UTC of `Z`, `+HH:MM`, `+HHMM` or `+HH`, or null. */
function parseOffset(text: string, at: number): number | null {
  const sign = text[at];
  const rest = text.length - at;
  if (sign === 'Z' || sign === 'z') return rest === 1 ? 0 : null;
  if (sign !== '+' && sign !== '-') return null;
  const colon = text[at + 3] === ':';
  if (rest !== 3 && rest !== (colon ? 6 : 5)) return null;
  const hours = digits(text, at + 1, 2);
  const minutes = rest === 3 ? 0 : digits(text, at + (colon ? 4 : 3), 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return null;
  return (sign === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

/**
 * Reads an ISO 8601 instant: `YYYY-MM-DDTHH:MM:SS`, an optional fraction, then `Z` or an offset
 * (`+02:00`, `+0200`, `+02`). A fraction is kept to the millisecond; further digits are cut, not rounded.
 *
 * @returns milliseconds since 1970-01-01T00:00:00Z, or `null` when the text is malformed, names an impossible
 * date or time, has no zone, is longer than 64 characters, or lies in UTC outside the years 0000 to 9999. Never throws.
 */
export function parseInstant(text: string): number | null {
  if (text.length < 20 || text.length > TEXT_LENGTH_MAX) return null;
  if (text[10] !== 'T' && text[10] !== 't') return null;
  const date = parseDate(text);
  const clock = parseClock(text);
  if (date === null || clock === null) return null;
  let at = 19;
  let fraction = 0;
  if (text[at] === '.') {
    at += 1;
    const first = at;
    for (; digits(text, at, 1) >= 0; at += 1) {
      if (at - first < 3) fraction += digits(text, at, 1) * 10 ** (2 - (at - first));
    }
    if (at === first) return null;
  }
  const offset = parseOffset(text, at);
  if (offset === null) return null;
  const ms = date + clock + fraction - offset;
  return ms < FIRST || ms > LAST ? null : ms;
}

/**
 * Writes an instant the way every answer prints it: UTC with `Z`, and a fraction only when it is not zero
 * (`2025-08-24T15:30:45Z`, `2025-08-24T15:30:45.250Z`).
 *
 * @param ms milliseconds since the epoch, a finite number within the years 0000 to 9999; fractions of a millisecond are cut.
 * @throws RangeError when `ms` is not such a number.
 */
export function formatInstant(ms: number): string {
  const text = new Date(ms).toISOString();
  if (text.length !== 24) throw new RangeError(`instant out of range: ${ms}`);
  return text.endsWith('.000Z') ? `${text.slice(0, 19)}Z` : text;
}
