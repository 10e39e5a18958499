// The facts of a user's status from stored rows. The words are the protocol's.
import { type Conflict, groupConflicts, type SyncFacts } from '@syncline/protocol';
import type { LiveSession, Overview, StoredDevice } from '../ports.ts';
import { toConflictSession } from './conflict-keeping.ts';
import { shownName } from './devices.ts';

/** Facts for everything but the list of conflicts. */
export function statusFacts(overview: Pick<Overview, 'summary' | 'devices'>, conflicts?: readonly Conflict[]): SyncFacts {
  const { summary, devices } = overview;
  return {
    devices: devices.map(toDeviceFacts),
    totalSessions: summary.totalSessions,
    lastSession: summary.lastSession,
    preferencesUpdated: summary.preferencesUpdated,
    openConflicts: summary.openConflicts,
    everyConflictDuplicate: summary.openConflicts > 0 && summary.duplicateConflicts === summary.openConflicts,
    ...(conflicts === undefined ? {} : { conflicts }),
  };
}

/**
 * The open conflicts, ordered by their first session.
 * Each group is described by itself: it is connected whether or not some of its pairs were kept, so the pairs need not be known.
 * @param members of every group, ordered by start, then id.
 */
export function conflictsOf(members: readonly LiveSession[]): Conflict[] {
  const byGroup = new Map<number | null, LiveSession[]>();
  for (const member of members) {
    const group = byGroup.get(member.group);
    if (group === undefined) byGroup.set(member.group, [member]);
    else group.push(member);
  }
  return [...byGroup.values()].flatMap((group) => groupConflicts(group.map(toConflictSession)));
}

export function toDeviceFacts(device: StoredDevice): SyncFacts['devices'][number] {
  const { deviceId, deviceType, version, lastSeen, sessionsPending } = device;
  const name = shownName(device);
  return { deviceId, deviceType, version, lastSeen, sessionsPending, ...(name === null ? {} : { name }) };
}
