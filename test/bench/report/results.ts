// test/bench/results.json: what was measured, group by group, and which budgets hold. Each group is one run: ratios never cross groups.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { findBrowser } from '../../provision/browser.mjs';
import type { Results } from '../run/rounds.ts';
import { type Budget, judge } from './budgets.ts';

const file = join(import.meta.dirname, '..', 'results.json');

export interface Report {
  /** In general terms: only ratios within a group mean anything. */
  readonly machine: string;
  readonly measured: Readonly<Record<string, { readonly at: string; readonly results: Results }>>;
  readonly budgets: readonly Budget[];
}

export function readReport(): Report {
  if (!existsSync(file)) return { machine: '', measured: {}, budgets: [] };
  return JSON.parse(readFileSync(file, 'utf8')) as Report;
}

function describeMachine(): string {
  const browser = findBrowser();
  const version = browser ? execFileSync(browser.executablePath, ['--version', ...browser.args], { env: browser.env, encoding: 'utf8' }).trim().split(' ').slice(0, 2).join(' ') : 'no browser';
  return `${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GB, ${type()} ${release().split('.').slice(0, 2).join('.')}, Node ${process.versions.node}, headless ${version.replace(/(\d+)\..*/, '$1')}, shared with other work`;
}

export function mergeResults(group: string, results: Results): void {
  const before = readReport();
  const measured = { ...before.measured, [group]: { at: new Date().toISOString().slice(0, 10), results } };
  const report: Report = { machine: describeMachine(), measured, budgets: judge(measured) };
  writeFileSync(file, `${JSON.stringify(report, null, 1)}\n`);
}
