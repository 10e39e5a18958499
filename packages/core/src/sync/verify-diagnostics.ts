// Derives every recorded status again from what was recorded with it. Pure.
import { asFields, type Fields } from '../model/rows.ts';
import { redactStatus } from './diary.ts';
import { isEqualValue } from './equal.ts';
import { type DerivedStatus, deriveStatus } from './status.ts';
import type { StatusInput } from './status-input.ts';

/** The first status that is not what its input derives to. */
export interface WrongStep {
  /** Its place, counted from 0. */
  readonly step: number;
  /** When it was shown, ms since the epoch by the device's clock. */
  readonly at: number;
  /** Where the two differ first, for example `local.phase`. */
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
 * @throws Error when it is no such file, or one of its steps cannot be read; the message says which.
 */
export function verifyDiagnostics(file: unknown): Verdict {
  const row = asFields(file);
  if (row?.['format'] !== 1 || !Array.isArray(row['steps'])) throw new Error('This is no diagnostics file of format 1');
  const { steps } = row;
  for (const [i, step] of steps.entries()) {
    const wrong = checkStep(asFields(step), i);
    if (wrong !== null) return { steps: steps.length, wrong };
  }
  return { steps: steps.length, wrong: null };
}

function checkStep(step: Fields | null, i: number): WrongStep | null {
  const [at, input, shown] = [step?.['at'], asFields(step?.['input']), asFields(step?.['status'])];
  if (typeof at !== 'number' || input === null || shown === null) throw new Error(`Step ${i} lacks its time, input or status`);
  const derived = derive(input, at, i);
  const path = firstDifference(shown, derived as unknown as Fields, '');
  return path === null ? null : { step: i, at, path, shown: valueAt(shown, path), derived: valueAt(derived as unknown as Fields, path) };
}

function derive(input: Fields, at: number, i: number): DerivedStatus {
  try {
    // As JSON has it, and so as what was shown has it.
    return JSON.parse(JSON.stringify(redactStatus(deriveStatus(input as unknown as StatusInput, at).status))) as DerivedStatus;
  } catch (cause) {
    throw new Error(`The input of step ${i} cannot be read`, { cause });
  }
}

function firstDifference(a: Fields, b: Fields, under: string): string | null {
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    if (isEqualValue(a[key], b[key])) continue;
    const [inA, inB] = [asFields(a[key]), asFields(b[key])];
    return inA !== null && inB !== null ? firstDifference(inA, inB, `${under}${key}.`) : `${under}${key}`;
  }
  return null;
}

function valueAt(row: Fields, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => asFields(value)?.[key], row);
}
