// The building blocks of every schema. Requests are closed (an unknown key is a fault), answers are open (unknown keys
// are kept, ids are plain strings), because a client must never send again only because a server added a field.
import * as z from 'zod/mini';
import { isDeviceType } from '../rules/app-identifier.ts';
import { parseInstant } from '../rules/instant.ts';
import { LIMITS } from '../rules/limits.ts';
import { nameProblem, textProblem } from '../rules/text.ts';
import { canonicalUuid } from '../rules/uuid.ts';

/** A schema whose parsed value is a `T`. */
export type Schema<T> = z.ZodMiniType<T, unknown>;

/** One schema for each field of `T`, so neither a field nor its schema can be forgotten. */
export type ShapeOf<T> = { readonly [K in keyof T]-?: z.ZodMiniType<T[K], unknown> };

// The casts below are the only ones: they say that an object schema made of `ShapeOf<T>` yields a `T`.

/** An object of exactly these fields: a request. */
/* @__NO_SIDE_EFFECTS__ */
export function closed<T extends object>(shape: ShapeOf<T>): Schema<T> {
  return z.strictObject({ ...shape }) as unknown as Schema<T>;
}

/** An object of at least these fields; others are kept: an answer. */
/* @__NO_SIDE_EFFECTS__ */
export function open<T extends object>(shape: ShapeOf<T>): Schema<T> {
  return z.looseObject({ ...shape }) as unknown as Schema<T>;
}

/** One of several objects, told apart by the literal in the field `key`. */
/* @__NO_SIDE_EFFECTS__ */
export function variants<T extends object>(key: string & keyof T, options: readonly Schema<T>[]): Schema<T> {
  type Options = Parameters<typeof z.discriminatedUnion>[1];
  return z.discriminatedUnion(key, options as unknown as Options) as unknown as Schema<T>;
}

/** Known words now, any text later: answers may learn new ones. */
/* @__NO_SIDE_EFFECTS__ */
export function openWord(words: readonly string[]): Schema<string> {
  return z.union([z.enum([...words] as [string, ...string[]]), z.string()]) as Schema<string>;
}

/** A schema of closed or open text that names its fault in plain words. */
type Text = z.ZodMiniString<string>;

/** What the published document says of a text beyond its length. */
interface TextNote {
  readonly format?: 'date-time' | 'uuid';
  readonly contentEncoding?: 'base64';
  readonly pattern?: RegExp;
}

/** A rule for a text: `problem` gives the words that complete the field's name, or null. No regular expression ever runs on the text. */
/* @__NO_SIDE_EFFECTS__ */
function textRule(problem: (text: string) => string | null, note: TextNote = {}): z.core.$ZodCheck<string> {
  const rule = z.check<string>((context) => {
    const message = problem(context.value);
    if (message !== null) context.issues.push({ code: 'custom', message, input: context.value });
  });
  const { _zod: internals } = rule;
  internals.onattach.push(({ _zod: { bag } }) => {
    const { pattern, ...facts } = note;
    Object.assign(bag, facts, pattern === undefined ? {} : { patterns: new Set([pattern]) });
  });
  return rule;
}

/** Text of at most `maxBytes` UTF-8 bytes; `minChars` 1 refuses the empty one. */
/* @__NO_SIDE_EFFECTS__ */
export function text(maxBytes: number, minChars: number = 0): Text {
  const rule = textRule((value) => textProblem(value, maxBytes, minChars));
  // The character bounds say in the published document what the rule then checks in bytes.
  return z.string().check(rule, z.maxLength(maxBytes), z.minLength(minChars));
}

/** A name that people read: text of 1 to `maxBytes` UTF-8 bytes with more in it than blanks. */
/* @__NO_SIDE_EFFECTS__ */
export function name(maxBytes: number): Text {
  return z.string().check(textRule((value) => nameProblem(value, maxBytes)), z.maxLength(maxBytes), z.minLength(1));
}

/** Printable ASCII without spaces, 1 to `maxChars` characters: ids that apps choose themselves. */
/* @__NO_SIDE_EFFECTS__ */
export function token(maxChars: number): Text {
  return z.string().check(
    z.minLength(1),
    z.maxLength(maxChars),
    textRule((value) => (isPrintable(value, maxChars) ? null : 'must be printable ASCII without spaces')),
  );
}

function isPrintable(value: string, maxChars: number): boolean {
  for (let i = 0; i < value.length && i <= maxChars; i += 1) {
    const code = value.charCodeAt(i);
    if (code <= 32 || code >= 127) return false;
  }
  return true;
}

/** A UUID in any RFC 9562 text form; the parsed value is the canonical lower-case form. */
/* @__NO_SIDE_EFFECTS__ */
export function uuid(): Text {
  return z.string().check(
    textRule((value) => (canonicalUuid(value) === null ? 'must be a UUID' : null), { format: 'uuid' }),
    z.overwrite((value) => canonicalUuid(value) ?? value),
  );
}

/** An ISO 8601 instant with `Z` or an offset; stays text. Of a year that every store can hold. */
/* @__NO_SIDE_EFFECTS__ */
export function instant(): Text {
  return z.string().check(textRule(instantProblem, { format: 'date-time' }));
}

const YEAR_1 = -62_135_596_800_000;
const YEAR_10000 = 253_402_300_800_000;

function instantProblem(value: string): string | null {
  const ms = parseInstant(value);
  if (ms === null) return 'must be an ISO 8601 time with Z or an offset';
  return ms >= YEAR_1 && ms < YEAR_10000 ? null : 'must lie in the years 1 to 9999 of UTC';
}

/** A `source` or `device_type`. */
/* @__NO_SIDE_EFFECTS__ */
export function deviceType(): Text {
  return z.string().check(
    textRule((value) => (isDeviceType(value) ? null : `must be 1 to ${LIMITS.deviceTypeChars} of a-z, 0-9 and _`), {
      pattern: /^[a-z0-9_]{1,32}$/,
    }),
  );
}

/** Base64 (RFC 4648, padded) of at most `maxBytes` decoded bytes. */
/* @__NO_SIDE_EFFECTS__ */
export function base64(maxBytes: number): Text {
  const maxChars = Math.ceil(maxBytes / 3) * 4;
  return z.string().check(
    z.maxLength(maxChars),
    textRule((value) => (isBase64(value, maxBytes) ? null : `must be base64 of at most ${maxBytes} bytes`), {
      contentEncoding: 'base64',
    }),
  );
}

function isBase64(value: string, maxBytes: number): boolean {
  const padding = value.endsWith('==') ? 2 : value.endsWith('=') ? 1 : 0;
  if (value.length % 4 !== 0 || (value.length / 4) * 3 - padding > maxBytes) return false;
  for (let i = 0; i < value.length - padding; i += 1) {
    const code = value.charCodeAt(i);
    const isLetter = (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
    if (!isLetter && !(code >= 47 && code <= 57) && code !== 43) return false;
  }
  return true;
}

/** A whole number within bounds, both inclusive. */
/* @__NO_SIDE_EFFECTS__ */
export function whole(min: number, max: number): z.ZodMiniNumber<number> {
  return z.number().check(z.int(), z.minimum(min), z.maximum(max));
}

/** A number within bounds, both inclusive; fractions allowed. */
/* @__NO_SIDE_EFFECTS__ */
export function decimal(min: number, max: number): z.ZodMiniNumber<number> {
  return z.number().check(z.minimum(min), z.maximum(max));
}
