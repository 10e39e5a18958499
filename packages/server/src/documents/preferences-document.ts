// The preferences document on the server: Yjs V1 bytes in, Yjs V1 bytes and the documented values out. Nothing foreign is ever applied
// to what is stored: an update goes into a copy, the copy is looked at as a whole, and only then it takes the place of the document.
import type { FieldIssue, Preferences, PreferencesRequest } from '@syncline/protocol';
import { LIMITS, PREFERENCE_NAMES } from '@syncline/protocol';
import { type PreferenceOrigin, PREFERENCE_ROOTS, type PreferencesView, readPreferences, writePreference } from '@syncline/protocol/preferences';
import { applyUpdate, decodeStateVector, Doc, encodeStateAsUpdate, encodeStateVector, type Map as SharedMap } from 'yjs';

/** What a device sent, and what it is sent to. */
export interface PreferencesJob {
  /** The stored document. */
  readonly document: Uint8Array;
  /** What the caller holds. */
  readonly stateVector: Uint8Array;
  readonly update: Uint8Array | null;
}

export interface PreferencesOutcome {
  /** The document afterwards; null when it is still the stored one. */
  readonly merged: MergedPreferences | null;
  readonly stateVector: Uint8Array;
  /** What the caller lacks; null when it lacks nothing. */
  readonly answer: Uint8Array | null;
  /** Why the update was not taken; null when it was, or when there was none, or when it leans on one that never came. */
  readonly refused: readonly FieldIssue[] | null;
}

export interface MergedPreferences {
  readonly document: Uint8Array;
  readonly stateVector: Uint8Array;
  readonly values: Preferences;
}

const UNREADABLE = 'must be a Yjs V1 update';

/** Takes an update in, if it may be, and works out what the caller lacks. Throws only for a stored document that cannot be read. */
export function syncPreferences({ document, stateVector, update }: PreferencesJob): PreferencesOutcome {
  const stored = open(document);
  const taken = update === null ? null : take(document, update);
  const doc = taken?.doc ?? stored;
  const refused = taken?.issues ?? null;
  const answer = lackOf(doc, stateVector);
  if (answer === 'unreadable') return { merged: null, stateVector: encodeStateVector(stored), answer: null, refused: [{ path: 'state_vector', message: 'must be a Yjs V1 state vector' }] };
  const own = encodeStateVector(doc);
  return { merged: taken?.doc == null ? null : toMerged(taken.doc, taken.values), stateVector: own, answer, refused };
}

interface Taken {
  /** The document with the update in it, or null when it is not to be stored or changes nothing. */
  readonly doc: Doc | null;
  readonly values: Preferences;
  readonly issues: readonly FieldIssue[] | null;
}

function take(document: Uint8Array, update: Uint8Array): Taken {
  const doc = open(document);
  let isChanged = false;
  doc.on('update', () => void (isChanged = true));
  try {
    applyUpdate(doc, update);
  } catch {
    return { doc: null, values: {}, issues: [{ path: 'update', message: UNREADABLE }] };
  }
  // It leans on an update that never came here. The caller learns so from the state vector, and sends from there.
  if (doc.store.pendingStructs !== null || doc.store.pendingDs !== null) return { doc: null, values: {}, issues: null };
  const { values, issues } = look(doc);
  if (issues.length > 0) return { doc: null, values: {}, issues };
  return { doc: isChanged ? doc : null, values, issues: null };
}

/** A document as it may be stored has no issues. */
function look(doc: Doc): PreferencesView {
  const view = readPreferences(rootOf(doc, 'values'), rootOf(doc, 'origins'));
  const known: readonly string[] = Object.values(PREFERENCE_ROOTS);
  const others = [...doc.share.keys()].filter((name) => !known.includes(name));
  const issues = [
    ...others.slice(0, 1).map(() => ({ path: 'update', message: 'must hold the two maps of preferences only' })),
    ...(['values', 'origins'] as const).flatMap((root) => hiddenIssues(rootOf(doc, root))),
    ...view.issues.slice(0, PREFERENCE_NAMES.length),
    ...sizeIssues(doc),
  ];
  return { ...view, issues };
}

/** What a map holds besides what it shows: a sequence behind it, or keys that were taken back again. */
function hiddenIssues(map: SharedMap<unknown>): FieldIssue[] {
  if (Reflect.get(map, '_start') !== null) return [{ path: 'update', message: 'must not keep a sequence in a map' }];
  const keys = Reflect.get(map, '_map') as ReadonlyMap<string, unknown>;
  return keys.size > LIMITS.preferenceKeysMax ? [{ path: 'update', message: `must not have more than ${LIMITS.preferenceKeysMax} keys` }] : [];
}

function sizeIssues(doc: Doc): FieldIssue[] {
  const isTooLarge = encodeStateAsUpdate(doc).byteLength > LIMITS.yjsDocBytesMax || encodeStateVector(doc).byteLength > LIMITS.yjsUpdateBytesMax;
  return isTooLarge ? [{ path: 'update', message: 'makes the document too large' }] : [];
}

/** What somebody with that state vector lacks. */
function lackOf(doc: Doc, stateVector: Uint8Array): Uint8Array | null | 'unreadable' {
  try {
    const theirs = decodeStateVector(stateVector);
    const ours = decodeStateVector(encodeStateVector(doc));
    const lacks = [...ours].some(([client, clock]) => clock > (theirs.get(client) ?? 0));
    return lacks ? encodeStateAsUpdate(doc, stateVector) : null;
  } catch {
    return 'unreadable';
  }
}

/**
 * The document of a user who had values before there was one. Its author number is small and made from the content: where a device has
 * set the same key meanwhile, the device's value wins, since of two unrelated values the one with the larger author number does.
 */
export function firstPreferences(values: PreferencesRequest, at: number): MergedPreferences {
  const doc = new Doc();
  doc.clientID = smallNumberOf(JSON.stringify([values, at]));
  set(doc, values, { device_id: null, at });
  return toMerged(doc, values);
}

/** Values set by a call that knows no documents, as an edit of the document by whoever called. @param author a fresh random number. */
export function editPreferences(document: Uint8Array, values: PreferencesRequest, origin: PreferenceOrigin, author: number): MergedPreferences & { readonly update: Uint8Array } {
  const doc = open(document);
  const before = encodeStateVector(doc);
  doc.clientID = author;
  set(doc, values, origin);
  return { ...toMerged(doc, look(doc).values), update: encodeStateAsUpdate(doc, before) };
}

function set(doc: Doc, values: PreferencesRequest, origin: PreferenceOrigin): void {
  const [preferences, origins] = [rootOf(doc, 'values'), rootOf(doc, 'origins')];
  doc.transact(() => {
    for (const name of PREFERENCE_NAMES) {
      const value = values[name];
      if (value !== undefined) writePreference(preferences, origins, name, value, origin);
    }
  });
}

function toMerged(doc: Doc, values: Preferences): MergedPreferences {
  return { document: encodeStateAsUpdate(doc), stateVector: encodeStateVector(doc), values };
}

function open(document: Uint8Array): Doc {
  const doc = new Doc();
  applyUpdate(doc, document);
  return doc;
}

function rootOf(doc: Doc, root: keyof typeof PREFERENCE_ROOTS): SharedMap<unknown> {
  return doc.getMap(PREFERENCE_ROOTS[root]);
}

/** 1 to 65,536. */
function smallNumberOf(text: string): number {
  let mixed = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) mixed = Math.imul(mixed ^ text.charCodeAt(i), 0x01000193);
  return ((mixed ^ (mixed >>> 16)) & 0xffff) + 1;
}
