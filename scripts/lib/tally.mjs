// Adds up what the steps of `npm test` did. A check that could not run counts as failed unless it is expected.

/**
 * @typedef {{ check: string, reason: string }} Expected a check that may be missing on some machines
 * @typedef {{ passed: number, failed: number, notRun: string[] }} Count
 */

/**
 * A Vitest JSON report. Files that could not be loaded hold no test: they count as one failure each.
 * @param {string} suite
 * @param {{ testResults: { name: string, status: string, assertionResults: { status: string, fullName: string }[] }[] }} report
 * @returns {Count}
 */
export function countReport(suite, report) {
  /** @type {Count} */
  const count = { passed: 0, failed: 0, notRun: [] };
  for (const file of report.testResults) {
    const failures = file.assertionResults.filter((test) => test.status === 'failed').length;
    count.failed += file.status === 'failed' ? Math.max(failures, 1) : failures;
    count.passed += file.assertionResults.filter((test) => test.status === 'passed').length;
    const others = file.assertionResults.filter((test) => test.status !== 'failed' && test.status !== 'passed');
    count.notRun.push(...others.map((test) => `${suite}: ${test.fullName}`));
  }
  if (count.passed + count.failed + count.notRun.length === 0) count.notRun.push(`${suite}: there is no test`);
  return count;
}

/**
 * A check without a report: it passed or it did not.
 * @param {boolean} passed
 * @returns {Count}
 */
export function countCheck(passed) {
  return { passed: passed ? 1 : 0, failed: passed ? 0 : 1, notRun: [] };
}

/**
 * @param {string[]} lines
 * @returns {string[]}
 */
export function notRunLines(lines) {
  return lines.flatMap((line) => /^\s*NOT RUN: (.+)$/.exec(line)?.[1] ?? []);
}

/**
 * @param {Count[]} counts
 * @param {Expected[]} expected
 * @returns {{ lines: string[], succeeded: boolean }} the last line is the sum, alone
 */
export function summarise(counts, expected) {
  const passed = counts.reduce((sum, count) => sum + count.passed, 0);
  let failed = counts.reduce((sum, count) => sum + count.failed, 0);
  const lines = [];
  for (const check of new Set(counts.flatMap((count) => count.notRun))) {
    const known = expected.find((entry) => check.startsWith(entry.check));
    if (!known) failed += 1;
    lines.push(`NOT RUN: ${check} (${known ? known.reason : 'unexpected: counted as failed'})`);
  }
  lines.push(`${passed} passed, ${failed} failed`);
  return { lines, succeeded: failed === 0 && passed > 0 };
}
