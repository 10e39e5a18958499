// The generated part of docs/PERFORMANCE.md: nothing in it was typed by hand.
import { join } from 'node:path';
import type { Results } from '../run/rounds.ts';
import { unmeasured } from './budgets.ts';
import type { Report } from './results.ts';

export const PERFORMANCE = join(import.meta.dirname, '../../../docs/PERFORMANCE.md');
const BEGIN = '<!-- measured: begin -->';
const END = '<!-- measured: end -->';

const TITLES: Readonly<Record<string, string>> = {
  peers: 'All peers, 10,000 sessions stored', store: 'The device\'s store, 100,000 sessions stored', overlaps: 'All overlapping pairs', sizes: 'Downloads', server: 'Server on PostgreSQL',
  drain: 'Draining', growth: 'Growth', preferences: 'Preferences', blocking: 'Main thread',
};

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function measuredTable(results: Results): string {
  const names = [...new Set(Object.values(results).flatMap((by) => Object.keys(by)))];
  const rows = Object.entries(results).map(([work, by]) => [
    work,
    ...names.map((name) => {
      const found = by[name];
      if (!found) return '–';
      return found.rounds > 1 ? `${found.median} (${found.low}–${found.high})` : String(found.median);
    }),
  ]);
  return table(['work', ...names], rows);
}

export function renderMeasured(report: Report): string {
  const budgets = table(
    ['budget', 'work', 'limit', 'measured', 'met'],
    report.budgets.map(({ id, what, budget, measured, met }) => [id, what, budget, String(measured), met ? 'yes' : '**no**']),
  );
  const missing = unmeasured(report.measured);
  const groups = Object.entries(report.measured).map(([group, { at, results }]) => `### ${TITLES[group] ?? group}\n\nMeasured on ${at}.\n\n${measuredTable(results)}`);
  return [
    BEGIN, `Machine: ${report.machine}.`, '### Budgets', budgets,
    missing.length === 0 ? 'Every budget is measured.' : `Not measured yet: ${missing.join(', ')}.`,
    ...groups, END,
  ].join('\n\n');
}

/** The page with its generated part replaced. */
export function withMeasured(page: string, report: Report): string {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`no place for the measured part in ${PERFORMANCE}`);
  return page.slice(0, from) + renderMeasured(report) + page.slice(to + END.length);
}
