// What the pages say of performance is what results.json says.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { judge, unmeasured } from './budgets.ts';
import { drawPlots } from './plots.ts';
import { PLOTS } from './publish.ts';
import { merge, type Run, readReport } from './results.ts';
import { PERFORMANCE, renderMeasured } from './tables.ts';

it('docs/PERFORMANCE.md shows results.json', () => {
  expect(readFileSync(PERFORMANCE, 'utf8')).toContain(renderMeasured(readReport()));
});

it('the budgets in results.json follow from its measurements', () => {
  const { measured, budgets } = readReport();
  expect(budgets).toEqual(judge(measured));
});

it('docs/PERFORMANCE.md gives a reason for every budget that is not met, or not measured', () => {
  const { measured, budgets } = readReport();
  const page = readFileSync(PERFORMANCE, 'utf8');
  const reasons = page.slice(page.indexOf('## Known to be over budget'), page.indexOf('## Plots'));
  const named = new Set([...reasons.matchAll(/\(([^()]*)\)/g)].flatMap(([, list = '']) => list.split(/[,;] /)));
  const open = [...budgets.filter(({ met }) => !met).map(({ id }) => id), ...unmeasured(measured)];
  expect(open.filter((id) => !named.has(id))).toEqual([]);
});

it('every plot that the page shows is drawn from results.json, and every one that is drawn is shown', () => {
  const shown = [...readFileSync(PERFORMANCE, 'utf8').matchAll(/\]\(plots\/([^)]+)\)/g)].map(([, name]) => name ?? '');
  const plots = drawPlots(readReport());
  expect(shown.toSorted()).toEqual(Object.keys(plots).toSorted());
  for (const [name, svg] of Object.entries(plots)) expect(readFileSync(join(PLOTS, name), 'utf8') === svg, name).toBe(true);
});

describe('a group that is measured alone', () => {
  const old: Run = { at: '2026-01-01', machine: 'a machine with 8 cores', commit: 'aaaaaaa', results: { 'pending count ms': { raw: { median: 1, low: 1, high: 1, rounds: 5 } } } };
  const now: Run = { ...old, at: '2026-02-02', machine: 'a machine with 2 cores', commit: 'bbbbbbb with changes' };

  it('leaves it to be seen where and of what the others were measured', () => {
    const page = renderMeasured(merge(merge({ measured: {}, budgets: [] }, 'store', old), 'peers', now));
    expect(page).toContain('Measured on 2026-01-01, commit aaaaaaa, 5 rounds. Machine: a machine with 8 cores.');
    expect(page).toContain('Measured on 2026-02-02, commit bbbbbbb with changes, 5 rounds. Machine: a machine with 2 cores.');
    expect(page).not.toMatch(/^Machine:/m);
  });

  it('says once what all have in common', () => {
    const page = renderMeasured(merge(merge({ measured: {}, budgets: [] }, 'store', old), 'peers', { ...now, machine: old.machine, results: { work: { raw: { median: 1, low: 1, high: 1, rounds: 1 } } } }));
    expect(page).toContain('Measured on 2026-02-02, commit bbbbbbb with changes, 1 round.');
    expect(page.match(/a machine with/g)).toHaveLength(1);
  });
});
