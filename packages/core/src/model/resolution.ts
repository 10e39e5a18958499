// What settling a conflict would do, worked out before anything is done: the sessions before and after, and the minutes that are counted. Pure.
import type { ChoiceProblem, ConflictChoice, ResolutionPreview } from '../api-conflicts.ts';
import { LIMITS, utf8Length } from '@syncline/protocol';
import { applyEffects, type Effect, effectId } from './effect.ts';
import { type FinishedSession, isStanding } from './session.ts';

const MINUTE_MS = 60_000;

interface Interval {
  readonly startTime: number;
  readonly endTime: number;
}

/** In words. */
const NOT_OFFERED: Readonly<Record<ChoiceProblem, string>> = {
  no_session: 'names no session of the conflict',
  nothing_left: 'is covered by the others: nothing of it would be left',
  split_instead: 'contains another session: it can be split, not trimmed',
  trim_instead: 'contains no other session: it can be trimmed, not split',
  too_long: 'would be one session of more than 24 hours',
  notes_too_long: 'has notes that are too long to be joined',
  too_many: `would settle more than ${LIMITS.settlementSessionsMax} sessions`,
};

export function choiceWords(problem: ChoiceProblem): string {
  return NOT_OFFERED[problem];
}

/**
 * The effects of a choice, or the word that says why it is not on offer.
 * @param sessions the standing sessions of the conflict, by start.
 * @param mint an id for each session a split adds.
 */
export function decideResolution(sessions: readonly FinishedSession[], choice: ConflictChoice, mint: () => string): readonly Effect[] | ChoiceProblem {
  if (sessions.length > LIMITS.settlementSessionsMax) return 'too_many';
  switch (choice.kind) {
    case 'keep_all': return [];
    case 'keep_one': return keepOne(sessions, choice.sessionId);
    case 'trim':
    case 'split': return cut(sessions, choice.sessionId, choice.kind, mint);
    case 'merge_span': return merge(sessions, spanOf(sessions));
    case 'merge_sum': return merge(sessions, sumOf(sessions));
  }
}

function keepOne(sessions: readonly FinishedSession[], kept: string): readonly Effect[] | ChoiceProblem {
  if (!sessions.some(({ id }) => id === kept)) return 'no_session';
  return sessions.filter(({ id }) => id !== kept).map(({ id }) => ({ kind: 'delete' as const, id }));
}

/** What is left of a session once all others are taken out of it. */
function remainder(session: Interval, others: readonly Interval[]): Interval[] {
  let left: Interval[] = [{ startTime: session.startTime, endTime: session.endTime }];
  for (const other of others) {
    left = left.flatMap(({ startTime, endTime }) => [
      { startTime, endTime: Math.min(endTime, other.startTime) },
      { startTime: Math.max(startTime, other.endTime), endTime },
    ].filter((part) => part.endTime > part.startTime));
  }
  // Where nothing was taken out both halves are the same whole.
  return left.filter((part, i) => left.findIndex((same) => same.startTime === part.startTime && same.endTime === part.endTime) === i);
}

function cut(sessions: readonly FinishedSession[], id: string, kind: 'trim' | 'split', mint: () => string): readonly Effect[] | ChoiceProblem {
  const session = sessions.find((candidate) => candidate.id === id);
  if (session === undefined) return 'no_session';
  const parts = remainder(session, sessions.filter((other) => other !== session));
  const [first, ...rest] = parts;
  if (first === undefined) return 'nothing_left';
  if (kind === 'trim' && rest.length > 0) return 'split_instead';
  if (kind === 'split' && rest.length === 0) return 'trim_instead';
  return [
    { kind: 'edit', id, changes: { startTime: first.startTime, endTime: first.endTime } },
    ...rest.map(({ startTime, endTime }): Effect => ({
      kind: 'create',
      session: { ...session, id: mint(), startTime, endTime, displayId: null, version: 0, clock: null, clockBound: null, plannedDuration: null },
    })),
  ];
}

function spanOf(sessions: readonly FinishedSession[]): Interval {
  return { startTime: Math.min(...sessions.map(({ startTime }) => startTime)), endTime: Math.max(...sessions.map(({ endTime }) => endTime)) };
}

function sumOf(sessions: readonly FinishedSession[]): Interval {
  const { startTime } = spanOf(sessions);
  return { startTime, endTime: startTime + sessions.reduce((sum, session) => sum + session.endTime - session.startTime, 0) };
}

function merge(sessions: readonly FinishedSession[], { startTime, endTime }: Interval): readonly Effect[] | ChoiceProblem {
  const [first, ...others] = sessions;
  if (first === undefined) return 'no_session';
  if (endTime - startTime > LIMITS.sessionMsMax) return 'too_long';
  const note = [...new Set(sessions.map((session) => session.note).filter((text) => text !== ''))].join('\n');
  if (utf8Length(note, LIMITS.noteBytesMax) > LIMITS.noteBytesMax) return 'notes_too_long';
  return [
    { kind: 'edit', id: first.id, changes: { startTime, endTime, note } },
    ...others.map(({ id }): Effect => ({ kind: 'delete', id })),
  ];
}

/** What the effects would change. @param dayOf names the day of an instant, as the person's calendar does. */
export function previewResolution(sessions: readonly FinishedSession[], effects: readonly Effect[], dayOf: (at: number) => string): ResolutionPreview {
  const created = effects.flatMap((effect) => (effect.kind === 'create' ? [effect.session] : []));
  const after = [...sessions.map((session) => applyEffects(session, session.id, effects, 0) ?? session), ...created].filter(isStanding);
  const coveredEver = coveredMinutes([...sessions, ...after]);
  return {
    sessions: [...sessions.map(({ id }) => id), ...created.map(({ id }) => id)].map((id) => ({
      id, before: intervalOf(sessions.find((session) => session.id === id)), after: intervalOf(after.find((session) => session.id === id)),
    })),
    days: daysOf(sessions, after, dayOf),
    minutesBefore: minutesOf(sessions),
    minutesAfter: minutesOf(after),
    minutesRemoved: coveredEver - coveredMinutes(after),
    minutesMoved: coveredEver - coveredMinutes(sessions),
    doubleCountedBefore: minutesOf(sessions) - coveredMinutes(sessions),
    doubleCountedAfter: minutesOf(after) - coveredMinutes(after),
  };
}

function intervalOf(session: FinishedSession | undefined): Interval | null {
  return session === undefined ? null : { startTime: session.startTime, endTime: session.endTime };
}

function daysOf(before: readonly FinishedSession[], after: readonly FinishedSession[], dayOf: (at: number) => string): ResolutionPreview['days'] {
  const days = [...new Set([...before, ...after].map(({ startTime }) => dayOf(startTime)))].sort();
  const on = (sessions: readonly FinishedSession[], day: string): number => minutesOf(sessions.filter(({ startTime }) => dayOf(startTime) === day));
  return days.map((day) => ({ day, minutesBefore: on(before, day), minutesAfter: on(after, day) }));
}

function minutesOf(sessions: readonly Interval[]): number {
  return sessions.reduce((sum, { startTime, endTime }) => sum + endTime - startTime, 0) / MINUTE_MS;
}

/** Minutes that at least one of them covers. */
export function coveredMinutes(sessions: readonly Interval[]): number {
  let covered = 0;
  let until = Number.NEGATIVE_INFINITY;
  for (const { startTime, endTime } of [...sessions].sort((a, b) => a.startTime - b.startTime)) {
    covered += Math.max(0, endTime - Math.max(until, startTime));
    until = Math.max(until, endTime);
  }
  return covered / MINUTE_MS;
}

/** What takes a settlement's effects back. @param before the sessions it changed, as they were. */
export function inverseOf(before: readonly FinishedSession[], created: readonly string[]): readonly Effect[] {
  return [
    ...before.flatMap(({ id, startTime, endTime, category, project, note }): Effect[] => [
      { kind: 'restore', id }, { kind: 'edit', id, changes: { startTime, endTime, category, project, note } },
    ]),
    ...created.map((id): Effect => ({ kind: 'delete', id })),
  ];
}

/** Sessions that effects change, but for those they make. */
export function changedBy(effects: readonly Effect[]): readonly string[] {
  return [...new Set(effects.filter(({ kind }) => kind !== 'create').map(effectId))];
}
