import { isEngineError } from '@syncline/core';
import { LIMITS } from '@syncline/protocol';
import { settingWords } from './settings-words.ts';
import { listedUnder } from './words.ts';

const FIELDS: Readonly<Record<string, string>> = {
  startTime: 'The start time', start_time: 'The start time', endTime: 'The end time', end_time: 'The end time', plannedDuration: 'The length', planned_duration: 'The length', duration: 'The length', category: 'The category', project: 'The project', note: 'The note', planning_notes: 'The note', cancel_reason_note: 'The word about it', name: 'The name', tags: 'The list of tags',
};

/** What went wrong, in the engine's words, with every field it names. */
export function problemWords(error: unknown): string {
  if (!isEngineError(error)) return 'Something went wrong. Nothing was changed.';
  if (error.code === 'running_elsewhere') return 'A session has just begun on another device. Start again to run this one beside it.';
  if (error.details.length === 0) return `${error.message}.`;
  return detailWords(error.details);
}

/** What the rules say for programs, and how a person would say it. */
const PHRASES: readonly (readonly [RegExp, string])[] = [
  [/^must not be before 2000-01-01T00:00:00Z$/, 'must not be before the year 2000'],
  [/^must be whole milliseconds since the epoch$/, 'is not a date and time'],
  [/^must be a list of at most (\d+)$/, 'may hold at most $1'],
  [/^must be at most \d+ bytes of UTF-8$/, 'is too long'],
  [/^must be well-formed Unicode without NUL characters$/, 'holds a character that cannot be kept'],
  [/\b(start|end)_time\b/g, 'the $1 time'],
];

/** Faulty fields, a sentence each. What is wrong in many places is said once. */
export function detailWords(details: readonly { readonly path: string; readonly message: string }[]): string {
  const said = (message: string): string => PHRASES.reduce((text, [pattern, words]) => text.replace(pattern, words), message);
  return [...new Set(details.map(({ path, message }) => `${fieldWords(path)} ${said(message)}.`))].join(' ');
}

/** A server names a field by where it stands in what was sent: `session.note`, `plan.edits[0].edit.duration`. */
function fieldWords(path: string): string {
  const field = path.slice(path.lastIndexOf('.') + 1);
  return listedUnder(FIELDS, field) ?? settingWords(field) ?? (/^tags\[\d+\]$/.test(field) ? 'A tag' : path);
}

/** Why a session cannot have ended then, or null. The rule of the server, said before anything is kept: later, it would only wait. */
export function endProblem(endTime: number, now: number): string | null {
  return endTime > now + LIMITS.futureLeewayMs ? 'The end time lies in the future. Only time that has passed can be added.' : null;
}
