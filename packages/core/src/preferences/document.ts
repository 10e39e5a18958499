// The preferences as a Yjs document: the only place of the engine that knows Yjs. A document is passed around as its bytes (V1); each change makes
// a document of those bytes, changes it, and takes the new bytes, so that a store that refuses leaves nothing to be undone.
//
// Documents that live at the same time never share a `clientID`: it is minted for each, handed in by the caller, and never stored.
import { DANGEROUS_KEYS, LIMITS, PREFERENCE_NAMES, preferenceFault, type PreferenceName } from '@syncline/protocol';
import { baseOf, PREFERENCE_ROOTS, writePreference } from '@syncline/protocol/preferences';
import { applyUpdate, decodeStateVector, Doc, encodeStateAsUpdate, encodeStateVector, getItem, getState, type Item, type Map as YMap } from 'yjs';
import { asFields, isCount } from '../model/rows.ts';
import type { Edit, Known, PreferenceValue } from './state.ts';

/** A preference whose value another change replaced without knowing it. */
export interface Overtaken {
  readonly name: PreferenceName;
  readonly was: Known;
}

/** What is no time, or so late that nothing could be set after it, tells none. */
const AT_MAX = 8e15;

function open(bytes: Uint8Array | null, clientId: number): Doc {
  // A name of its own keeps Yjs from asking the platform for chance.
  const doc = new Doc({ guid: PREFERENCE_ROOTS.values });
  if (bytes !== null) applyUpdate(doc, bytes);
  // Afterwards: Yjs takes what it reads under its own name for somebody else's, and would choose another.
  doc.clientID = clientId;
  return doc;
}

const valuesOf = (doc: Doc): YMap<unknown> => doc.getMap(PREFERENCE_ROOTS.values);
const originsOf = (doc: Doc): YMap<unknown> => doc.getMap(PREFERENCE_ROOTS.origins);

/** Writes edits into the document, as changes that know everything in it. */
export function sealEdits(bytes: Uint8Array | null, edits: readonly Edit[], deviceId: string, clientId: number): Uint8Array {
  const doc = open(bytes, clientId);
  doc.transact(() => {
    for (const { name, value, at } of edits) writePreference(valuesOf(doc), originsOf(doc), name, value, { device_id: deviceId, at: Math.max(0, Math.round(at)) });
  });
  return encodeStateAsUpdate(doc);
}

/** What a document says: documented names with documented values, whatever else it holds. */
export function readDocument(bytes: Uint8Array | null): ReadonlyMap<PreferenceName, Known> {
  const doc = open(bytes, 0);
  return new Map(PREFERENCE_NAMES.flatMap((name) => {
    const known = knownOf(doc, name);
    return known === null ? [] : [[name, known] as const];
  }));
}

function knownOf(doc: Doc, name: PreferenceName): Known | null {
  const value = valuesOf(doc).get(name);
  if (preferenceFault(name, value) !== null) return null;
  const origin = asFields(originsOf(doc).get(name));
  // At the epoch: a value that a server began with, which nobody set.
  const [device, at] = [origin?.['device_id'], origin?.['at']];
  return { value: value as PreferenceValue, deviceId: typeof device === 'string' ? device : null, at: isCount(at) && at > 0 && at < AT_MAX ? at : null };
}

/** Null when the update cannot be read, or makes of the document something that no preferences are. */
export function mergeUpdate(bytes: Uint8Array | null, update: Uint8Array): { readonly bytes: Uint8Array; readonly overtaken: readonly Overtaken[] } | null {
  if (update.length > LIMITS.yjsDocBytesMax) return null;
  const before = open(bytes, 0);
  const doc = open(bytes, 0);
  let next: Uint8Array;
  try {
    applyUpdate(doc, update);
    // Some can be read and not be written again.
    next = encodeStateAsUpdate(doc);
  } catch {
    return null;
  }
  const isTooLarge = next.length > LIMITS.yjsDocBytesMax || valuesOf(doc).size + originsOf(doc).size > LIMITS.preferenceKeysMax;
  const isForeign = [...doc.share.keys()].some((root) => root !== PREFERENCE_ROOTS.values && root !== PREFERENCE_ROOTS.origins);
  // A newer name of a preference is passed over; these are an attack.
  const isPoisoned = [valuesOf(doc), originsOf(doc)].some((map) => [...DANGEROUS_KEYS].some((name) => map.has(name)));
  if (isTooLarge || isForeign || isPoisoned) return null;
  const overtaken = PREFERENCE_NAMES.flatMap((name) => {
    const was = knownOf(before, name);
    return was !== null && isOvertaken(valuesOf(before), valuesOf(doc), name) ? [{ name, was }] : [];
  });
  return { bytes: next, overtaken };
}

/** Whether what held a name does so no more, and what holds it now did not know of it. */
function isOvertaken(before: YMap<unknown>, after: YMap<unknown>, name: string): boolean {
  const [{ _map: olds }, { _map: news }] = [before, after];
  const [old, now] = [olds.get(name), news.get(name)];
  if (old === undefined || now === undefined || after.doc === null) return false;
  const { client, clock } = old.lastId;
  let item: Item = now;
  for (;;) {
    // The same author later, or an author who had it before the eyes.
    if (item.id.client === client && item.id.clock + item.length > clock) return false;
    if (item.origin === null) return true;
    const left = getItem(after.doc.store, item.origin) as unknown as Item;
    if (left.origin === undefined) return true;
    item = left;
  }
}

/** How much of a document an author wrote. */
export function clockOf(bytes: Uint8Array | null, clientId: number): number {
  return getState(open(bytes, 0).store, clientId);
}

/** Whether the holder of that state vector has what now holds a name. */
export function isArrived(bytes: Uint8Array | null, vector: Uint8Array, name: PreferenceName): boolean {
  const { _map: items } = valuesOf(open(bytes, 0));
  const item = items.get(name);
  return item !== undefined && item.lastId.clock < (decodeStateVector(vector).get(item.lastId.client) ?? 0);
}

/** How often a document was begun anew. */
export function generationOf(bytes: Uint8Array | null): number {
  return baseOf(decodeStateVector(vectorOf(bytes)).keys())?.generation ?? 0;
}

export function isVector(bytes: Uint8Array): boolean {
  try {
    decodeStateVector(bytes);
    return true;
  } catch {
    return false;
  }
}

export function vectorOf(bytes: Uint8Array | null): Uint8Array {
  return encodeStateVector(open(bytes, 0));
}

/** What a holder of that state vector lacks; null for nothing. */
export function lackOf(bytes: Uint8Array | null, vector: Uint8Array): Uint8Array | null {
  const doc = open(bytes, 0);
  const theirs = open(null, 0);
  const nothing = encodeStateAsUpdate(theirs);
  const update = encodeStateAsUpdate(doc, vector);
  // Deletions come along in every update: only new content counts.
  return update.length <= nothing.length || !hasStructs(update) ? null : update;
}

/** The first number of a V1 update counts the authors whose content is in it. */
function hasStructs(update: Uint8Array): boolean {
  return update[0] !== 0;
}
