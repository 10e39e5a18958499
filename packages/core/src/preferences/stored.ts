// The stored row, read back without trust: what is damaged or of another shape falls back to not knowing, and is learnt again from the server.
import { PREFERENCE_NAMES, preferenceFault, type PreferenceName } from '@syncline/protocol';
import type { LostPreference } from '../api-preferences.ts';
import { asFields, type Fields, isCount, isNumber, isNumberOrNull, isTextOrNull, readParked, readSpan } from '../model/rows.ts';
import { type Edit, FIRST, type Known, newEdit, type PreferenceValue, type State } from './state.ts';

/** Tells a row whose bytes changed on the disk from the one that was written. Not a secret, and no defence against whoever can write the store. */
export function checksum(state: State, document: Uint8Array | null): string {
  let [low, high] = [0x811c9dc5, 0x9e3779b9];
  const take = (unit: number): void => {
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ low ^ unit, 0x85ebca6b);
  };
  for (const char of JSON.stringify(state)) take(char.codePointAt(0) ?? 0);
  for (const byte of document ?? []) take(byte);
  return (low >>> 0).toString(36) + (high >>> 0).toString(36);
}

export function readStored(value: unknown): { readonly state: State; readonly document: Uint8Array | null } {
  const row = asFields(value);
  const fields = asFields(row?.['state']);
  if (row === null || fields === null) return { state: FIRST, document: null };
  const document = row['document'] instanceof Uint8Array ? row['document'] : null;
  const isWhole = row['sum'] === checksum(fields as unknown as State, document);
  const state = readState(fields);
  // A damaged document is fetched whole again; changes of ours that were in it only are set into the new one.
  if (isWhole) return { state, document };
  return { state: { ...state, isMet: false, edits: state.edits.map((edit) => ({ ...edit, isSealed: false })) }, document: null };
}

function readState(row: Fields): State {
  const known = asFields(row['known']) ?? {};
  const names = PREFERENCE_NAMES.filter((name) => Object.hasOwn(known, name));
  const fetched = row['fetched'];
  const left = asFields(row['left']);
  const reminded = asFields(row['reminded']);
  return {
    known: Object.fromEntries(names.flatMap((name) => {
      const read = readKnown(name, known[name]);
      return read === null ? [] : [[name, read]];
    })),
    edits: readAll(row['edits'], readEdit),
    lost: readAll(row['lost'], readLost),
    isMet: row['isMet'] === true,
    ...(row['isSoft'] === true ? { isSoft: true } : {}),
    ...(isNumberOrNull(fetched) ? { fetched } : {}),
    ...(reminded === null ? {} : { reminded: Object.fromEntries(PREFERENCE_NAMES.flatMap((name) => (isCount(reminded[name]) ? [[name, reminded[name]]] : []))) }),
    ...(isCount(left?.['generation']) ? { left: { generation: left['generation'], isBlind: left['isBlind'] === true, isForgotten: left['isForgotten'] === true } } : {}),
  };
}

function readAll<T>(value: unknown, read: (row: Fields) => T | null): readonly T[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item) => {
    const row = asFields(item);
    const found = row === null ? null : read(row);
    return found === null ? [] : [found];
  });
}

function isNamed(row: Fields): row is Fields & { readonly id: string; readonly name: PreferenceName; readonly value: PreferenceValue } {
  return typeof row['id'] === 'string' && typeof row['name'] === 'string' && preferenceFault(row['name'], row['value']) === null;
}

function readKnown(name: PreferenceName, value: unknown): Known | null {
  const row = asFields(value);
  const isSound = row !== null && preferenceFault(name, row['value']) === null && isTextOrNull(row['deviceId']) && isNumberOrNull(row['at']);
  return isSound ? (row as unknown as Known) : null;
}

/** What was set holds, also where something else about it is damaged: then it goes as if it were new. */
function readEdit(row: Fields): Edit | null {
  if (!isNamed(row) || !isNumber(row['at'])) return null;
  const { id, name, value, at, base } = row;
  const isSound =
    Array.isArray(row['sent']) && typeof row['isSealed'] === 'boolean' && isCount(row['tries']) &&
    isCount(row['unclear']) && isCount(row['faults']) &&
    (row['wait'] === null || readSpan(row['wait']) !== null) && (row['parked'] === null || readParked(row['parked']) !== null);
  return isSound ? (row as unknown as Edit) : newEdit({ id, name, value, at, base: preferenceFault(name, base) === null ? (base as PreferenceValue) : null, sent: [] });
}

function readLost(row: Fields): LostPreference | null {
  const isSound = isNamed(row) && isTextOrNull(row['deviceId']) && isNumberOrNull(row['setAt']) && isNumber(row['lostAt']);
  return isSound ? (row as unknown as LostPreference) : null;
}
