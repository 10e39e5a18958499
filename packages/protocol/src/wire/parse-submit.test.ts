import { describe, expect, it } from 'vitest';
import { parseSubmit, type SubmitCheck } from './parse-submit.ts';

const NOW = Date.UTC(2025, 7, 24, 14, 30, 0);
const body = {
  start_time: '2025-08-24T14:00:00Z', end_time: '2025-08-24T14:25:00Z', duration: 25, category: 'x', project: 'p', note: '',
  source: 'mac_app', session_id: 'F81D4FAE-7DEC-41D0-A765-00A0C91E6BF6',
};
const faults = (check: SubmitCheck) => (check.ok ? [] : check.issues.map((issue) => issue.path).sort());

describe('parseSubmit', () => {
  it('takes a good body', () => {
    expect(parseSubmit(body, NOW)).toEqual({ ok: true, value: { ...body, session_id: body.session_id.toLowerCase() } });
  });

  it('says time_in_future only when that is the only fault', () => {
    const early = Date.UTC(2025, 7, 24, 14, 0, 0);
    expect(parseSubmit(body, early)).toMatchObject({ ok: false, code: 'time_in_future', issues: [{ path: 'end_time' }] });
    expect(parseSubmit({ ...body, duration: 90 }, early)).toMatchObject({ ok: false, code: 'invalid_request' });
    expect(parseSubmit({ ...body, category: '' }, early)).toMatchObject({ ok: false, code: 'invalid_request' });
    expect(parseSubmit(body, Date.UTC(2025, 7, 24, 14, 20, 0)).ok).toBe(true);
  });

  it('names faults between fields even when other fields are missing or wrong', () => {
    const { category: _category, ...rest } = body;
    expect(faults(parseSubmit({ ...rest, end_time: rest.start_time, note: 5 }, NOW))).toEqual(['category', 'duration', 'end_time', 'note']);
    expect(faults(parseSubmit({ ...body, duration: 'long' }, NOW))).toEqual(['duration']);
    expect(faults(parseSubmit({ ...body, duration: 'long', end_time: body.start_time }, NOW))).toEqual(['duration', 'end_time']);
    expect(faults(parseSubmit({ ...body, start_time: 'x', duration: 90 }, NOW))).toEqual(['start_time']);
  });

  it.each([null, undefined, [], 'x', 5])('refuses %j', (value) => {
    expect(parseSubmit(value, NOW).ok).toBe(false);
  });

  it('refuses a body nested too deeply', () => {
    expect(parseSubmit(JSON.parse(`{"a":${'['.repeat(20)}${']'.repeat(20)}}`), NOW)).toMatchObject({ ok: false, code: 'invalid_request' });
  });
});
