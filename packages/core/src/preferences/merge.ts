// Over the documented calls: what `user/data` says is merged name by name with what was known and what was set here, and what is left to send
// is the smallest partial body. Pure.
//
// A name that the server does not tell keeps this device's last written value. Where both changed, ours is sent and so holds everywhere;
// theirs goes into the journal, once.
import { PREFERENCE_NAMES, preferenceFault, type PreferenceName } from '@syncline/protocol';
import type { ParkedReason } from '../api.ts';
import type { LostPreference } from '../api-preferences.ts';
import type { Fields } from '../model/rows.ts';
import { isOver, type Span } from '../sync/span.ts';
import { type Edit, mapEdits, type PreferenceValue, type State, withKnown, withLost } from './state.ts';

/** The documented names with acceptable values; own fields only, everything else is passed over. */
export function readValues(fields: Fields): ReadonlyMap<PreferenceName, PreferenceValue> {
  const found = PREFERENCE_NAMES.filter((name) => Object.hasOwn(fields, name) && preferenceFault(name, fields[name]) === null);
  return new Map(found.map((name) => [name, fields[name] as PreferenceValue]));
}

/** @param lostId names a journal entry for that preference. */
export function mergeRemote(state: State, remote: ReadonlyMap<PreferenceName, PreferenceValue>, now: number, lostId: (name: string) => string): State {
  let next = state;
  const lost: LostPreference[] = [];
  for (const [name, value] of remote) {
    const edit = state.edits.find((other) => other.name === name);
    const before = state.known[name];
    // Equal to what was known: whoever set that is still the one who did.
    if (before?.value !== value) next = withKnown(next, name, { value, deviceId: null, at: null });
    // One that was refused takes nothing's place unless somebody sends it again, and then this is asked anew.
    if (edit === undefined || edit.parked !== null) continue;
    const isOurs = edit.value === value || edit.sent.includes(value);
    if (isOurs || edit.base === value) continue;
    lost.push({ id: lostId(name), name, value, deviceId: null, setAt: null, lostAt: now });
    next = mapEdits(next, new Set([edit.id]), (own) => ({ ...own, base: value }));
  }
  return withLost(next, lost);
}

/** The server has these already: sent before with an answer that was lost, or set to the same elsewhere. */
export function dropDelivered(state: State, remote: ReadonlyMap<PreferenceName, PreferenceValue>, deviceId: string): State {
  const delivered = state.edits.filter((edit) => edit.parked === null && remote.get(edit.name) === edit.value);
  return acknowledge(state, delivered, deviceId);
}

/** The server took them: they are known now, set by this device. */
export function acknowledge(state: State, edits: readonly Edit[], deviceId: string): State {
  let next = mapEdits(state, new Set(edits.map(({ id }) => id)), () => null);
  for (const { name, value, at } of edits) next = withKnown(next, name, { value, deviceId, at });
  return next;
}

/** What goes into the next partial update. One that failed before goes alone, so that it cannot hold up the others. */
export function nextToPut(state: State, now: number): readonly Edit[] {
  const ready = state.edits.filter((edit) => edit.parked === null && isOver(edit.wait, now));
  const untried = ready.filter((edit) => edit.tries === 0);
  return untried.length > 0 ? untried : ready.slice(0, 1);
}

/** When the next edit that waits may go; null for none. */
export function nextWait(state: State): Span | null {
  const waits = state.edits.flatMap((edit) => (edit.parked === null && edit.wait !== null ? [edit.wait] : []));
  return waits.sort((a, b) => a.until - b.until)[0] ?? null;
}

export function markSent(state: State, edits: readonly Edit[]): State {
  return mapEdits(state, new Set(edits.map(({ id }) => id)), (edit) => (edit.sent.includes(edit.value) ? edit : { ...edit, sent: [...edit.sent, edit.value].slice(-8) }));
}

export function park(state: State, edits: readonly Edit[], reasonOf: (edit: Edit) => ParkedReason): State {
  return mapEdits(state, new Set(edits.map(({ id }) => id)), (edit) => ({ ...edit, parked: reasonOf(edit), wait: null }));
}

/** Whether a path in a server's words names that preference. */
export function isAbout(path: string, name: PreferenceName): boolean {
  return path === name || path.endsWith(`.${name}`);
}
