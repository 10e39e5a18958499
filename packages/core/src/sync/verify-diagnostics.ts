// Derives every recorded status again from what was recorded with it. Pure.
import { asFields, type Fields, isCount } from '../model/rows.ts';
import { KEPT_MAX, redactStatus } from './diary.ts';
import { isEqualValue } from './equal.ts';
import { deriveStatus } from './status.ts';
import type { StatusInput } from './status-input.ts';

/** Furthest from the epoch that a `Date` can be, in ms. */
const INSTANT_MAX = 8.64e15;

/** The first status that is not what its input derives to. */
export interface WrongStep {
  /** Its place, counted from 0. */
  readonly step: number;
  /** When it was shown, ms since the epoch by the device's clock. */
  readonly at: number;
  /** Where the two differ first, for example `local.phase`; `n` where another step belongs there. */
  readonly path: string;
  readonly shown: unknown;
  readonly derived: unknown;
}

export interface Verdict {
  readonly steps: number;
  /** Null when all are as derived. */
  readonly wrong: WrongStep | null;
}

/**
 * @param file parsed JSON of an exported file.
 * @throws Error when it is no such file, one of its steps cannot be read, or some are missing at the end; the message says which.
 */
export function verifyDiagnostics(file: unknown): Verdict {
  const row = asFields(file);
  if (row?.['format'] !== 1 || !Array.isArray(row['steps'])) throw new Error('This is no diagnostics file of format 1');
  const { steps, shown } = row;
  if (steps.length === 0) throw new Error('The file holds no step, and a tab shows a status as soon as it is there');
  if (!isCount(shown)) throw new Error('The file does not say how many statuses were shown');
  const before = Math.max(0, shown - KEPT_MAX);
  for (const [i, step] of steps.entries()) {
    const wrong = checkStep(asFields(step), i, before + i + 1);
    if (wrong !== null) return { steps: steps.length, wrong };
  }
  if (before + steps.length !== shown) throw new Error(`The file ends with step ${before + steps.length}, and ${shown} were shown`);
  return { steps: steps.length, wrong: null };
}

/** @param place counted from 1 among all that were shown. */
function checkStep(step: Fields | null, i: number, place: number): WrongStep | null {
  const [at, input, shown] = [step?.['at'], asFields(step?.['input']), asFields(step?.['status'])];
  if (!isInstant(at) || input === null || shown === null) throw new Error(`Step ${i} lacks its time, input or status`);
  if (step?.['n'] !== place) return { step: i, at, path: 'n', shown: step?.['n'], derived: place };
  try {
    const { status } = deriveStatus(input as unknown as StatusInput, at);
    // As JSON has it, and so as what was shown has it.
    const difference = firstDifference(shown, JSON.parse(JSON.stringify(redactStatus(status))) as Fields, '');
    return difference && { step: i, at, ...difference };
  } catch (cause) {
    throw new Error(`Step ${i} cannot be read`, { cause });
  }
}

function isInstant(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) <= INSTANT_MAX;
}

function firstDifference(shown: Fields, derived: Fields, under: string): Pick<WrongStep, 'path' | 'shown' | 'derived'> | null {
  for (const key of new Set([...Object.keys(shown), ...Object.keys(derived)])) {
    const [a, b] = [shown[key], derived[key]];
    if (isEqualValue(a, b)) continue;
    const [inA, inB] = [asFields(a), asFields(b)];
    return inA !== null && inB !== null ? firstDifference(inA, inB, `${under}${key}.`) : { path: `${under}${key}`, shown: a, derived: b };
  }
  return null;
}
