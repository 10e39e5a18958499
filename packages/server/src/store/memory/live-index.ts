// Places in the list of live sessions, which is ordered by start, then id.
import { LIMITS } from '@syncline/protocol';
import type { Interval, StoredSession } from '../../ports.ts';
import type { UserState } from './user-state.ts';

/** Whether a session takes part in overlaps and totals. */
export function isLive(session: StoredSession | undefined): session is StoredSession & Interval {
  return session !== undefined && session.state === 'completed' && session.deletedAt === null;
}

/** First place whose session starts at or after `startTime`, and has an id of at least `id`. */
export function placeOf(state: UserState, startTime: number, id: string = ''): number {
  let low = 0;
  let high = state.liveByStart.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(state, state.liveByStart[middle] as string, startTime, id)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isBefore(state: UserState, otherId: string, startTime: number, id: string): boolean {
  const other = startOf(state, otherId);
  return other < startTime || (other === startTime && otherId < id);
}

function startOf(state: UserState, id: string): number {
  return state.sessions.get(id)?.startTime ?? 0;
}

/** Ids of live sessions that share time with the interval: looks back no further than the longest session. */
export function findOverlapping(state: UserState, { startTime, endTime }: Interval): string[] {
  const found: string[] = [];
  for (let place = placeOf(state, startTime - LIMITS.sessionMsMax); place < state.liveByStart.length; place += 1) {
    const id = state.liveByStart[place] as string;
    const session = state.sessions.get(id);
    if (!isLive(session)) continue;
    if (session.startTime >= endTime) break;
    if (session.endTime > startTime) found.push(id);
  }
  return found;
}
