import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../rules/limits.ts';
import { loginRequest } from './account-calls.ts';
import { type CallName, CALLS } from './calls.ts';
import { EXAMPLES } from '../openapi-examples.ts';
import { parseQuery, parseWith, type ParseResult } from './parse.ts';
import { cancelRequest, submitRequest, submitResponse } from './session-calls.ts';
import { syncStatusQuery } from './status-call.ts';
import { analyticsQuery } from './user-calls.ts';

const names = Object.keys(CALLS) as CallName[];
const submit = EXAMPLES.submit?.request as Readonly<Record<string, unknown>>;
const issuesOf = (result: ParseResult<unknown>) => (result.ok ? [] : result.issues.map((issue) => `${issue.path} ${issue.message}`));
const query = (text: string) => parseQuery(syncStatusQuery, new URLSearchParams(text));

describe('parseWith', () => {
  it('[S-08] names every faulty field, in plain words', () => {
    const faults = issuesOf(
      parseWith(submitRequest, {
        start_time: 'yesterday', end_time: 5, duration: -1, category: '', note: 'x'.repeat(4097), source: 'Mac', session_id: 'uuid-1', extra: 1,
      }),
    );
    expect(faults.sort()).toEqual([
      'category must not be empty',
      'duration must be at least 0',
      'end_time must be text',
      'extra is not a known field',
      'note must be at most 4096 bytes of UTF-8',
      'project is required',
      'session_id must be a UUID',
      'source must be 1 to 32 of a-z, 0-9 and _',
      'start_time must be an ISO 8601 time with Z or an offset',
    ]);
  });

  it('refuses names of blanks, and a cancellation of two projects at once', () => {
    expect(issuesOf(parseWith(submitRequest, { ...submit, category: '  ', project: '\t' })).sort()).toEqual(['category must not be empty', 'project must not be empty']);
    const cancel = EXAMPLES.sessionCancel?.request as object;
    expect(issuesOf(parseWith(cancelRequest, { ...cancel, project_id: 1, team_project_id: 2 }))).toEqual(['team_project_id must be absent beside project_id']);
    const { team_project_id: _team, ...own } = cancel as Record<string, unknown>;
    expect(parseWith(cancelRequest, { ...own, project_id: 1 }).ok).toBe(true);
  });

  it('counts in one and many', () => {
    expect(issuesOf(parseWith(loginRequest, { username: '', password: '' })).join()).not.toContain('1 characters');
  });

  it.each([undefined, null, 1, 'text', [], [submit]])('refuses %j as a body', (body) => {
    const result = parseWith(submitRequest, body);
    expect(result.ok).toBe(false);
    expect(issuesOf(result).length).toBeGreaterThan(0);
  });

  it('gives ids in their canonical form and leaves everything else as sent', () => {
    const sent = { ...submit, session_id: String(submit['session_id']).toUpperCase(), start_time: '2025-08-24T16:00:00.5+02:00' };
    expect(parseWith(submitRequest, sent)).toEqual({ ok: true, value: { ...sent, session_id: submit['session_id'] } });
  });

  it('[I-27] keeps unknown fields of answers at every depth', () => {
    const answer = { ...(EXAMPLES.submit?.response as object), rank: 3 };
    const deep = { ...answer, pomodoro: { ...Object.assign({}, (answer as { pomodoro?: object }).pomodoro), xp: 12 } };
    expect(parseWith(submitResponse, deep)).toEqual({ ok: true, value: deep });
  });

  it.each(names.filter((name) => CALLS[name].request !== null))('%s: a request with one more key is refused, an answer is not', (name) => {
    const { request, response } = CALLS[name];
    if (request === null) return;
    expect(issuesOf(parseWith(request, { ...(EXAMPLES[name]?.request as object), surprise: 1 }))).toEqual(['surprise is not a known field']);
    expect(parseWith(response, { ...(EXAMPLES[name]?.response as object), surprise: 1 }).ok).toBe(true);
  });

  it.each(['__proto__', 'constructor', 'prototype'])('[S-21] refuses the key %s at every depth, of requests and answers', (key) => {
    const poison = JSON.parse(`{"${key}":{"polluted":1}}`);
    for (const name of names) {
      const { request, response } = CALLS[name];
      const asText = JSON.stringify(EXAMPLES[name]?.response);
      for (const at of [...asText.matchAll(/\{/g)].map((match) => match.index)) {
        const poisoned = JSON.parse(`${asText.slice(0, at + 1)}"${key}":{}${asText[at + 1] === '}' ? '' : ','}${asText.slice(at + 1)}`);
        expect(parseWith(response, poisoned).ok).toBe(false);
      }
      if (request !== null) expect(issuesOf(parseWith(request, poison))).toEqual([`${key} is not an allowed name`]);
    }
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('[S-08] names of two thousand such keys the first, and says in the answer no more than was sent', () => {
    const place = 'k'.repeat(10_000);
    const poison = JSON.parse(`{"${place}":[${Array.from({ length: 2000 }, () => '{"__proto__":1}').join()}]}`);
    for (const name of names) {
      const { request } = CALLS[name];
      if (request !== null) expect(issuesOf(parseWith(request, poison)).join().length).toBeLessThan(2 * place.length);
    }
  });

  it('refuses nesting deeper than asked, and survives any depth', () => {
    const nested = (levels: number): unknown => JSON.parse('{"a":'.repeat(levels - 1) + '{}' + '}'.repeat(levels - 1));
    const fault = `  must not be nested deeper than ${LIMITS.jsonDepthMax} levels`.trimStart();
    expect(issuesOf(parseWith(submitRequest, nested(8), { maxDepth: 8 }))).not.toContain(` ${fault}`);
    expect(issuesOf(parseWith(submitRequest, nested(9), { maxDepth: 8 }))).toEqual([` ${fault}`]);
    expect(parseWith(submitResponse, JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)).ok).toBe(false);
  });

  it('never throws, whatever JSON arrives, and says at least one thing about what it refuses', () => {
    const schemas = names.flatMap((name) => [CALLS[name].request, CALLS[name].response, CALLS[name].query]).filter((schema) => schema !== null);
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(...schemas), (value, schema) => {
        const result = parseWith(schema, value);
        if (!result.ok) expect(result.issues.length).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });

  it('names exactly the field that was spoiled', () => {
    const fields = Object.keys(submit);
    fc.assert(
      fc.property(fc.subarray(fields), fc.constantFrom<unknown>(null, true, [], {}), (spoiled, junk) => {
        const body = { ...submit, ...Object.fromEntries(spoiled.map((field) => [field, junk])) };
        const result = parseWith(submitRequest, body);
        expect((result.ok ? [] : result.issues.map((issue) => issue.path)).sort()).toEqual([...spoiled].sort());
      }),
    );
  });
});

describe('parseQuery', () => {
  it('types what is there and leaves out what is not', () => {
    expect(query('')).toEqual({ ok: true, value: {} });
    expect(query('include_devices=false&check_conflicts=true&last_hours=8760')).toEqual({
      ok: true, value: { include_devices: false, check_conflicts: true, last_hours: 8760 },
    });
  });

  it.each([
    ['include_devices=1', 'include_devices must be one of true, false'],
    ['include_devices=TRUE', 'include_devices must be one of true, false'],
    ['include_devices=', 'include_devices must be one of true, false'],
    ['last_hours=0', 'last_hours must be a whole number from 1 to 8760'],
    ['last_hours=8761', 'last_hours must be a whole number from 1 to 8760'],
    ['last_hours=1.5', 'last_hours must be a whole number from 1 to 8760'],
    ['last_hours=1e3', 'last_hours must be a whole number from 1 to 8760'],
    ['last_hours=0x10', 'last_hours must be a whole number from 1 to 8760'],
    ['last_hours=%2024', 'last_hours must be a whole number from 1 to 8760'],
    ['last_hours=024', 'last_hours must be a whole number from 1 to 8760'],
    ['last_hours=-1', 'last_hours must be a whole number from 1 to 8760'],
    ['last_hours=', 'last_hours must be a whole number from 1 to 8760'],
    ['last_hours=24&last_hours=24', 'last_hours must be given only once'],
    ['surprise=1', 'surprise is not a known field'],
    ['__proto__=1', '__proto__ is not an allowed name'],
  ])('refuses %s', (text, message) => {
    expect(issuesOf(query(text))).toEqual([message]);
  });

  it('takes 1 to 366 days for analytics', () => {
    for (const days of ['1', '366']) expect(parseQuery(analyticsQuery, [['days', days]])).toEqual({ ok: true, value: { days: Number(days) } });
    for (const days of ['0', '367']) expect(parseQuery(analyticsQuery, [['days', days]]).ok).toBe(false);
  });
});
