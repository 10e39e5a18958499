// Plots as SVG text, without a browser.
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

/** Draws and makes it stand alone: a name space, a ground that is readable on any page. */
export function drawSvg(options: Plot.PlotOptions): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const drawn = Plot.plot({ ...options, document: document as unknown as Document, style: { background: 'white', color: '#222', fontSize: '12px' } });
  const svg = drawn.tagName.toLowerCase() === 'svg' ? drawn : drawn.querySelector('svg');
  if (!svg) throw new Error('nothing was drawn');
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  // Markers are numbered through all plots of a process: equal plots would not be equal texts.
  const markers: string[] = [];
  const text = svg.outerHTML.replaceAll(/plot-marker-\d+/g, (name) => {
    if (!markers.includes(name)) markers.push(name);
    return `plot-marker-${markers.indexOf(name) + 1}`;
  });
  return `${text}\n`;
}
