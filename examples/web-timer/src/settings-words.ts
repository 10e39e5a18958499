// What the settings are called, and what they can be. Pure.
import type { LostPreference } from '@syncline/core';
import type { PreferenceName, Preferences } from '@syncline/protocol';

export const NUMBERS: readonly (readonly [PreferenceName, min: number, max: number])[] = [
  ['daily_goal', 1, 20], ['default_duration', 5, 120], ['short_break_duration', 1, 30], ['long_break_duration', 5, 60],
];

export const CHOICES: readonly (readonly [PreferenceName, readonly string[]])[] = [
  ['theme_preference', ['auto', 'light', 'dark']],
  ['notification_sound', ['chime', 'bell', 'soft', 'none']],
  ['focus_mode', ['relaxed', 'normal', 'strict']],
  ['timezone', ['Etc/UTC', ...Intl.supportedValuesOf('timeZone')]],
];

/** What may be chosen, and before it what holds, where that is a name this browser knows but does not list: one of the two of a time zone. */
export function optionsOf(words: readonly string[], value: string | undefined): readonly string[] {
  return value === undefined || words.includes(value) ? words : [value, ...words];
}

export const SWITCHES = ['auto_start_breaks', 'email_notifications', 'slack_notifications', 'public_leaderboard'] as const satisfies readonly PreferenceName[];

const WORDS: Readonly<Record<PreferenceName, string>> = {
  daily_goal: 'Sessions a day',
  default_duration: 'Session, minutes',
  short_break_duration: 'Short break, minutes',
  long_break_duration: 'Long break, minutes',
  notification_sound: 'Sound',
  theme_preference: 'Theme',
  timezone: 'Time zone',
  public_leaderboard: 'Show me on the public leaderboard',
  email_notifications: 'Notify me by e-mail',
  slack_notifications: 'Notify me in Slack',
  auto_start_breaks: 'Start breaks by themselves',
  focus_mode: 'Focus mode',
};

export function preferenceWords(name: PreferenceName): string {
  return WORDS[name];
}

/** What a field of that wire name is called in the settings, or null when none is. */
export function settingWords(path: string): string | null {
  const found = Object.entries(WORDS).find(([name]) => name === path);
  return found === undefined ? null : `“${found[1]}”`;
}

const VALUES: ReadonlyMap<string, string> = new Map([['auto', 'As the system'], ['true', 'on'], ['false', 'off']]);

/** `Europe/Berlin` stays; `relaxed` is `Relaxed`; numbers stay. */
export function valueWords(value: string): string {
  return VALUES.get(value) ?? value.charAt(0).toUpperCase() + value.slice(1);
}

/** A value that gave way: what happened, and what can be done. Which of the two was set here does not matter: either may be meant. */
export function lostWords({ name, value }: Pick<LostPreference, 'name' | 'value'>, values: Preferences): { readonly what: string; readonly use: string; readonly keep: string } {
  const [lost, now] = [valueWords(String(value)), valueWords(String(values[name] ?? 'none'))];
  return { what: `“${preferenceWords(name)}” was changed in two places: ${now} holds, ${lost} gave way.`, use: `Use ${lost}`, keep: `Keep ${now}` };
}
