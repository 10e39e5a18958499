import { isEngineError } from '@syncline/core';

const FIELDS: Readonly<Record<string, string>> = {
  startTime: 'The start time', start_time: 'The start time', endTime: 'The end time', end_time: 'The end time', plannedDuration: 'The length', duration: 'The length', category: 'The category', project: 'The project', note: 'The note',
};

/** What went wrong, in the engine's words, with every field it names. */
export function problemWords(error: unknown): string {
  if (!isEngineError(error)) return 'Something went wrong. Nothing was changed.';
  if (error.details.length === 0) return `${error.message}.`;
  return detailWords(error.details);
}

/** Faulty fields, a sentence each. */
export function detailWords(details: readonly { readonly path: string; readonly message: string }[]): string {
  return details.map(({ path, message }) => `${FIELDS[path] ?? path} ${message.replaceAll(/\b(start|end)_time\b/g, 'the $1 time')}.`).join(' ');
}
