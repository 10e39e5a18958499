// The fields every form about a session shares, and how they are read.
import { DEFAULT_PROJECT, type Session } from '@syncline/core';
import { fieldTime, localTime } from './words.ts';

const CATEGORIES = ['development', 'writing', 'study', 'planning', 'reading', 'meeting'] as const;

export interface SessionWords {
  readonly category: string;
  readonly project: string;
  readonly note: string;
}

/** @param known what the fields hold at first. */
export function WordFields({ known }: { readonly known?: Pick<Session, 'category' | 'project' | 'note'> }) {
  return (
    <>
      <label>Category<input name="category" list="categories" required maxLength={128} defaultValue={known?.category ?? 'development'} autoComplete="off" /></label>
      <label>Project<input name="project" maxLength={256} placeholder={DEFAULT_PROJECT} defaultValue={known?.project ?? ''} autoComplete="off" /></label>
      <label className="wide">Note<input name="note" maxLength={4096} placeholder="What is it about?" defaultValue={known?.note ?? ''} autoComplete="off" /></label>
      <datalist id="categories">{CATEGORIES.map((word) => <option key={word} value={word} />)}</datalist>
    </>
  );
}

/** A field's text without the spaces around it; empty when absent. */
export function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value.trim() : '';
}

export function wordsOf(form: FormData): SessionWords {
  return { category: textOf(form, 'category'), project: textOf(form, 'project') || DEFAULT_PROJECT, note: textOf(form, 'note') };
}

/** A field's local time, or what is wrong with it. @param what how a person calls the field. @param fits as in `localTime`. */
export function timeOf(form: FormData, name: string, what: string, fits?: (time: number) => boolean): { readonly time: number; readonly problem: null } | { readonly time: null; readonly problem: string } {
  const text = textOf(form, name);
  const time = localTime(text, fits);
  if (time !== null) return { time, problem: null };
  const isTime = !Number.isNaN(new Date(text).getTime());
  return { time, problem: isTime ? `${what} does not exist: the clocks were put forward over ${text.slice(11, 16)} on that day.` : `${what} is not a date and time.` };
}

export interface Times {
  readonly startTime: number;
  readonly endTime: number;
}

/**
 * The two times of a form, or what is wrong with one of them. A time that was not touched stays that to the millisecond; the field shows minutes.
 * @param shown what the fields held at first. @param isKnown it is a session's, and what is changed lies on the same side of a change of the clocks.
 */
export function timesOf(form: FormData, shown: Times, isKnown: boolean): Times | string {
  const read = (name: 'start' | 'end', what: string, before: number, after: number) => {
    const isMeant = (time: number): boolean => time > after && (!isKnown || new Date(time).getTimezoneOffset() === new Date(before).getTimezoneOffset());
    const { time, problem } = timeOf(form, name, what, isMeant);
    return problem ?? (fieldTime(time) === fieldTime(before) ? before : time);
  };
  const startTime = read('start', 'The start time', shown.startTime, Number.NEGATIVE_INFINITY);
  if (typeof startTime === 'string') return startTime;
  const endTime = read('end', 'The end time', shown.endTime, startTime);
  return typeof endTime === 'string' ? endTime : { startTime, endTime };
}
