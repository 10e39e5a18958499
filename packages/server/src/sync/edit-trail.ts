// Whether a change was decided on what is still there. A device may send several changes in a row without having seen the versions
// between them; only what somebody else changed since makes one of them late.
import type { EditTrail, StoredSession } from '../ports.ts';

type Content = Pick<StoredSession, 'state' | 'startTime' | 'endTime' | 'duration' | 'category' | 'project' | 'deletedAt'>;

/** The trail after a change. @param by the device that makes it, or null. */
export function nextTrail(before: StoredSession | null, next: Content, version: number, by: string | null): EditTrail {
  if (before === null) return { by, byOthers: 0, contentVersion: version, contentBy: by, contentByOthers: 0 };
  const { trail } = before;
  const latest = { by, byOthers: isSame(by, trail.by) ? trail.byOthers : before.version };
  if (isSameContent(before, next)) return { ...trail, ...latest };
  const contentByOthers = isSame(by, trail.contentBy) ? trail.contentByOthers : trail.contentVersion;
  return { ...latest, contentVersion: version, contentBy: by, contentByOthers };
}

/** Version of the newest change by anybody but that device. */
export function versionByOthers(session: StoredSession, device: string | null): number {
  return isSame(device, session.trail.by) ? session.trail.byOthers : session.version;
}

/** The same for times, category, project and state. */
export function contentVersionByOthers(session: StoredSession, device: string | null): number {
  const { trail } = session;
  return isSame(device, trail.contentBy) ? trail.contentByOthers : trail.contentVersion;
}

/** Two calls that name no device may come from two devices. */
function isSame(a: string | null, b: string | null): boolean {
  return a !== null && a === b;
}

function isSameContent(a: Content, b: Content): boolean {
  return (
    a.state === b.state && a.startTime === b.startTime && a.endTime === b.endTime && a.duration === b.duration &&
    a.category === b.category && a.project === b.project && (a.deletedAt === null) === (b.deletedAt === null)
  );
}
