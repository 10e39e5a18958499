// All open conflicts this device can know: its own groups and those of the server's latest answer, each once.
import { type Certainty, type Conflict, conflictId } from '@syncline/protocol';
import type { ConflictRow } from './conflict-row.ts';
import type { AnswerConflict } from './server-answer.ts';

interface Group {
  sessionIds: readonly string[];
  deviceTypes: readonly string[];
  kind: Conflict['kind'];
  severalDevices: boolean;
  certainty: Certainty;
  start: number;
}

/**
 * Merges groups that share a session: the server may know members that never came here, and this device holds sessions it has not sent.
 * Ids derive from session ids, so a group that both sides know is one.
 */
export function mergeConflicts(
  local: Iterable<ConflictRow>,
  answered: readonly AnswerConflict[],
  everyDuplicate: boolean,
): readonly Conflict[] {
  const groupBySession = new Map<string, Group>();
  const groups = new Set<Group>();
  const add = (group: Group): void => {
    groups.add(group);
    for (const id of group.sessionIds) groupBySession.set(id, group);
  };
  for (const { conflict, sessions } of local) add({ ...conflict, start: sessions[0]?.startTime ?? 0 });
  for (const { affected_sessions: ids, devices } of answered) {
    const touched = new Set(ids.map((id) => groupBySession.get(id)).filter((group) => group !== undefined));
    const [only] = touched;
    const isKnown = touched.size === 1 && only !== undefined && ids.every((id) => only.sessionIds.includes(id));
    if (isKnown) continue;
    for (const group of touched) groups.delete(group);
    add(merge(ids, devices, [...touched], everyDuplicate));
  }
  return [...groups].sort((a, b) => a.start - b.start || ((a.sessionIds[0] ?? '') < (b.sessionIds[0] ?? '') ? -1 : 1)).map(toConflict);
}

function merge(ids: readonly string[], devices: readonly string[], local: readonly Group[], everyDuplicate: boolean): Group {
  const sessionIds = [...new Set([...ids, ...local.flatMap((group) => group.sessionIds)])];
  const deviceTypes = [...new Set([...devices, ...local.flatMap((group) => group.deviceTypes)])];
  return {
    sessionIds,
    deviceTypes,
    kind: everyDuplicate && local.every((group) => group.kind === 'duplicate') ? 'duplicate' : 'partial',
    severalDevices: deviceTypes.length > 1 || local.some((group) => group.severalDevices),
    // The server says nothing of clocks.
    certainty: local.some((group) => group.certainty === 'certain') ? 'certain' : 'possible',
    start: Math.min(Number.MAX_SAFE_INTEGER, ...local.map((group) => group.start)),
  };
}

function toConflict({ sessionIds, deviceTypes, kind, severalDevices, certainty }: Group): Conflict {
  return { id: conflictId(sessionIds), kind, sessionIds, deviceTypes, severalDevices, certainty };
}
