// What an edit does to sessions, as data: the same list is applied here at once, sent to the server, and applied again when the
// server's own state of a session changed underneath. Pure.
import type { FinishedSession } from './session.ts';

/** Fields of a finished session that an edit may change. Start and end change together. */
export type Changes = Partial<Pick<FinishedSession, 'startTime' | 'endTime' | 'category' | 'project' | 'note' | 'tags' | 'annotation'>>;

/** What happens to one session. */
export type Effect =
  | { readonly kind: 'edit'; readonly id: string; readonly changes: Changes }
  | { readonly kind: 'delete' | 'restore'; readonly id: string }
  | { readonly kind: 'create'; readonly session: FinishedSession };

/** Those of these fields that are told. */
export function told<Fields extends object>(fields: Fields): { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as ReturnType<typeof told<Fields>>;
}

export function effectId(effect: Effect): string {
  return effect.kind === 'create' ? effect.session.id : effect.id;
}

/** A session with other times or words. */
export function edited(session: FinishedSession, changes: Changes): FinishedSession {
  const { startTime = session.startTime, endTime = session.endTime } = changes;
  // Other times are what a person says, not what a clock showed.
  const isTimed = startTime === session.startTime && endTime === session.endTime;
  return { ...session, ...changes, ...(isTimed ? {} : { clockBound: null }) };
}

/**
 * A session after these effects, in order. Effects on other sessions are passed over.
 * @param session null when it is not known; only a `create` makes one.
 * @param at when the person acted.
 */
export function applyEffects(session: FinishedSession | null, id: string, effects: readonly Effect[], at: number): FinishedSession | null {
  let now = session;
  for (const effect of effects) {
    if (effectId(effect) !== id) continue;
    if (effect.kind === 'create') now ??= effect.session;
    else if (now === null) continue;
    else if (effect.kind === 'edit') now = edited(now, effect.changes);
    else now = { ...now, deletedAt: effect.kind === 'delete' ? (now.deletedAt ?? at) : null };
  }
  return now;
}
