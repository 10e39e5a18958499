// `meta/preferences`: what every tab has to know of the preferences without reading them: which state they are in, and what waits.
import { asFields, isCount, isNumberOrNull } from '../model/rows.ts';

export interface PreferencesRow {
  /** Minted with each change: equal marks, equal preferences. */
  readonly mark: string;
  /** Preferences set here that the server does not have, refused ones included. */
  readonly pending: number;
  /** When a preference was last set on this device, by its clock; null for never. */
  readonly changedAt: number | null;
  /** What the server refused, in its words. */
  readonly parked: readonly { readonly name: string; readonly message: string }[];
}

export function readPreferencesRow(value: unknown): PreferencesRow | null {
  const row = asFields(value);
  const isSound =
    row !== null && typeof row['mark'] === 'string' && isCount(row['pending']) && isNumberOrNull(row['changedAt']) &&
    Array.isArray(row['parked']) && row['parked'].every(isParked);
  return isSound ? (row as unknown as PreferencesRow) : null;
}

function isParked(value: unknown): boolean {
  const row = asFields(value);
  return row !== null && typeof row['name'] === 'string' && typeof row['message'] === 'string';
}
