// The plots of docs/PERFORMANCE.md, from results.json.
import * as Plot from '@observablehq/plot';
import type { Results } from '../run/rounds.ts';
import type { Report } from './results.ts';
import { drawSvg } from './svg.ts';

interface Bar {
  readonly work: string;
  readonly name: string;
  readonly ratio: number;
}

/** Times only: throughput is better when larger. */
const WORKS = ['durable write ms', 'cold start ms', 'overlap query ms', 'acknowledge 500 ms', 'notice in the same tab ms'];

function peerBars(results: Results): Bar[] {
  return WORKS.flatMap((work) => {
    const by = results[work] ?? {};
    const raw = by['raw']?.median;
    return raw === undefined ? [] : Object.entries(by).map(([name, { median }]) => ({ work: work.replace(/ ms$/, ''), name, ratio: median / raw }));
  });
}

function drawPeers(results: Results): string {
  return drawSvg({
    width: 760, height: 640, marginLeft: 90, marginRight: 150, grid: true,
    x: { type: 'log', label: 'time, as a multiple of IndexedDB written by hand (smaller is better) →' },
    y: { label: null }, fy: { label: null },
    marks: [
      Plot.ruleX([1], { stroke: '#999' }),
      Plot.dot(peerBars(results), { x: 'ratio', y: 'name', fy: 'work', r: 5, fill: ({ name }: Bar) => (name === 'syncline' ? '#c2410c' : '#64748b') }),
    ],
  });
}

function drawGrowth(results: Results, works: readonly string[], label: string): string {
  const points = works.flatMap((work) =>
    Object.entries(results[work] ?? {}).map(([count, { median }]) => ({ work, count: Number(count.replaceAll(',', '')), ms: Math.max(median, 0.001) })));
  return drawSvg({
    width: 760, height: 380, marginLeft: 60, marginRight: 220, grid: true,
    x: { type: 'log', label: 'sessions stored →' }, y: { type: 'log', label },
    marks: [
      Plot.line(points, { x: 'count', y: 'ms', stroke: 'work', marker: true }),
      Plot.text(points, Plot.selectLast({ x: 'count', y: 'ms', z: 'work', text: 'work', textAnchor: 'start', dx: 8 })),
    ],
  });
}

function drawOverlaps(results: Results): string {
  const points = Object.entries(results).flatMap(([work, by]) => {
    const count = Number(/[\d,]+/.exec(work)?.[0].replaceAll(',', ''));
    return Object.entries(by).map(([name, { median }]) => ({ name, count, ms: Math.max(median, 0.001) }));
  });
  return drawSvg({
    width: 760, height: 420, marginLeft: 60, marginRight: 190, grid: true,
    x: { type: 'log', label: 'sessions, shuffled →' }, y: { type: 'log', label: '↑ ms for all overlapping pairs' },
    marks: [
      Plot.line(points, { x: 'count', y: 'ms', z: 'name', stroke: ({ name }: { name: string }) => (name.startsWith('syncline') ? '#c2410c' : '#64748b'), marker: true }),
      Plot.text(points, Plot.selectLast({ x: 'count', y: 'ms', z: 'name', text: 'name', textAnchor: 'start', dx: 8 })),
    ],
  });
}

/** By file name. */
export function drawPlots({ measured }: Report): Record<string, string> {
  const plots: Record<string, string> = {};
  if (measured['peers']) plots['peers.svg'] = drawPeers(measured['peers'].results);
  if (measured['growth']) plots['growth.svg'] = drawGrowth(measured['growth'].results, ['record', 'idle sync', 'status', 'cold start', 'overlap query', 'heap, MB'], '↑ ms; of the heap MB');
  if (measured['overlaps']) plots['overlaps.svg'] = drawOverlaps(measured['overlaps'].results);
  return plots;
}
