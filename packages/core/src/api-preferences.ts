// The preferences of an engine as an app sees them. Types only.
import type { PreferenceName, Preferences } from '@syncline/protocol';
import type { ParkedReason } from './api.ts';
import type { Source } from './source.ts';

/** Carries preferences; made by `yjsPreferences()` of `@syncline/core/preferences`, and by nothing else. */
export interface PreferencesPlugin {
  readonly kind: 'preferences';
}

/** What is known of one preference beside its value. */
export interface PreferenceDetail {
  /** The device that set it; null when nobody told. */
  readonly deviceId: string | null;
  /** When it was set, by that device's clock, in milliseconds since the epoch; null when nobody told. For people: it decides nothing. */
  readonly at: number | null;
  /** Set here, and the server does not have it yet. */
  readonly pending: boolean;
  /** Why the server refused what was set here; null normally. */
  readonly parked: ParkedReason | null;
}

/** A value that lost: the same preference was set in two places that did not know of each other. */
export interface LostPreference {
  /** Names this entry, for `restore` and `dismiss`. */
  readonly id: string;
  readonly name: PreferenceName;
  readonly value: Preferences[PreferenceName];
  /** Who set it; null when nobody told. */
  readonly deviceId: string | null;
  /** When it was set; null when nobody told. */
  readonly setAt: number | null;
  /** When this device found out, by its clock. */
  readonly lostAt: number;
}

/** The preferences at one moment; immutable. */
export interface PreferencesState {
  /** What holds, this device's unsent changes included. Documented names and values only. */
  readonly values: Preferences;
  /** One for each name in `values`. */
  readonly details: { readonly [Name in PreferenceName]?: PreferenceDetail };
  /** Something here is not with the server yet. */
  readonly pending: boolean;
  /** The conflict journal, newest first: values that lost and were neither restored nor dismissed, the last 50 of them. */
  readonly lost: readonly LostPreference[];
}

/** One user's preferences on this device, live over all its tabs. */
export interface PreferencesApi extends Source<PreferencesState> {
  get<Name extends PreferenceName>(name: Name): Preferences[Name];
  /**
   * Sets one preference, or several at once. Resolves when it is durable; what is equal already is not set again.
   * Rejects with an `EngineError`: `invalid_input` names every faulty field (unknown names included) and stores nothing, `storage_full`, `closed`.
   */
  set<Name extends PreferenceName>(name: Name, value: NonNullable<Preferences[Name]>): Promise<PreferencesState>;
  set(changes: Preferences): Promise<PreferencesState>;
  /** Sets a lost value again and takes it out of the journal. Rejects with `not_found`. */
  restore(id: string): Promise<PreferencesState>;
  /** Takes an entry out of the journal. Rejects with `not_found`. */
  dismiss(id: string): Promise<PreferencesState>;
  /** Sends what the server refused once more. Rejects with `not_parked`. */
  retry(name: PreferenceName): Promise<PreferencesState>;
  /** Gives up what the server refused; its own value holds again. Rejects with `not_parked`. */
  discard(name: PreferenceName): Promise<PreferencesState>;
}
