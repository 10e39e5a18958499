// What a device knows of the preferences, as one immutable value, and what changes it. Pure.
//
// `known` is what the server or the document said last; `edits` are this device's own changes that the server has not taken, one for each name at
// most, so ten thousand changes of mind take no more room than the last. Tabs of one device take turns in the store: between them nothing is concurrent.
import { PREFERENCE_NAMES, type PreferenceName, type Preferences } from '@syncline/protocol';
import type { ParkedReason } from '../api.ts';
import type { LostPreference, PreferenceDetail, PreferencesState } from '../api-preferences.ts';
import type { Span } from '../sync/span.ts';

export type PreferenceValue = NonNullable<Preferences[PreferenceName]>;

export interface Known {
  readonly value: PreferenceValue;
  readonly deviceId: string | null;
  readonly at: number | null;
}

export interface Edit {
  readonly id: string;
  readonly name: PreferenceName;
  readonly value: PreferenceValue;
  readonly at: number;
  /** What the device knew when it was made; null for nothing. */
  readonly base: PreferenceValue | null;
  /** Values of this name that were sent without a known outcome: found on the server, they are our own. */
  readonly sent: readonly PreferenceValue[];
  /** It is in the document, and waits for the server to have it. */
  readonly isSealed: boolean;
  readonly tries: number;
  readonly unclear: number;
  readonly faults: number;
  readonly wait: Span | null;
  readonly parked: ParkedReason | null;
}

export interface State {
  readonly known: { readonly [Name in PreferenceName]?: Known };
  readonly edits: readonly Edit[];
  readonly lost: readonly LostPreference[];
  /** The server's time of the last change for which `user/data` was read; undefined before the first reading. */
  readonly fetched?: number | null;
  /** An exchange was answered: the document has what the server had. */
  readonly isMet: boolean;
  /** Edits entered the document along with an answer. After a power cut they would enter it anew, as others: nothing of them is sent before they outlive one. */
  readonly isSoft?: true;
  /** What a server that went back in time was reminded of, by when people had set it. */
  readonly reminded?: { readonly [Name in PreferenceName]?: number };
  /** The document that this device left, because the server had begun it anew; gone when the new one is there. */
  readonly left?: Left;
}

export interface Left {
  readonly generation: number;
  /** Its end is not known: what was written there after this device last asked may have replaced values unknowingly. */
  readonly isBlind: boolean;
  /** It ended without what it had before: the server had been restored from a backup first. */
  readonly isForgotten: boolean;
}

export const FIRST: State = { known: {}, edits: [], lost: [], isMet: false };
const LOST_MAX = 50;

export interface Stamp {
  readonly at: number;
  readonly deviceId: string;
  readonly ids: ReadonlyMap<string, string>;
}

/** What holds: an unsent change over what is known. A change that is in the document already is known by it. */
export function valueOf(state: State, name: PreferenceName): PreferenceValue | undefined {
  const edit = state.edits.find((other) => other.name === name);
  return edit !== undefined && !edit.isSealed ? edit.value : (state.known[name]?.value ?? edit?.value);
}

export function newEdit(what: Pick<Edit, 'id' | 'name' | 'value' | 'at' | 'base' | 'sent'>): Edit {
  return { ...what, isSealed: false, tries: 0, unclear: 0, faults: 0, wait: null, parked: null };
}

/** Null when everything is so already. */
export function setIn(state: State, changes: ReadonlyMap<PreferenceName, PreferenceValue>, stamp: Stamp): State | null {
  const edits: Edit[] = [];
  for (const [name, value] of changes) {
    const before = state.edits.find((edit) => edit.name === name);
    if (valueOf(state, name) === value && (before === undefined || before.parked === null)) continue;
    const id = stamp.ids.get(name) ?? '';
    if (before?.id === id) continue;
    // A value that is in the document was made knowingly: the next one follows it.
    const base = before === undefined || before.isSealed ? (state.known[name]?.value ?? null) : before.base;
    // Whoever sets it later sets it later, whatever the clocks say: times are what is left to go by when a server forgot.
    const at = Math.max(stamp.at, (before?.at ?? 0) + 1, (state.known[name]?.at ?? 0) + 1);
    edits.push(newEdit({ id, name, value, at, base, sent: before?.sent ?? [] }));
  }
  if (edits.length === 0) return null;
  const changed = new Set(edits.map(({ name }) => name));
  return { ...state, edits: [...state.edits.filter(({ name }) => !changed.has(name)), ...edits] };
}

/** What is set over and came while it was being set: whoever set it had something else before the eyes. `lostIds`: names for what comes of it. */
export function unseenIn({ known, edits }: State, changes: ReadonlyMap<PreferenceName, PreferenceValue>, shown: Preferences, { at, deviceId }: Stamp, lostIds: ReadonlyMap<string, string>): LostPreference[] {
  return [...changes].flatMap(([name, value]) => {
    const there = known[name];
    const isNews = there !== undefined && there.at !== null && there.deviceId !== deviceId && there.value !== shown[name] && there.value !== value;
    if (!isNews || edits.some((edit) => edit.name === name)) return [];
    return [{ id: lostIds.get(name) ?? '', name, value: there.value, deviceId: there.deviceId, setAt: there.at, lostAt: at }];
  });
}

export function withLost(state: State, lost: readonly LostPreference[]): State {
  return lost.length === 0 ? state : { ...state, lost: [...lost, ...state.lost].slice(0, LOST_MAX) };
}

/** Changes one edit, by its id; null drops it. An edit that was replaced meanwhile is left alone. */
export function mapEdits(state: State, ids: ReadonlySet<string>, change: (edit: Edit) => Edit | null): State {
  const edits = state.edits.flatMap((edit) => {
    const next = ids.has(edit.id) ? change(edit) : edit;
    return next === null ? [] : [next];
  });
  return { ...state, edits };
}

export function withKnown(state: State, name: PreferenceName, known: Known): State {
  return { ...state, known: { ...state.known, [name]: known } };
}

/** As an app sees it. */
export function showState(state: State, deviceId: string): PreferencesState {
  const values: [PreferenceName, PreferenceValue][] = [];
  const details: [PreferenceName, PreferenceDetail][] = [];
  for (const name of PREFERENCE_NAMES) {
    const value = valueOf(state, name);
    if (value === undefined) continue;
    const edit = state.edits.find((other) => other.name === name);
    const own = edit === undefined || (edit.isSealed && state.known[name] !== undefined) ? null : edit;
    const known = state.known[name];
    values.push([name, value]);
    details.push([name, {
      deviceId: own === null ? (known?.deviceId ?? null) : deviceId,
      at: own === null ? (known?.at ?? null) : own.at,
      pending: edit !== undefined,
      parked: edit?.parked ?? null,
    }]);
  }
  return {
    values: Object.fromEntries(values) as Preferences,
    details: Object.fromEntries(details),
    pending: state.edits.length > 0,
    lost: state.lost,
  };
}
