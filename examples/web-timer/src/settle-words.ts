// The ways to settle an overlap, and what each would do, in words. Pure.
import { format, parseISO } from 'date-fns';
import { type ChoiceProblem, type ConflictChoice, isEngineError, type ResolutionPlan, type ResolutionPreview } from '@syncline/core';
import { count, dayWords, lengthWords, span } from './words.ts';

export type ChoiceKind = ConflictChoice['kind'];

export interface Way {
  readonly kind: ChoiceKind;
  readonly title: string;
  readonly means: string;
  /** The question to which a session is the answer; null where the choice names none. */
  readonly asks: string | null;
}

/** All ways there are, the one that changes least first. @param sessions how many sessions overlap. */
export function waysFor(sessions: number): readonly Way[] {
  const both = sessions === 2 ? 'both' : `all ${sessions}`;
  const others = sessions === 2 ? 'The other is' : 'The others are';
  return [
    { kind: 'keep_all', title: `Keep ${both}`, means: 'They did happen side by side. Nothing changes, and you are not asked again.', asks: null },
    { kind: 'keep_one', title: 'Keep one', means: `${others} deleted.`, asks: 'Which one stays?' },
    { kind: 'trim', title: 'Trim one', means: 'The shared time is cut from one of them.', asks: 'Which one gets shorter?' },
    { kind: 'split', title: 'Split one', means: 'One is cut in two around what lies inside it.', asks: 'Which one is cut in two?' },
    { kind: 'merge_span', title: 'Merge, first start to last end', means: 'One session over the whole time.', asks: null },
    { kind: 'merge_sum', title: 'Merge, lengths added', means: 'One session that begins with the first and is as long as all together.', asks: null },
  ];
}

/** A plan, or why there is none. */
export type Answer = { readonly plan: ResolutionPlan } | { readonly why: string };

export const isOffered = (answer: Answer): answer is { readonly plan: ResolutionPlan } => 'plan' in answer;

const REFUSALS: Readonly<Partial<Record<string, string>> & Record<ChoiceProblem, string>> = {
  no_session: 'That session is not part of this overlap.',
  nothing_left: 'The others cover all of it: nothing would be left.',
  split_instead: 'Another lies inside it, so it can only be split.',
  trim_instead: 'No other lies inside it, so it can only be trimmed.',
  too_long: 'That would be one session of more than 24 hours.',
  notes_too_long: 'Their notes are too long for one session.',
  too_many: 'There are more than 100 of them. Delete or change some in the list of sessions first.',
};

/** Why a choice is not on offer. */
export function refusalWords(error: unknown): string {
  if (!isEngineError(error)) return 'This cannot be worked out right now.';
  if (error.code === 'not_found') return 'One of the sessions is not on this device, or they no longer overlap.';
  if (error.code === 'unsupported') return UNSUPPORTED;
  if (error.code === 'refused') return REFUSED;
  const [issue] = error.details;
  return REFUSALS[issue?.code ?? ''] ?? `${issue?.message ?? error.message}.`;
}

export const UNSUPPORTED = 'This server cannot settle overlaps. Both sessions stay as they are.';

const REFUSED = 'The server refused one of these sessions. Edit it, try it again or discard it first, in the list of sessions.';

/** Why applying a plan failed. */
export function settleProblem(error: unknown): string {
  if (isEngineError(error) && error.code === 'changed') return 'One of these sessions has just changed. The choices below show it as it is now.';
  if (isEngineError(error) && error.code === 'refused') return REFUSED;
  return isEngineError(error) ? `${error.message}.` : 'Something went wrong. Nothing was changed.';
}

/** "20 minutes", "none". */
export function minuteWords(minutes: number): string {
  return minutes === 0 ? 'none' : lengthWords(minutes);
}

/** "1 session, 50 minutes · 20 minutes removed · 5 minutes counted twice": a choice in a line. */
export function summaryWords({ sessions, minutesBefore, minutesAfter, minutesMoved, doubleCountedAfter }: ResolutionPreview): string {
  const left = sessions.filter(({ after }) => after !== null).length;
  const change = minutesAfter - minutesBefore;
  return [
    `${count(left, 'session')}, ${lengthWords(minutesAfter)}`,
    ...(change === 0 ? [] : [`${lengthWords(Math.abs(change))} ${change < 0 ? 'removed' : 'added'}`]),
    ...(minutesMoved === 0 ? [] : [`${lengthWords(minutesMoved)} moved`]),
    doubleCountedAfter === 0 ? 'nothing counted twice' : `${lengthWords(doubleCountedAfter)} counted twice`,
  ].join(' · ');
}

export interface ChangeLine {
  readonly id: string;
  readonly name: string;
  readonly before: string;
  readonly after: string;
  readonly change: 'same' | 'changed' | 'deleted' | 'new';
}

/** Each session before and after. @param nameOf what a session is called. */
export function changeLines({ sessions }: ResolutionPreview, nameOf: (id: string) => string): ChangeLine[] {
  return sessions.map(({ id, before, after }) => {
    const change = before === null ? 'new' : after === null ? 'deleted' : before.startTime === after.startTime && before.endTime === after.endTime ? 'same' : 'changed';
    return { id, name: nameOf(id), change, before: before === null ? '–' : span(before), after: after === null ? 'deleted' : change === 'same' ? 'unchanged' : span(after) };
  });
}

/** "Today", from the day as `dayOf` names it. */
export function previewDay(day: string, now: number): string {
  return dayWords(parseISO(day).getTime(), now);
}

/** The day of an instant in the person's own calendar. */
export function dayOf(at: number): string {
  return format(at, 'yyyy-MM-dd');
}
