// A year of plausible sessions from three devices, the same for the same day: pure, from a clock and a stream of chance.
import type { SubmitInput } from '../sync/submit.ts';

export interface DemoDevice {
  readonly deviceId: string;
  readonly deviceType: string;
  readonly version: string;
  /** How long ago it was last seen, ms. */
  readonly seenAgoMs: number;
  readonly sessionsPending: number;
}

/** As on a usual afternoon: the Mac in use, the browser a little behind, the PC at home with two sessions it could not send. */
export const DEMO_DEVICES: readonly DemoDevice[] = [
  { deviceId: 'demo-macbook', deviceType: 'mac_app', version: '1.2.3', seenAgoMs: 2 * 60_000, sessionsPending: 0 },
  { deviceId: 'demo-browser', deviceType: 'web_timer', version: 'web-2.1.0', seenAgoMs: 7 * 60_000, sessionsPending: 0 },
  { deviceId: 'demo-desktop', deviceType: 'windows_app', version: '1.1.0', seenAgoMs: 78 * 60_000, sessionsPending: 2 },
];

export interface DemoSession extends SubmitInput {
  readonly deviceId: string;
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const DAYS = 365;

const WORK = [
  { category: 'development', project: 'team_timer', notes: ['Review of the sync queue', 'Flaky test found and fixed', 'Refactoring the status panel', 'Pairing with Amir', ''] },
  { category: 'writing', project: 'book', notes: ['Chapter outline', 'First draft', 'Edits from the reading group', ''] },
  { category: 'study', project: 'statistics', notes: ['Exercises 4 to 9', 'Lecture notes', ''] },
  { category: 'planning', project: 'team_timer', notes: ['Week plan', 'Roadmap', ''] },
  { category: 'reading', project: 'Personal', notes: ['', 'Paper on interval trees'] },
] as const;

/** mulberry32: small, and the same everywhere. */
function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function uuidOf(next: () => number): string {
  const hex = (digits: number): string => Array.from({ length: digits }, () => Math.floor(next() * 16).toString(16)).join('');
  return `${hex(8)}-${hex(4)}-4${hex(3)}-${'89ab'[Math.floor(next() * 4)]}${hex(3)}-${hex(12)}`;
}

/** Sessions that ended before `now`, oldest first; one pair of them, of this very day, overlaps. */
export function demoHistory(now: number): DemoSession[] {
  const next = chance(20_250_824);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)] as T;
  const sessions: DemoSession[] = [];
  const today = Math.floor(now / DAY_MS) * DAY_MS;
  const add = (device: DemoDevice, startTime: number, minutes: number, work: (typeof WORK)[number]): void => {
    const endTime = startTime + minutes * MINUTE_MS;
    sessions.push({
      id: uuidOf(next), startTime, endTime, duration: minutes, category: work.category, project: work.project, note: pick<string>(work.notes),
      source: device.deviceType, tags: [], clock: null, deviceId: device.deviceId,
    });
  };
  for (let day = today - DAYS * DAY_MS; day < today; day += DAY_MS) {
    const weekday = new Date(day).getUTCDay();
    const count = weekday === 0 || weekday === 6 ? Math.floor(next() * 2.4) : 2 + Math.floor(next() * 5);
    let at = day + (8 * 60 + Math.floor(next() * 90)) * MINUTE_MS;
    for (let index = 0; index < count; index += 1) {
      const minutes = pick([25, 25, 25, 50, 50, 15, 40]);
      add(pick(DEMO_DEVICES), at, minutes, pick(WORK));
      at += (minutes + 5 + Math.floor(next() * 70)) * MINUTE_MS;
    }
  }
  addOverlap(add, now);
  return sessions.filter((session) => session.endTime <= now);
}

// The same half hour twice: on the Mac, and in a browser where the timer was forgotten.
function addOverlap(add: (device: DemoDevice, startTime: number, minutes: number, work: (typeof WORK)[number]) => void, now: number): void {
  const [mac, browser] = DEMO_DEVICES as readonly [DemoDevice, DemoDevice];
  const start = Math.floor((now - 95 * MINUTE_MS) / MINUTE_MS) * MINUTE_MS;
  add(mac, start, 25, WORK[0]);
  add(browser, start + 10 * MINUTE_MS, 25, WORK[1]);
}
