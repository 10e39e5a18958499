// The advice lines of a status, in their documented order.
import { formatInstant } from './instant.ts';
import type { DeviceFacts, ParkedFact, SyncFacts } from './sync-facts.ts';

/** The advice printed while there are conflicts. */
export const REVIEW_CONFLICTS: string = 'Review overlapping sessions and delete duplicates';

const NAME_BY_TYPE: ReadonlyMap<string, string> = new Map([
  ['mac_app', 'Mac app'],
  ['windows_app', 'Windows app'],
  ['web_timer', 'Web timer'],
]);

/** A device type for people: `Mac app`, `Windows app`, `Web timer`, otherwise the type in words (`ios_app` is `Ios app`). */
export function deviceTypeName(deviceType: string): string {
  const known = NAME_BY_TYPE.get(deviceType);
  if (known !== undefined) return known;
  const words = deviceType.split('_').filter(Boolean).join(' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/**
 * One line for each listed device with something pending, one for each parked item, one when there are conflicts,
 * and last one about preferences.
 * @param devices the devices of the answer, in its order.
 */
export function recommend(facts: SyncFacts, devices: readonly DeviceFacts[]): string[] {
  const lines: string[] = [];
  for (const device of devices) {
    const count = device.sessionsPending;
    if (count <= 0) continue;
    const sessions = count === 1 ? '1 pending session' : `${count} pending sessions`;
    lines.push(`${deviceTypeName(device.deviceType)} has ${sessions} - sync recommended`);
  }
  for (const item of facts.parked ?? []) {
    lines.push(`${parkedName(item)} was not accepted (${item.message}) - review needed`);
  }
  if (facts.openConflicts > 0) lines.push(REVIEW_CONFLICTS);
  lines.push(
    facts.preferencesPending === true
      ? 'Preferences have changes waiting to sync'
      : 'All preferences are up to date across devices',
  );
  return lines;
}

// By what a person remembers of it; the id only where nothing else is known.
function parkedName({ sessionId, session }: ParkedFact): string {
  if (sessionId === null) return 'A preferences change';
  if (session === undefined) return `Session ${sessionId}`;
  const start = formatInstant(session.startTime).slice(0, 'YYYY-MM-DDTHH:MM'.length).replace('T', ' ');
  return `The session of ${start} UTC (${session.project})`;
}
