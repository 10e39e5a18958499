// test/bench/results.json: what was measured, group by group, and which budgets hold. Each group is one run: ratios never cross groups.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { findBrowser } from '../../provision/browser.mjs';
import type { Results } from '../run/rounds.ts';
import { type Budget, judge } from './budgets.ts';

const file = join(import.meta.dirname, '..', 'results.json');
const root = join(import.meta.dirname, '../../..');

/** What one group measured. */
export interface Run {
  readonly at: string;
  /** In general terms: only ratios within a group mean anything. */
  readonly machine: string;
  /** What was checked out, and whether it had been changed; absent where that was not noted, null where nobody can tell. */
  readonly commit?: string | null;
  readonly results: Results;
}

export interface Report {
  readonly measured: Readonly<Record<string, Run>>;
  readonly budgets: readonly Budget[];
}

export function readReport(): Report {
  if (!existsSync(file)) return { measured: {}, budgets: [] };
  return JSON.parse(readFileSync(file, 'utf8')) as Report;
}

function describeMachine(): string {
  const browser = findBrowser();
  const version = browser ? execFileSync(browser.executablePath, ['--version', ...browser.args], { env: browser.env, encoding: 'utf8' }).trim().split(' ').slice(0, 2).join(' ') : 'no browser';
  return `${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GB, ${type()} ${release().split('.').slice(0, 2).join('.')}, Node ${process.versions.node}, headless ${version.replace(/(\d+)\..*/, '$1')}, shared with other work`;
}

/** What a run writes itself is no change of what it measured. */
const WRITTEN = [':(exclude)test/bench/results.json', ':(exclude)docs/PERFORMANCE.md', ':(exclude)docs/plots'];

function describeCommit(): string | null {
  const git = (...args: string[]): string => execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    const isChanged = git('status', '--porcelain', '--', '.', ...WRITTEN) !== '';
    return git('rev-parse', '--short=7', 'HEAD') + (isChanged ? ' with changes' : '');
  } catch {
    return null;
  }
}

/** The report with what a group measured now: of the others it says when, where and of what they were measured. */
export function merge(before: Report, group: string, run: Run): Report {
  const measured = { ...before.measured, [group]: run };
  return { measured, budgets: judge(measured) };
}

export function mergeResults(group: string, results: Results): void {
  const report = merge(readReport(), group, { at: new Date().toISOString().slice(0, 10), machine: describeMachine(), commit: describeCommit(), results });
  writeFileSync(file, `${JSON.stringify(report, null, 1)}\n`);
}
