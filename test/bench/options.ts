// What `pnpm bench` was asked for. A word that makes no sense is refused before anything is measured, not an hour later.
import { parseArgs } from 'node:util';

export const STORED = 100_000;

/** What a group can be asked for. */
export interface Choice {
  /** Whom it measures; what stands before a comma names them, too. Empty where nobody can be chosen. */
  readonly contenders: readonly string[];
  /** Whether it can be told how many sessions are stored. */
  readonly isSized: boolean;
}

export interface Options {
  readonly rounds: number;
  readonly stored: number;
  readonly groups: readonly string[];
  readonly contenders: readonly string[] | null;
  /** Whether what is measured may stand in results.json: it is all of what a group measures, as the budgets want it. */
  readonly isWhole: boolean;
  readonly dry: boolean;
}

export const usage = (groups: Readonly<Record<string, Choice>>): string => `usage: pnpm bench [--rounds 5] [--groups NAME,NAME] [--dry]
       pnpm bench --groups NAME [--contenders NAME,NAME] [--stored ${STORED}]   only prints what it measures

groups: ${Object.keys(groups).join(', ')}
--dry: prints, and leaves results.json, docs/PERFORMANCE.md and the plots as they are
${Object.entries(groups).filter(([, { contenders }]) => contenders.length > 0).map(([name, { contenders }]) => `contenders of ${name}: ${contenders.join(' · ')}`).join('\n')}
--stored: of ${Object.entries(groups).filter(([, { isSized }]) => isSized).map(([name]) => name).join(', ')}`;

function listOf(flag: string, text: string | undefined): readonly string[] | null {
  if (text === undefined) return null;
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('')) throw new Error(`--${flag} names nothing in “${text}”`);
  return [...new Set(names)];
}

function countOf(flag: string, text: string, least: number): number {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isSafeInteger(number) || number < least) throw new Error(`--${flag} must be a whole number from ${least} on, and is ${text}`);
  return number;
}

/** Those of a group that are asked for: by name, or else by how their names begin. */
export function chosenOf({ contenders }: Choice, asked: readonly string[]): readonly string[] {
  return contenders.filter((known) => asked.some((name) => {
    const isNamed = (other: string): boolean => other === name || other.startsWith(`${name},`);
    return contenders.some(isNamed) ? isNamed(known) : known.startsWith(name);
  }));
}

/** Null when only the usage is wanted. @param least sessions that can be stored. @throws Error that says what makes no sense */
export function readOptions(args: readonly string[], all: Readonly<Record<string, Choice>>, least: number): Options | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '5' }, stored: { type: 'string', default: String(STORED) }, groups: { type: 'string' }, contenders: { type: 'string' },
      dry: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return null;
  const groups = listOf('groups', values.groups) ?? Object.keys(all);
  const contenders = listOf('contenders', values.contenders);
  const rounds = countOf('rounds', values.rounds, 1);
  const stored = countOf('stored', values.stored, least);
  for (const group of groups) {
    const choice = Object.hasOwn(all, group) ? all[group] : undefined;
    if (choice === undefined) throw new Error(`there is no group ${group}`);
    if (stored !== STORED && !choice.isSized) throw new Error(`--stored means nothing to ${group}`);
    const unknown = contenders?.find((name) => chosenOf(choice, [name]).length === 0);
    if (unknown !== undefined) throw new Error(choice.contenders.length === 0 ? `--contenders means nothing to ${group}` : `${group} has no contender ${unknown}`);
  }
  return { rounds, stored, groups, contenders, isWhole: contenders === null && stored === STORED, dry: values.dry };
}
