// Fields of a session that several calls and operations share.
import * as z from 'zod/mini';
import { LIMITS } from '../rules/limits.ts';
import { name, text } from './schema.ts';

/** `category`. */
/* @__NO_SIDE_EFFECTS__ */
export function categoryText(): z.ZodMiniString<string> {
  return name(LIMITS.categoryBytesMax);
}

/** `project`: `team_X` or a personal project's name. */
/* @__NO_SIDE_EFFECTS__ */
export function projectText(): z.ZodMiniString<string> {
  return name(LIMITS.projectBytesMax);
}

/** Notes of every kind; may be empty. */
/* @__NO_SIDE_EFFECTS__ */
export function noteText(): z.ZodMiniString<string> {
  return text(LIMITS.noteBytesMax);
}

/** `planned_duration`: minutes. */
/* @__NO_SIDE_EFFECTS__ */
export function plannedMinutes(): z.ZodMiniNumber<number> {
  return z.number().check(z.gt(0), z.maximum(LIMITS.plannedMinutesMax));
}
