// What a long campaign leaves: a summary of its own while it runs, so that it goes on where it was interrupted, and a committed record of all of
// them, with its table in docs/SIMULATION.md.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MarkCounts } from '@syncline/core/testing';
import { KINDS } from './seeds.ts';

const root = join(import.meta.dirname, '..', '..');
const recordFile = join(import.meta.dirname, 'campaign.json');
const documentFile = join(root, 'docs', 'SIMULATION.md');
const BEGIN = '<!-- campaign: begin -->';
const END = '<!-- campaign: end -->';
const RAREST = 8;

/** Seeds from `from` to before `next` ran at that commit. */
export interface Part {
  readonly commit: string;
  readonly from: number;
  readonly next: number;
  readonly violations: number;
}

export interface Summary extends Part {
  /** Every seed that ran, also beyond an unbroken run of them. */
  readonly seeds: number;
  readonly marks: Readonly<Record<string, number>>;
}

/** The record of all parts. */
export interface Campaign {
  readonly parts: readonly Part[];
  readonly marks: Readonly<Record<string, number>>;
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}

/** What was done before of the same seeds, by the same sources; else a fresh start. */
export function readSummary(from: number, file: string | undefined): Summary {
  const fresh: Summary = { commit: commit(), from, next: from, seeds: 0, violations: 0, marks: {} };
  if (file === undefined) return fresh;
  try {
    const kept = JSON.parse(readFileSync(file, 'utf8')) as Summary;
    // Seeds beyond the unbroken run are run, and counted, again.
    return kept.commit === fresh.commit && kept.from === from ? { ...fresh, ...kept, seeds: kept.next - from } : fresh;
  } catch {
    return fresh;
  }
}

export function writeSummary(summary: Summary, file: string | undefined): void {
  if (file === undefined) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(summary, null, 2)}\n`);
}

export function readCampaign(): Campaign {
  return JSON.parse(readFileSync(recordFile, 'utf8')) as Campaign;
}

/** The record with one more part. @throws where some of its seeds are in the record already. */
export function withPart({ parts, marks }: Campaign, { commit: at, from, next, violations, marks: more }: Summary): Campaign {
  const other = parts.find((part) => part.from < next && from < part.next);
  if (other !== undefined) throw new Error(`seeds ${from} to ${next - 1} are in the record in part: ${other.from} to ${other.next - 1} ran at ${other.commit}`);
  const counts = new MarkCounts();
  counts.add(marks);
  counts.add(more);
  return { parts: [...parts, { commit: at, from, next, violations }].sort((a, b) => a.from - b.from), marks: counts.toRecord() };
}

/** Takes a summary into the record, and the record into the document. */
export function keepSummary(file: string): void {
  const next = withPart(readCampaign(), JSON.parse(readFileSync(file, 'utf8')) as Summary);
  writeFileSync(recordFile, `${JSON.stringify(next, null, 2)}\n`);
  writeFileSync(documentFile, documentWithCampaign().should);
}

const number = (value: number): string => value.toLocaleString('en');

/** What stands between the two marks of the document. */
export function campaignTable({ parts, marks }: Campaign): string {
  const sum = (of: (part: Part) => number): number => parts.reduce((all, part) => all + of(part), 0);
  const rows = parts.map(({ commit: at, from, next, violations }) => {
    const kind = KINDS.findLast((candidate) => candidate.from <= from)?.name ?? '';
    return `| ${kind} | ${number(from)} to ${number(next - 1)} | \`${at}\` | ${number(next - from)} | ${violations} |`;
  });
  const met = Object.entries(marks).filter(([, count]) => count > 0).sort(([, a], [, b]) => a - b);
  const rarest = met.slice(0, RAREST).map(([mark, count]) => `\`${mark}\` ${number(count)}`);
  return [
    `${number(sum(({ from, next }) => next - from))} seeds, ${sum(({ violations }) => violations)} violations; ${met.length} of ${Object.keys(marks).length} marks met.`,
    `The rarest: ${rarest.join(', ')}.`, '',
    '| worlds of | seeds | commit | how many | violations |', '| --- | --- | --- | --- | --- |', ...rows,
  ].join('\n');
}

/** The document with the table as it is now. */
export function documentWithCampaign(): { readonly is: string; readonly should: string } {
  const is = readFileSync(documentFile, 'utf8');
  const [before = '', rest = ''] = is.split(BEGIN);
  const after = rest.split(END)[1] ?? '';
  return { is, should: `${before}${BEGIN}\n${campaignTable(readCampaign())}\n${END}${after}` };
}
