// A name for how everything stands. Two equal tags mean the same status and the same running sessions, but for the caller's own last
// contact and for what time alone changes, which every device works out by itself.
import type { StoredDevice, UserSummary } from '../ports.ts';
import { fingerprintOf } from './content.ts';

const LENGTH = 16;

/** @param caller id of the calling device. */
export function statusTag(summary: UserSummary, devices: readonly StoredDevice[], caller: string): string {
  const rows = devices
    .map(({ deviceId, deviceType, version, name, givenName, sessionsPending, lastSeen }) =>
      [deviceId, deviceType, version, givenName ?? name, sessionsPending, deviceId === caller ? null : lastSeen])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  // Every change of a session, running ones included, moves the sequence.
  const { sequence, totalSessions, lastSession, openConflicts, duplicateConflicts, preferencesUpdated } = summary;
  return fingerprintOf([sequence, totalSessions, lastSession, openConflicts, duplicateConflicts, preferencesUpdated, rows]).slice(0, LENGTH);
}
