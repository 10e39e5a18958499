// Where sessions lie on a day: a lane for each device, and rows within it for what overlaps there. Pure.
import { addDays, startOfDay, startOfWeek } from 'date-fns';
import type { RunningElsewhere, Session } from '@syncline/core';
import { deviceTypeName } from '@syncline/protocol';
import { lengthWords, sessionName, timeWords } from './words.ts';

const HOUR_MS = 3_600_000;
/** The hours that are always shown. */
const WORKDAY: readonly [number, number] = [8, 18];

export type Span = 'day' | 'week';

/** The first instants of the days shown, and of the day after them. */
export function daysOf(spanOf: Span, day: number): readonly number[] {
  const first = spanOf === 'day' ? startOfDay(day) : startOfWeek(day, { weekStartsOn: 1 });
  return Array.from({ length: spanOf === 'day' ? 2 : 8 }, (_, i) => addDays(first, i).getTime());
}

export interface Block {
  readonly id: string;
  /** Share of the hours shown, in percent. */
  readonly left: number;
  readonly width: number;
  /** Counted from 0; sessions of one lane that overlap lie below one another. */
  readonly row: number;
  readonly overlaps: boolean;
  readonly isRunning: boolean;
  readonly name: string;
  /** All of it in words. */
  readonly label: string;
}

export interface Lane {
  readonly key: string;
  readonly title: string;
  readonly rows: number;
  readonly blocks: readonly Block[];
}

interface Piece {
  readonly session: Pick<RunningElsewhere, 'id' | 'startTime' | 'category' | 'project'>;
  readonly end: number;
  readonly lane: string;
  readonly title: string;
  readonly overlaps: boolean;
  readonly isRunning: boolean;
}

export interface Shown {
  readonly sessions: readonly Session[];
  readonly elsewhere: readonly RunningElsewhere[];
  readonly ownId: string;
  readonly now: number;
}

function piecesOf({ sessions, elsewhere, ownId, now }: Shown): readonly Piece[] {
  const titleOf = (deviceId: string | null, type: string): string => (deviceId === ownId ? 'This device' : deviceTypeName(type));
  const recorded = sessions.map((session): Piece => ({
    session, end: session.endTime ?? now, lane: session.deviceId ?? session.source, title: titleOf(session.deviceId, session.source),
    overlaps: session.conflictId !== null, isRunning: session.state === 'running',
  }));
  const others = elsewhere.map((session): Piece => ({
    session, end: now, lane: session.deviceId ?? session.deviceType, title: titleOf(session.deviceId, session.deviceType),
    overlaps: false, isRunning: true,
  }));
  return [...recorded, ...others];
}

/** The first and the last hour, so that everything of these days is in it. 0 to 24. */
export function hoursOf(shown: Shown, days: readonly number[]): readonly [number, number] {
  let [from, to] = WORKDAY;
  days.slice(0, -1).forEach((start, i) => {
    const end = days[i + 1] as number;
    for (const piece of piecesOf(shown)) {
      if (piece.end <= start || piece.session.startTime >= end) continue;
      from = Math.min(from, Math.floor((Math.max(start, piece.session.startTime) - start) / HOUR_MS));
      to = Math.max(to, Math.ceil((Math.min(end, piece.end) - start) / HOUR_MS));
    }
  });
  return [from, Math.min(24, to)];
}

/** The lanes of one day, this device's first. @param hours as `hoursOf` tells. */
export function lanesOf(shown: Shown, dayStart: number, dayEnd: number, [from, to]: readonly [number, number]): readonly Lane[] {
  const lanes = new Map<string, { title: string; pieces: Piece[] }>();
  for (const piece of piecesOf(shown)) {
    if (piece.end <= dayStart || piece.session.startTime >= dayEnd) continue;
    const lane = lanes.get(piece.lane) ?? { title: piece.title, pieces: [] };
    lanes.set(piece.lane, lane);
    lane.pieces.push(piece);
  }
  const origin = dayStart + from * HOUR_MS;
  const length = (to - from) * HOUR_MS;
  return [...lanes].map(([key, { title, pieces }]) => {
    const ends: number[] = [];
    const blocks = pieces.sort((a, b) => a.session.startTime - b.session.startTime).map((piece): Block => {
      const free = ends.findIndex((end) => end <= piece.session.startTime);
      const row = free < 0 ? ends.length : free;
      ends[row] = piece.end;
      const [start, end] = [Math.max(piece.session.startTime, origin), Math.min(piece.end, origin + length)];
      return {
        id: piece.session.id, row, overlaps: piece.overlaps, isRunning: piece.isRunning, name: sessionName(piece.session), label: labelOf(piece, title),
        left: ((start - origin) / length) * 100, width: (Math.max(0, end - start) / length) * 100,
      };
    });
    return { key, title, rows: ends.length, blocks };
  }).sort((a, b) => Number(b.title === 'This device') - Number(a.title === 'This device') || (a.title < b.title ? -1 : 1));
}

function labelOf({ session, end, overlaps, isRunning }: Piece, title: string): string {
  const time = isRunning ? `since ${timeWords(session.startTime)}, running` : `${timeWords(session.startTime)} to ${timeWords(end)}, ${lengthWords((end - session.startTime) / 60_000)}`;
  return `${sessionName(session)}, ${time}, ${title}${overlaps ? ', overlaps another session' : ''}`;
}
