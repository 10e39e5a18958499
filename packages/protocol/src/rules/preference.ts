// What a documented preference may hold, without the schema library: for devices, which check before they store.
// The schema of the documented call says the same; a test holds the two together.
import type { PreferenceName } from '../wire/user-calls.ts';
import { LIMITS } from './limits.ts';
import { textProblem } from './text.ts';
import { isTimeZone } from './time-zone.ts';

type Rule = readonly [min: number, max: number] | readonly string[] | 'switch' | 'zone';

const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['daily_goal', [1, 20]],
  ['default_duration', [5, 120]],
  ['short_break_duration', [1, 30]],
  ['long_break_duration', [5, 60]],
  ['notification_sound', ['chime', 'bell', 'soft', 'none']],
  ['theme_preference', ['light', 'dark', 'auto']],
  ['timezone', 'zone'],
  ['public_leaderboard', 'switch'],
  ['email_notifications', 'switch'],
  ['slack_notifications', 'switch'],
  ['auto_start_breaks', 'switch'],
  ['focus_mode', ['relaxed', 'normal', 'strict']],
]);

/** The documented preferences, in their order. */
export const PREFERENCE_NAMES: readonly PreferenceName[] = [
  'daily_goal', 'default_duration', 'short_break_duration', 'long_break_duration', 'notification_sound', 'theme_preference',
  'timezone', 'public_leaderboard', 'email_notifications', 'slack_notifications', 'auto_start_breaks', 'focus_mode',
];

/**
 * What is wrong with one preference, in words that complete its name; null when it may be stored and sent.
 * An undocumented name, `__proto__` and its like included, is never acceptable.
 */
export function preferenceFault(name: string, value: unknown): string | null {
  const rule = RULES.get(name);
  if (rule === undefined) return 'is not a known preference';
  if (rule === 'switch') return typeof value === 'boolean' ? null : 'must be true or false';
  if (rule === 'zone') return zoneFault(value);
  const [min, max] = rule;
  if (typeof min === 'number' && typeof max === 'number') {
    const isWithin = typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max;
    return isWithin ? null : `must be a whole number from ${min} to ${max}`;
  }
  return rule.some((word) => word === value) ? null : `must be one of ${rule.join(', ')}`;
}

function zoneFault(value: unknown): string | null {
  if (typeof value !== 'string') return 'must be text';
  return textProblem(value, LIMITS.timezoneChars, 1) ?? (isTimeZone(value) ? null : 'must be an IANA time zone');
}
