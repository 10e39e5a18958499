import { describe, expect, it } from 'vitest';
import { problemWords } from './problem-words.ts';

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
});
