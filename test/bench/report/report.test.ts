// What the pages say of performance is what results.json says.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { judge } from './budgets.ts';
import { readReport } from './results.ts';
import { PERFORMANCE, renderMeasured } from './tables.ts';

it('docs/PERFORMANCE.md shows results.json', () => {
  expect(readFileSync(PERFORMANCE, 'utf8')).toContain(renderMeasured(readReport()));
});

it('the budgets in results.json follow from its measurements', () => {
  const { measured, budgets } = readReport();
  expect(budgets).toEqual(judge(measured));
});

it('every plot that the page shows is there', () => {
  const shown = [...readFileSync(PERFORMANCE, 'utf8').matchAll(/\]\((plots\/[^)]+)\)/g)].map(([, path]) => path ?? '');
  expect(shown.length).toBeGreaterThan(0);
  for (const path of shown) expect(readFileSync(new URL(`../../../docs/${path}`, import.meta.url), 'utf8')).toMatch(/^<svg /);
});
