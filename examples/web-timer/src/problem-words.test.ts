import { describe, expect, it } from 'vitest';
import { detailWords, endProblem, problemWords } from './problem-words.ts';

function engineError(message: string, details: readonly { path: string; message: string }[]): Error {
  return Object.assign(new Error(message), { name: 'EngineError', code: 'invalid_input', details });
}

describe('problemWords', () => {
  it('names each faulty field once, as the form calls it', () => {
    const error = engineError('The input is not acceptable: endTime …', [
      { path: 'endTime', message: 'must be later than start_time' }, { path: 'mood', message: 'is not known' },
    ]);
    expect(problemWords(error)).toBe('The end time must be later than the start time. mood is not known.');
  });

  it('uses the engine’s sentence where no field is at fault', () => {
    expect(problemWords(engineError('A session is already running on this device', []))).toBe('A session is already running on this device.');
  });

  it('shows nothing of an error it does not know', () => {
    expect(problemWords(new Error('<secret>'))).toBe('Something went wrong. Nothing was changed.');
  });

  it('says the rules of times as a person would', () => {
    const said = (message: string): string => detailWords([{ path: 'start_time', message }]);
    expect(said('must not be before 2000-01-01T00:00:00Z')).toBe('The start time must not be before the year 2000.');
    expect(said('must be whole milliseconds since the epoch')).toBe('The start time is not a date and time.');
    expect(detailWords([{ path: 'note', message: 'must be at most 4096 bytes of UTF-8' }])).toBe('The note is too long.');
    expect(detailWords([{ path: 'tags[1]', message: 'must be at most 64 bytes of UTF-8' }, { path: 'tags', message: 'must be a list of at most 16' }])).toBe('A tag is too long. The list of tags may hold at most 16.');
  });

  it('calls a field by its name that is named like something every object has', () => {
    expect(detailWords([{ path: 'constructor', message: 'is not an allowed name' }])).toBe('constructor is not an allowed name.');
  });

  it('calls a field by its name wherever it stands in what was sent, and says once what is wrong in many places', () => {
    const said = (path: string): string => detailWords([{ path, message: 'is not valid' }]);
    expect(['session.note', 'edit.duration', 'planned_duration', 'session.tags[3]', 'plan.edits[0].edit.end_time', 'preferences.daily_goal', 'session.mood'].map(said)).toEqual([
      'The note is not valid.', 'The length is not valid.', 'The length is not valid.', 'A tag is not valid.', 'The end time is not valid.', '“Sessions a day” is not valid.', 'session.mood is not valid.',
    ]);
    const many = Array.from({ length: 50 }, (_, i) => ({ path: `plan.edits[${i}].edit.category`, message: 'is not known' }));
    expect(detailWords([...many, { path: 'name', message: 'must be at most 128 bytes of UTF-8' }])).toBe('The category is not known. The name is too long.');
  });

  it('calls a setting what its field is called', () => {
    expect(detailWords([{ path: 'daily_goal', message: 'must be a whole number from 1 to 20' }])).toBe('“Sessions a day” must be a whole number from 1 to 20.');
  });

  it('refuses an end in the future with five minutes of grace', () => {
    const now = Date.UTC(2026, 5, 10);
    expect([endProblem(now + 300_000, now), endProblem(now - 1, now)]).toEqual([null, null]);
    expect(endProblem(now + 300_001, now)).toContain('in the future');
  });
});
