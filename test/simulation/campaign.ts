// What a long campaign leaves: a summary of its own while it runs, so that it goes on where it was interrupted, and a committed record of all of
// them, with its table in docs/SIMULATION.md.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { allMarks, type Mark, MarkCounts } from '@syncline/core/testing';
import record from './campaign.json' with { type: 'json' };
import { KINDS, unreachableMarks } from './seeds.ts';

const root = join(import.meta.dirname, '..', '..');
const recordFile = join(import.meta.dirname, 'campaign.json');
const documentFile = join(root, 'docs', 'SIMULATION.md');
const BEGIN = '<!-- campaign: begin -->';
const END = '<!-- campaign: end -->';
const RAREST = 8;
/** So many failures are told, with how each is replayed. */
const FAILURES_KEPT = 5;
/** From so many seeds on, each mark must have been met: the rarest are met about once in ten thousand. */
const ALL_FROM = 100_000;
/** Where so many worlds are expected to meet a mark, none does by chance once in e^40 runs. */
const EXPECTED = 40;

/** Seeds from `from` to before `next` ran at that commit. */
export interface Part {
  /** With what tells the sources from it, where they had been changed since. */
  readonly commit: string;
  readonly from: number;
  readonly next: number;
  readonly violations: number;
  /** The real parts that stood in place of those in memory, where there were any. */
  readonly over?: string | undefined;
}

/** The first thing that went wrong in the world of that seed. */
export interface Failure {
  readonly seed: number;
  readonly id: string;
  readonly what: string;
}

/** What came of some seeds. */
export interface Report {
  readonly from: number;
  readonly count: number;
  readonly marks: Readonly<Record<string, number>>;
  /** In how many of their worlds each was met: one world may meet it a hundred times. */
  readonly worlds: Readonly<Record<string, number>>;
  readonly failures: readonly Failure[];
  /** CPU time of that process, its garbage collection included. */
  readonly cpuMs: number;
}

export interface Summary extends Part {
  readonly seeds: number;
  readonly marks: Readonly<Record<string, number>>;
  readonly worlds: Readonly<Record<string, number>>;
  /** The first of them. */
  readonly failures: readonly Failure[];
}

/** The record of all parts. */
export interface Campaign {
  readonly parts: readonly Part[];
  readonly marks: Readonly<Record<string, number>>;
  /** Of the seeds of each kind whose worlds were counted: how many they were, and how many met each mark. */
  readonly worlds: Readonly<Record<string, WorldCounts>>;
}

export interface WorldCounts {
  readonly seeds: number;
  readonly marks: Readonly<Record<string, number>>;
}

/** What is simulated, and by what. The record of earlier seeds changes neither. */
const SOURCES = ['packages', 'test/simulation', 'pnpm-lock.yaml', ':!test/simulation/campaign.json'];

/** Names the sources in that folder: their commit, and what was changed since. */
export function sourcesOf(folder: string): string {
  const git = (...words: string[]): string => execFileSync('git', words, { cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 28, stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const commit = git('rev-parse', '--short', 'HEAD').trim();
    const added = git('ls-files', '--others', '--exclude-standard', '-z', '--', ...SOURCES).split('\0').filter((name) => name !== '');
    const changes = [git('diff', '--no-ext-diff', '--binary', 'HEAD', '--', ...SOURCES), ...added.flatMap((name) => [name, readFileSync(join(folder, name), 'utf8')])].join('\n');
    return changes.trim() === '' ? commit : `${commit}+${createHash('sha256').update(changes).digest('hex').slice(0, 7)}`;
  } catch {
    return 'unknown';
  }
}

/** @throws Error, in words, where that file holds no summary. */
function summaryIn(file: string): Summary {
  const text = readFileSync(file, 'utf8');
  try {
    const { failures = [], ...kept } = JSON.parse(text) as Omit<Summary, 'failures'> & Partial<Summary>;
    const counts = [kept.from, kept.next, kept.violations, ...Object.values(kept.marks), ...Object.values(kept.worlds)];
    if (typeof kept.commit === 'string' && kept.from <= kept.next && counts.every((count) => Number.isSafeInteger(count) && count >= 0)) return { ...kept, failures };
  } catch {
    // Told below.
  }
  throw new Error(`${file} is no summary of a campaign`);
}

/**
 * What was done before of the same seeds, by the same sources and over the same parts; else a fresh start.
 * @throws as `summaryIn` does: what is no summary is not written over.
 */
export function readSummary(from: number, file: string | undefined, over?: string): Summary {
  const fresh: Summary = { commit: sourcesOf(root), from, next: from, seeds: 0, violations: 0, over, marks: {}, worlds: {}, failures: [] };
  if (file === undefined || !existsSync(file)) return fresh;
  const kept = summaryIn(file);
  if (kept.commit === fresh.commit && kept.from === from && kept.over === over) return { ...kept, seeds: kept.next - from };
  console.log(`${file} holds ${kept.next - kept.from} seeds from ${kept.from} on at ${kept.commit}, and is begun anew`);
  return fresh;
}

/** Replaced as a whole, because an interruption may come while it is written. */
export function writeSummary(summary: Summary, file: string | undefined): void {
  if (file === undefined) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, `${JSON.stringify(summary, null, 2)}\n`);
  renameSync(`${file}.new`, file);
}

function summed(...counts: readonly Readonly<Record<string, number>>[]): Record<Mark, number> {
  const sum = new MarkCounts();
  for (const count of counts) sum.add(count);
  return sum.toRecord();
}

/** Adds up what came of parts of a campaign, in whatever order that is told. */
export class Tally {
  /** Counts an unbroken run of seeds only: the rest is run again after an interruption. */
  summary: Summary;
  readonly marks = new MarkCounts();
  /** Of what was told here, not of what was run before. */
  cpuMs = 0;
  readonly #ahead = new Map<number, Report>();

  constructor(before: Summary) {
    this.summary = before;
    this.marks.add(before.marks);
  }

  /** Seeds that ran, also beyond an unbroken run of them. */
  get seeds(): number {
    return [...this.#ahead.values()].reduce((sum, { count }) => sum + count, this.summary.seeds);
  }

  get violations(): number {
    return [...this.#ahead.values()].reduce((sum, { failures }) => sum + failures.length, this.summary.violations);
  }

  add(report: Report): void {
    this.marks.add(report.marks);
    this.cpuMs += report.cpuMs;
    this.#ahead.set(report.from, report);
    for (let next = this.#ahead.get(this.summary.next); next !== undefined; next = this.#ahead.get(this.summary.next)) {
      this.#ahead.delete(next.from);
      const { summary } = this;
      this.summary = {
        ...summary, next: summary.next + next.count, seeds: summary.seeds + next.count, violations: summary.violations + next.failures.length,
        marks: summed(summary.marks, next.marks), worlds: summed(summary.worlds, next.worlds), failures: [...summary.failures, ...next.failures].slice(0, FAILURES_KEPT),
      };
    }
  }
}

export function readCampaign(): Campaign {
  return JSON.parse(readFileSync(recordFile, 'utf8')) as Campaign;
}

/** The record with one more part. @throws where it has no seeds, or some of them are in the record already. */
export function withPart({ parts, marks, worlds }: Campaign, { commit: at, from, next, violations, over, marks: more, worlds: moreWorlds }: Summary): Campaign {
  if (next === from) throw new Error('the summary has no seeds');
  const other = parts.find((part) => part.over === over && part.from < next && from < part.next);
  if (other !== undefined) throw new Error(`seeds ${from} to ${next - 1} are in the record in part: ${other.from} to ${other.next - 1} ran at ${other.commit}`);
  const part: Part = { commit: at, from, next, violations, ...(over !== undefined && { over }) };
  const kind = kindOfAll(from, next);
  const before = worlds[kind ?? ''];
  const counted = kind !== null && over === undefined && { [kind]: { seeds: (before?.seeds ?? 0) + next - from, marks: summed(before?.marks ?? {}, moreWorlds) } };
  return {
    parts: [...parts, part].sort((a, b) => placeOf(a).localeCompare(placeOf(b)) || a.from - b.from), marks: summed(marks, more),
    worlds: { ...worlds, ...counted },
  };
}

/** Marks that a run of so many seeds must have met, by what the record tells of worlds of their kind; all that they can meet where it is a long one. */
export function demandedMarks(from: number, seeds: number, { worlds }: Campaign = record): readonly Mark[] {
  const known = worlds[kindOfAll(from, from + seeds) ?? ''];
  // Of few worlds nobody can tell how many others meet it: three deviations fewer is what the record is sure of.
  const sure = (count: number): number => count - 3 * Math.sqrt(count);
  const expected = (mark: Mark): number => (known === undefined ? 0 : (sure(known.marks[mark] ?? 0) / known.seeds) * seeds);
  const unreachable = new Set(unreachableMarks(from, seeds));
  return allMarks().filter((mark) => !unreachable.has(mark) && (seeds >= ALL_FROM || expected(mark) >= EXPECTED));
}

/** Takes a summary into the record, and the record into the document. @throws Error, in words, where it cannot. */
export function keepSummary(file: string): void {
  const next = withPart(readCampaign(), summaryIn(file));
  writeFileSync(recordFile, `${JSON.stringify(next, null, 2)}\n`);
  writeFileSync(documentFile, documentWithCampaign().should);
}

/** Worlds that are in memory as a whole come first. */
const placeOf = ({ over = '' }: Part): string => over;

const number = (value: number): string => value.toLocaleString('en');

/** Marks that some of these worlds can meet, and those of them that none has met. */
export function marksOf({ parts, marks }: Campaign): { readonly reachable: readonly Mark[]; readonly missing: readonly Mark[] } {
  const unreachable = parts.map(({ from, next }) => new Set(unreachableMarks(from, next - from)));
  const reachable = allMarks().filter((mark) => !unreachable.every((none) => none.has(mark)));
  return { reachable, missing: reachable.filter((mark) => (marks[mark] ?? 0) === 0) };
}

function kindOf({ from }: Pick<Part, 'from'>): string {
  return KINDS.findLast((candidate) => candidate.from <= from)?.name ?? '';
}

/** The kind of the worlds of all these seeds; null where they are of several. */
function kindOfAll(from: number, next: number): string | null {
  const kind = kindOf({ from });
  return kind === kindOf({ from: next - 1 }) ? kind : null;
}

/** Parts that go on where another ended, at the same commit, as one. */
function inRuns(parts: readonly Part[]): readonly Part[] {
  return parts.reduce<readonly Part[]>((runs, part) => {
    const last = runs.at(-1);
    const isMore = last?.next === part.from && last.commit === part.commit && last.over === part.over && kindOf(last) === kindOf(part);
    return isMore ? [...runs.slice(0, -1), { ...part, from: last.from, violations: last.violations + part.violations }] : [...runs, part];
  }, []);
}

/** What stands between the two marks of the document. */
export function campaignTable(campaign: Campaign): string {
  const { parts, marks } = campaign;
  const sum = (of: (part: Part) => number): number => parts.reduce((all, part) => all + of(part), 0);
  const rows = inRuns(parts).map((part) => {
    const { commit: at, from, next, violations, over = 'memory' } = part;
    return `| ${kindOf(part)} | ${over} | ${number(from)} to ${number(next - 1)} | \`${at}\` | ${number(next - from)} | ${violations} |`;
  });
  const { reachable, missing } = marksOf(campaign);
  const met = reachable.map((mark) => [mark, marks[mark] ?? 0] as const).filter(([, count]) => count > 0).sort(([, a], [, b]) => a - b);
  const rarest = met.slice(0, RAREST).map(([mark, count]) => `\`${mark}\` ${number(count)}`);
  return [
    `${number(sum(({ from, next }) => next - from))} seeds, ${sum(({ violations }) => violations)} violations; ${reachable.length - missing.length} of the ${reachable.length} marks met that these worlds can meet.`,
    `The rarest: ${rarest.join(', ')}.`, '',
    '| worlds of | over | seeds | commit | how many | violations |', '| --- | --- | --- | --- | --- | --- |', ...rows,
  ].join('\n');
}

/** The document with the table as it is now. */
export function documentWithCampaign(): { readonly is: string; readonly should: string } {
  const is = readFileSync(documentFile, 'utf8');
  const [before = '', rest = ''] = is.split(BEGIN);
  const after = rest.split(END)[1] ?? '';
  return { is, should: `${before}${BEGIN}\n${campaignTable(readCampaign())}\n${END}${after}` };
}
