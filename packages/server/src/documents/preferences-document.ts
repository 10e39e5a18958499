// The preferences document on the server: Yjs V1 bytes in, Yjs V1 bytes and the documented values out. Nothing foreign is ever applied
// to what is stored: an update goes into a copy, the copy is looked at as a whole, and only then it takes the place of the document.
import type { FieldIssue, Preferences, PreferencesRequest } from '@syncline/protocol';
import { LIMITS, PREFERENCE_NAMES } from '@syncline/protocol';
import {
  baseAuthor, baseOf, GENERATIONS_MAX, type PreferenceOrigin, PREFERENCE_ROOTS, type PreferencesBase, type PreferencesView, readPreferences, writePreference,
} from '@syncline/protocol/preferences';
import { applyUpdate, decodeStateVector, Doc, encodeStateAsUpdate, encodeStateVector, type Map as SharedMap } from 'yjs';

/** What a device sent, and what it is sent to. */
export interface PreferencesJob {
  /** The stored document. */
  readonly document: Uint8Array;
  /** The end of the generation before it, or null. */
  readonly retired: Uint8Array | null;
  /** What the caller holds. */
  readonly stateVector: Uint8Array;
  readonly update: Uint8Array | null;
  /** Beyond so many bytes the document is begun anew. */
  readonly rewriteAbove: number;
}

export interface PreferencesOutcome {
  /** The document afterwards; null when it is still the stored one. */
  readonly merged: MergedPreferences | null;
  /** Of the generation that the caller holds, as far as it is known; empty where it is not. */
  readonly stateVector: Uint8Array;
  /** What the caller lacks of that; null when it lacks nothing. */
  readonly answer: Uint8Array | null;
  /** There is a newer generation than the caller's. */
  readonly isReplaced: boolean;
  /** Why the update was not taken; null when it was, or when there was none, or when it leans on one that never came. */
  readonly refused: readonly FieldIssue[] | null;
}

export interface MergedPreferences {
  readonly document: Uint8Array;
  readonly stateVector: Uint8Array;
  readonly values: Preferences;
  /** The end of the generation before, when this one begins; null when it began earlier. */
  readonly retired: Uint8Array | null;
}

const NOTHING: Uint8Array = new Uint8Array([0]);
const UNREADABLE = 'must be a Yjs V1 update';

/** Takes an update in, if it may be, and works out what the caller lacks. Throws only for a stored document that cannot be read. */
export function syncPreferences(job: PreferencesJob): PreferencesOutcome {
  const { document, stateVector, update, rewriteAbove } = job;
  const stored = open(document);
  const theirs = authorsOf(stateVector);
  if (theirs === null) {
    return { merged: null, stateVector: encodeStateVector(stored), answer: null, isReplaced: false, refused: [{ path: 'state_vector', message: 'must be a Yjs V1 state vector' }] };
  }
  if (theirs.size > 0 && !isSameBase(baseOf(theirs.keys()), baseIn(stored))) return leave(job, theirs);
  const taken = update === null ? null : take(document, update);
  const doc = taken?.doc ?? stored;
  const answer = lackOf(doc, theirs, stateVector);
  const merged = taken?.doc == null ? null : rewritten(taken.doc, taken.values, rewriteAbove);
  return { merged, stateVector: encodeStateVector(doc), answer, isReplaced: merged !== null && merged.retired !== null, refused: taken?.issues ?? null };
}

/** What becomes of a caller with another generation: it is told the end of its own, where that is kept. */
function leave({ retired, stateVector }: PreferencesJob, theirs: ReadonlyMap<number, number>): PreferencesOutcome {
  const doc = retired === null ? null : open(retired);
  const isKept = doc !== null && isSameBase(baseOf(theirs.keys()), baseIn(doc));
  return {
    merged: null, refused: null, isReplaced: true,
    stateVector: isKept ? encodeStateVector(doc) : NOTHING,
    answer: isKept ? lackOf(doc, theirs, stateVector) : null,
  };
}

/** A document that grew beyond the limit is begun anew, out of what it says. */
function rewritten(doc: Doc, values: Preferences, above: number): MergedPreferences {
  const grown = toMerged(doc, values);
  const generation = (baseIn(doc)?.generation ?? 0) + 1;
  const { origins, issues } = look(doc);
  // What only a newer platform knows cannot be said again here.
  if (grown.document.byteLength <= above || generation > GENERATIONS_MAX || issues.length > 0) return grown;
  const next = new Doc();
  next.clientID = baseAuthor(generation, JSON.stringify([values, origins]));
  next.transact(() => {
    for (const name of PREFERENCE_NAMES) {
      const value = values[name];
      if (value !== undefined) writePreference(rootOf(next, 'values'), rootOf(next, 'origins'), name, value, origins[name] ?? { device_id: null, at: 0 });
    }
  });
  return { ...toMerged(next, values), retired: grown.document };
}

function baseIn(doc: Doc): PreferencesBase | null {
  return baseOf(decodeStateVector(encodeStateVector(doc)).keys());
}

function isSameBase(a: PreferencesBase | null, b: PreferencesBase | null): boolean {
  return a?.author === b?.author;
}

function authorsOf(stateVector: Uint8Array): ReadonlyMap<number, number> | null {
  try {
    return decodeStateVector(stateVector);
  } catch {
    return null;
  }
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
    // Some can be read and, once somebody looked at the maps, not be written again.
    for (const root of ['values', 'origins'] as const) rootOf(doc, root);
    encodeStateAsUpdate(doc);
  } catch {
    return { doc: null, values: {}, issues: [{ path: 'update', message: UNREADABLE }] };
  }
  // It leans on an update that never came here. The caller learns so from the state vector, and sends from there.
  if (doc.store.pendingStructs !== null || doc.store.pendingDs !== null) return { doc: null, values: {}, issues: null };
  const stored = open(document);
  // What a newer platform took, like a time zone that this one does not know, stays, and keeps nothing else out.
  const kept = new Set(look(stored).issues.map(issueKey));
  const { values, issues } = look(doc);
  const found = issues.filter((issue) => !kept.has(issueKey(issue)));
  const isForged = !isSameBase(baseIn(doc), baseIn(stored));
  const refused = isForged ? [{ path: 'update', message: 'must not begin a generation' }, ...found] : found;
  if (refused.length > 0) return { doc: null, values: {}, issues: refused };
  return { doc: isChanged ? doc : null, values, issues: null };
}

function issueKey({ path, message }: FieldIssue): string {
  return `${path} ${message}`;
}

/** A document as it may be stored has no issues, but for what a newer platform took: its time zone is the preferred one here, too. */
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
  const timezone = rootOf(doc, 'values').get('timezone');
  return { ...view, values: typeof timezone === 'string' ? { ...view.values, timezone } : view.values, issues };
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
function lackOf(doc: Doc, theirs: ReadonlyMap<number, number>, stateVector: Uint8Array): Uint8Array | null {
  const ours = decodeStateVector(encodeStateVector(doc));
  const lacks = [...ours].some(([client, clock]) => clock > (theirs.get(client) ?? 0));
  return lacks ? encodeStateAsUpdate(doc, stateVector) : null;
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

/** An edit by a call that knows no documents. */
export interface PlainEdit {
  readonly values: PreferencesRequest;
  readonly origin: PreferenceOrigin;
  /** A fresh random number. */
  readonly author: number;
}

/** Values set by a call that knows no documents, as an edit of the document by whoever called. @param rewriteAbove see {@link PreferencesJob}. */
export function editPreferences(document: Uint8Array, { values, origin, author }: PlainEdit, rewriteAbove: number): MergedPreferences & { readonly update: Uint8Array } {
  const doc = open(document);
  const before = encodeStateVector(doc);
  doc.clientID = author;
  set(doc, values, origin);
  return { ...rewritten(doc, look(doc).values, rewriteAbove), update: encodeStateAsUpdate(doc, before) };
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
  return { document: encodeStateAsUpdate(doc), stateVector: encodeStateVector(doc), values, retired: null };
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
