// Where sessions lie on a day: a lane for each device, and rows within it for what overlaps there. Pure.
import { addDays, format, getHours, isSameDay, setHours, startOfDay, startOfHour, startOfWeek } from 'date-fns';
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
  /** What people call their devices, by id, as far as that is known. */
  readonly names: ReadonlyMap<string, string>;
}

const OWN = 'This device';

function piecesOf({ sessions, elsewhere, ownId, now, names }: Shown): readonly Piece[] {
  const titleOf = (deviceId: string | null, type: string): string => (deviceId === ownId ? OWN : (names.get(deviceId ?? '') ?? deviceTypeName(type)));
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

/** The first and the last hour on the clock, so that everything of these days is in it. 0 to 24. */
export function hoursOf(shown: Shown, days: readonly number[]): readonly [number, number] {
  let [from, to] = WORKDAY;
  const pieces = piecesOf(shown);
  days.slice(0, -1).forEach((start, i) => {
    const end = days[i + 1] as number;
    for (const piece of pieces) {
      if (piece.end <= start || piece.session.startTime >= end) continue;
      from = Math.min(from, getHours(Math.max(start, piece.session.startTime)));
      to = Math.max(to, piece.end >= end ? 24 : getHours(piece.end) + (startOfHour(piece.end).getTime() < piece.end ? 1 : 0));
    }
  });
  return [from, to];
}

/** What is shown of a day: the instants of its first and last hour. On a day on which clocks are changed that is an hour less or more than the clock says. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

export function stretchOf(dayStart: number, dayEnd: number, [from, to]: readonly [number, number]): Stretch {
  return { from: setHours(dayStart, from).getTime(), to: to === 24 ? dayEnd : setHours(dayStart, to).getTime() };
}

/** Whether the hours of a stretch lie where those of an ordinary day do. */
export function isEven({ from, to }: Stretch, [first, last]: readonly [number, number]): boolean {
  return to - from === (last - first) * HOUR_MS;
}

export interface Mark {
  readonly at: number;
  /** What the clock says then: an hour that is missing is left out, one that comes twice is there twice. */
  readonly words: string;
  /** Share of the stretch, in percent. */
  readonly left: number;
}

export function marksOf({ from, to }: Stretch): readonly Mark[] {
  const every = to - from > 13 * HOUR_MS ? 4 : 2;
  return Array.from({ length: Math.ceil((to - from) / HOUR_MS) }, (_, i) => from + i * HOUR_MS)
    .filter((at) => getHours(at) % every === 0)
    .map((at) => ({ at, words: format(at, 'HH'), left: ((at - from) / (to - from)) * 100 }));
}

/** The day to open on: today when it has something, else the newest that has. @param newest end of the newest session, or null. */
export function firstDay(newest: number | null, now: number): number {
  return newest === null || newest > now || isSameDay(newest, now) ? now : newest;
}

/** The lanes of one day, this device's first. */
export function lanesOf(shown: Shown, dayStart: number, dayEnd: number, { from: origin, to }: Stretch): readonly Lane[] {
  const lanes = new Map<string, { title: string; pieces: Piece[] }>();
  for (const piece of piecesOf(shown)) {
    if (piece.end <= dayStart || piece.session.startTime >= dayEnd) continue;
    const lane = lanes.get(piece.lane) ?? { title: piece.title, pieces: [] };
    lanes.set(piece.lane, lane);
    lane.pieces.push(piece);
  }
  const length = to - origin;
  const titles = distinct([...lanes].map(([key, { title }]) => [key, title]));
  return [...lanes].map(([key, { pieces }]) => {
    const title = titles.get(key) ?? '';
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
  }).sort((a, b) => Number(b.title === OWN) - Number(a.title === OWN) || (a.title < b.title ? -1 : 1));
}

/** Devices of one name are told apart by the beginning of their ids. */
function distinct(titles: readonly (readonly [string, string])[]): ReadonlyMap<string, string> {
  return new Map(titles.map(([key, title]) => [key, titles.filter(([, other]) => other === title).length > 1 ? `${title} ${key.slice(0, 4)}` : title]));
}

function labelOf({ session, end, overlaps, isRunning }: Piece, title: string): string {
  const time = isRunning ? `since ${timeWords(session.startTime)}, running` : `${timeWords(session.startTime)} to ${timeWords(end)}, ${lengthWords((end - session.startTime) / 60_000)}`;
  return `${sessionName(session)}, ${time}, ${title}${overlaps ? ', overlaps another session' : ''}`;
}
