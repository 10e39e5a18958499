import { LIMITS } from './limits.ts';

/** Whether the platform knows a text as an IANA time zone; numeric offsets are none. */
export function isTimeZone(name: string): boolean {
  if (name.length > LIMITS.timezoneChars || name.startsWith('+') || name.startsWith('-')) return false;
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }));
  } catch {
    return false;
  }
}
