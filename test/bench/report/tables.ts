// The generated part of docs/PERFORMANCE.md: nothing in it was typed by hand.
import { join } from 'node:path';
import type { Results } from '../run/rounds.ts';
import { unmeasured } from './budgets.ts';
import type { Report, Run } from './results.ts';

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

/** When, of what, and how often; where the groups come from several machines, on which. */
function origin({ at, commit, machine, results }: Run, isAlone: boolean): string {
  const rounds = Math.max(0, ...Object.values(results).flatMap((by) => Object.values(by).map((spread) => spread.rounds)));
  const of = commit ? `, commit ${commit}` : '';
  return `Measured on ${at}${of}${rounds > 0 ? `, ${rounds} ${rounds === 1 ? 'round' : 'rounds'}` : ''}.${isAlone ? '' : ` Machine: ${machine}.`}`;
}

export function renderMeasured({ measured, budgets }: Report): string {
  const judged = table(
    ['budget', 'work', 'limit', 'measured', 'met'],
    budgets.map(({ id, what, budget, measured: found, met }) => [id, what, budget, String(found), met ? 'yes' : '**no**']),
  );
  const missing = unmeasured(measured);
  const [machine, ...others] = new Set(Object.values(measured).map((run) => run.machine));
  const isAlone = others.length === 0;
  const groups = Object.entries(measured).map(([group, run]) => `### ${TITLES[group] ?? group}\n\n${origin(run, isAlone)}\n\n${measuredTable(run.results)}`);
  return [
    BEGIN, isAlone ? `Machine: ${machine}.` : 'The tables come from several machines; each says from which.', '### Budgets', judged,
    missing.length === 0 ? 'Every budget is measured.' : `Not measured: ${missing.join(', ')}.`,
    ...groups, END,
  ].join('\n\n');
}

/** The page with its generated part replaced. */
export function withMeasured(page: string, report: Report): string {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`no place for the measured part in ${PERFORMANCE}`);
  return page.slice(0, from) + renderMeasured(report) + page.slice(to + END.length);
}
