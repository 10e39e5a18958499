// What becomes of what is known here when the server's document comes for the first time, when it is given up, and when the server began it anew.
import { PREFERENCE_NAMES, type PreferenceName } from '@syncline/protocol';
import type { ParkedReason } from '../api.ts';
import type { LostPreference } from '../api-preferences.ts';
import { UNCLEAR_MAX } from '../sync/answer.ts';
import type { Refusal } from './answer.ts';
import { generationOf, isArrived, type Overtaken, readDocument } from './document.ts';
import type { Content } from './memory.ts';
import { isAbout } from './merge.ts';
import { type Edit, type Known, newEdit, type State, withLost } from './state.ts';

/** Who finds something out, when, and names for what comes of it. */
export interface Moment {
  readonly now: number;
  /** Every id that this device is known to have had. */
  readonly ownIds: readonly string[];
  readonly idOf: (name: PreferenceName) => string;
}

type Values = ReadonlyMap<PreferenceName, Known>;

/** The server's document is here. */
export function meet(state: State, values: Values, generation: number, moment: Moment): State {
  const { left, ...rest } = state;
  // Generations only grow: the server was restored from a backup.
  if (left !== undefined && (left.isForgotten || generation <= left.generation)) return remind(meetEdits(yieldToNewer(rest, values, moment), values, moment), without(rest.edits), values, moment);
  const met = meetEdits(rest, values, moment);
  return left?.isBlind === true ? withLost(met, replacedUnseen(state, values, moment)) : met;
}

/** What waits here will be set over what the server has, which nobody here had seen: so that is what is offered, as with the documented calls. */
function meetEdits(state: State, values: Values, moment: Moment): State {
  const unseen = state.edits.flatMap(({ name, value, base, parked }) => {
    const theirs = values.get(name);
    return theirs === undefined || parked !== null || theirs.value === value || theirs.value === base ? [] : [{ name, ...theirs }];
  });
  const lost = unseen.map((theirs) => lostOf(theirs.name, theirs, moment));
  const bases = new Map(unseen.map(({ name, value }) => [name, value]));
  const edits = state.edits.map((edit): Edit => ({ ...edit, base: bases.get(edit.name) ?? edit.base }));
  return withLost({ ...state, edits }, lost);
}

/** What waits here and is older than what the server has: perhaps it was there before, and was replaced knowingly. */
function yieldToNewer(state: State, values: Values, moment: Moment): State {
  const older = state.edits.filter(({ name, value, at, parked }) => {
    const theirs = values.get(name);
    return parked === null && theirs !== undefined && theirs.value !== value && at < (theirs.at ?? -1);
  });
  const lost = older.map(({ name, value, at }) => lostOf(name, { value, at, deviceId: moment.ownIds[0] ?? null }, moment));
  return withLost({ ...state, edits: state.edits.filter((edit) => !older.includes(edit)) }, lost);
}

/**
 * What is known here and newer is set again: of a server that forgot, only the times that people set it at are left to go by. Whether the one that
 * is replaced, of this device or not, was known to whoever set the other, nobody can tell any more: so it is offered.
 * @param names that nothing waited for: what did was set over what is known.
 */
function remind(state: State, names: readonly PreferenceName[], values: Values, moment: Moment): State {
  const edits: Edit[] = [];
  const lost: LostPreference[] = [];
  // What waits is newer than what the server has, too: other devices may remind it of older values at the same time.
  const reminded = new Map(state.edits.flatMap(({ name, at, parked }) => (parked === null ? [[name, at]] : [])));
  for (const name of names) {
    const [known, theirs] = [state.known[name], values.get(name)];
    if (known === undefined || known.at === null || known.value === theirs?.value) continue;
    if (known.at <= (theirs?.at ?? -1)) {
      if (isOneOf(moment.ownIds, known.deviceId)) lost.push(lostOf(name, known, moment));
      continue;
    }
    edits.push(newEdit({ id: moment.idOf(name), name, value: known.value, at: known.at, base: theirs?.value ?? null, sent: [] }));
    reminded.set(name, known.at);
    // What a server began with was set by nobody, and at no time.
    if (theirs !== undefined && theirs.at !== null) lost.push(lostOf(name, theirs, moment));
  }
  const all = { ...state.reminded, ...Object.fromEntries(reminded) };
  return withLost({ ...state, edits: [...state.edits, ...edits], ...(reminded.size > 0 ? { reminded: all } : {}) }, lost);
}

/**
 * Of what several devices reminded a server of at once any may hold, and not the newest: whose newer value lost sets it once more. Other values that were
 * replaced unknowingly are offered.
 */
export function replaced(state: State, overtaken: readonly Overtaken[], values: Values, moment: Moment): State {
  const isNewer = ({ name, was }: Overtaken): boolean => was.at !== null && state.reminded?.[name] === was.at && (values.get(name)?.at ?? -1) < was.at;
  const names = new Set(without(state.edits));
  const again = overtaken.filter((one) => names.has(one.name) && values.get(one.name)?.value !== one.was.value && isNewer(one));
  const edits = again.map(({ name, was }) => newEdit({ id: moment.idOf(name), name, value: was.value, at: was.at ?? 0, base: values.get(name)?.value ?? null, sent: [] }));
  return withLost({ ...state, edits: [...state.edits, ...edits] }, lostIn(overtaken.filter((one) => !again.includes(one)), values, moment));
}

/** Nobody can tell any more whether others knew what this device had set last: so it is offered. */
function replacedUnseen(state: State, values: Values, moment: Moment): LostPreference[] {
  return without(state.edits).flatMap((name) => {
    const [known, theirs] = [state.known[name], values.get(name)];
    if (known === undefined || theirs === undefined || !isOneOf(moment.ownIds, known.deviceId) || known.value === theirs.value) return [];
    return [lostOf(name, known, moment)];
  });
}

function lostOf(name: PreferenceName, { value, deviceId, at }: Known, { now, idOf }: Moment): LostPreference {
  return { id: idOf(name), name, value, deviceId, setAt: at, lostAt: now };
}

function isOneOf(ids: readonly string[], id: string | null): boolean {
  return id !== null && ids.includes(id);
}

function without(edits: readonly Edit[]): PreferenceName[] {
  return PREFERENCE_NAMES.filter((name) => !edits.some((edit) => edit.name === name));
}

/** Values that were replaced unknowingly: this device's, and those of a caller that named no device, since nobody else would offer them. */
function lostIn(overtaken: readonly Overtaken[], values: Values, moment: Moment): LostPreference[] {
  return overtaken.flatMap(({ name, was }) => {
    // What a server began with was set by nobody, and at no time.
    const isOurs = isOneOf(moment.ownIds, was.deviceId) || (was.deviceId === null && was.at !== null);
    return isOurs && values.get(name)?.value !== was.value ? [lostOf(name, was, moment)] : [];
  });
}

/** The server began the document anew, and the old one ends with that vector: the new one is taken whole, and what never arrived is set into that. */
export function leave({ state, document }: Content, vector: Uint8Array): Content {
  const values = readDocument(document);
  const edits = state.edits.flatMap((edit): Edit[] => {
    if (!edit.isSealed) return [edit];
    const held = values.get(edit.name);
    // What the server does not have is nobody else's.
    const isWaiting = held?.value === edit.value && !isArrived(document, vector, edit.name);
    return isWaiting ? [{ ...edit, isSealed: false }] : [];
  });
  // An empty vector: nothing is known of its end.
  const isBlind = vector.length <= 1;
  const isForgotten = !isBlind && without(state.edits).some((name) => values.has(name) && !isArrived(document, vector, name));
  const left = state.left ?? { generation: generationOf(document), isBlind, isForgotten };
  return { state: { ...state, edits, isMet: false, left }, document: null };
}

/** The document is given up: the server's is taken whole, and what waits is set into that. What was refused again and again is parked. */
export function forget({ state }: Content, refusal: Refusal | null, at: number): Content {
  const edits = state.edits.map((edit): Edit => {
    if (!edit.isSealed || edit.parked !== null) return edit;
    const unclear = edit.unclear + (refusal === null ? 0 : 1);
    const parked = refusal !== null && unclear >= UNCLEAR_MAX ? reasonOf(refusal, edit, at) : null;
    return { ...edit, isSealed: false, unclear, parked };
  });
  return { state: { ...state, isMet: false, edits }, document: null };
}

/** Null when somebody else is to blame. */
function reasonOf({ code, message, details }: Refusal, { name }: Edit, at: number): ParkedReason | null {
  const named = details.filter(({ path }) => PREFERENCE_NAMES.some((other) => isAbout(path, other)));
  const own = named.filter(({ path }) => isAbout(path, name));
  return named.length > 0 && own.length === 0 ? null : { code, message, details: named.length > 0 ? own : details, at };
}

