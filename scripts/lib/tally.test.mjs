import { describe, expect, it } from 'vitest';
import { countCheck, countReport, notRunLines, summarise } from './tally.mjs';

/** @param {string[]} statuses @param {string} [status] */
const file = (statuses, status = 'passed') => ({
  name: 'a.test.ts',
  status,
  assertionResults: statuses.map((each, index) => ({ status: each, fullName: `test ${index}` })),
});

describe('countReport', () => {
  it('counts passed and failed tests, and names those that did not run', () => {
    const report = { testResults: [file(['passed', 'failed', 'skipped'], 'failed'), file(['passed'])] };
    expect(countReport('unit', report)).toEqual({ passed: 2, failed: 1, notRun: ['unit: test 2'] });
  });

  it('counts a file that could not be loaded as one failure', () => {
    expect(countReport('unit', { testResults: [file([], 'failed')] })).toEqual({ passed: 0, failed: 1, notRun: [] });
  });

  it('does not take an empty suite for a success', () => {
    expect(countReport('e2e', { testResults: [] }).notRun).toEqual(['e2e: there is no test']);
  });
});

describe('summarise', () => {
  it('ends with the sum alone on its line', () => {
    expect(summarise([countCheck(true), { passed: 3, failed: 0, notRun: [] }], [])).toEqual({
      lines: ['4 passed, 0 failed'],
      succeeded: true,
    });
  });

  it('fails when nothing passed', () => {
    expect(summarise([], []).succeeded).toBe(false);
  });

  it('fails on a check that did not run, unless it is expected', () => {
    const counts = [countCheck(true), { passed: 0, failed: 0, notRun: ['browser: quota'] }];
    expect(summarise(counts, []).lines.at(-1)).toBe('1 passed, 1 failed');
    const listed = summarise(counts, [{ check: 'browser: quota', reason: 'needs a newer browser' }]);
    expect(listed.succeeded).toBe(true);
    expect(listed.lines).toEqual(['NOT RUN: browser: quota (needs a newer browser)', '1 passed, 0 failed']);
  });
});

it('reads what a program says it did not run', () => {
  expect(notRunLines(['fine', 'NOT RUN: webkit is absent', 'it was NOT RUN: no'])).toEqual(['webkit is absent']);
});
