// Values of query parameters: always text on the way in, typed on the way out.
import * as z from 'zod/mini';
import type { Schema } from './schema.ts';

/** `true` or `false`, in exactly these words. */
/* @__NO_SIDE_EFFECTS__ */
export function queryBoolean(): Schema<boolean> {
  return z.pipe(z.enum(['true', 'false']), z.transform((word: 'true' | 'false') => word === 'true'));
}

/** A whole number in plain decimal digits, both bounds inclusive. */
/* @__NO_SIDE_EFFECTS__ */
export function queryWhole(min: number, max: number): Schema<number> {
  const message = `must be a whole number from ${min} to ${max}`;
  const digits = z.string().check(
    z.check<string>((context) => {
      if (!isWhole(context.value, min, max)) context.issues.push({ code: 'custom', message, input: context.value });
    }),
  );
  return z.pipe(digits, z.transform((word: string) => Number(word)));
}

function isWhole(word: string, min: number, max: number): boolean {
  const value = Number(word);
  return word.length <= 16 && String(value) === word && Number.isInteger(value) && value >= min && value <= max;
}
