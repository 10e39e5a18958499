// The running timer as it is shown. Pure.
import type { Session } from '@syncline/core';
import { clockWords, timeWords } from './words.ts';

const MINUTE_MS = 60_000;

export interface TimerView {
  /** "24:05", or "+1:01" when the planned time is over. */
  readonly clock: string;
  readonly isOver: boolean;
  /** 0 to 1. */
  readonly fraction: number;
  /** "until 14:25", "planned until 14:25". */
  readonly end: string;
  /** For the tab: what is left comes first, since tabs are narrow. */
  readonly title: string;
  readonly plannedEnd: number | null;
}

/** Counts down to the planned end and up from there; without a plan it counts up from the start. */
export function timerView({ startTime, plannedDuration, category }: Pick<Session, 'startTime' | 'plannedDuration' | 'category'>, now: number): TimerView {
  const elapsed = Math.max(0, now - startTime);
  if (plannedDuration === null) {
    const clock = clockWords(elapsed);
    return { clock, isOver: false, fraction: 0, end: `since ${timeWords(startTime)}`, title: `${clock} · ${category}`, plannedEnd: null };
  }
  const planned = plannedDuration * MINUTE_MS;
  const left = planned - elapsed;
  const isOver = left <= -1000;
  const clock = clockWords(left);
  const plannedEnd = startTime + planned;
  return {
    clock, isOver, plannedEnd,
    fraction: Math.min(1, elapsed / planned),
    end: `${isOver ? 'planned until' : 'until'} ${timeWords(plannedEnd)}`,
    title: `${clock}${isOver ? ' over' : ''} · ${category}`,
  };
}
