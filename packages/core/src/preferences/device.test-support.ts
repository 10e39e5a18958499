// The preferences of one device without an engine around them.
import type { PreferencesApi } from '../api-preferences.ts';
import type { Draft } from '../sync/draft.ts';
import { FIRST_HEAD } from '../sync/head.ts';
import type { Plan } from '../sync/plan.ts';
import type { PreferencesHost } from '../sync/preferences-part.ts';
import type { PreferencesRow } from '../sync/preferences-row.ts';
import { createSimIds } from '../testing/sim-ids.ts';
import { PreferencesOverYjs } from './preferences.ts';

/** A device whose store is two rows in memory. */
export class Device {
  readonly part: PreferencesOverYjs;
  #preferences: PreferencesRow | null = null;
  #stored: unknown;
  readonly #view: { preferences: PreferencesRow | null };

  constructor(id: string, seed: number, now: () => number) {
    const view = { head: { ...FIRST_HEAD, store: id }, preferences: null as PreferencesRow | null, sync: { successes: 0 }, answer: null };
    this.#view = view;
    const commit = async <T>(plan: Plan<T>): Promise<T> => {
      const draft = {
        view, now: now(),
        put: (_table: string, _key: string, value: unknown) => void (this.#stored = value),
        putMeta: (_key: string, value: unknown) => void (view.preferences = this.#preferences = value as PreferencesRow),
      };
      return plan(draft as unknown as Draft);
    };
    const store = { read: async () => [[{ key: 'preferences', value: this.#preferences }], [{ key: 'preferences', value: this.#stored }], [{ key: 'head', value: view.head }]] };
    const local = { view, isBusy: false, commit, store, withHandle: <T>(work: () => Promise<T>) => work() };
    this.commit = commit;
    this.part = new PreferencesOverYjs({
      local, ids: createSimIds(seed), clock: { now }, deviceId: id, ownIds: [id], usesExchange: () => true, check: () => undefined, onSet: () => undefined, onLoaded: () => undefined,
    } as unknown as PreferencesHost);
  }

  readonly commit: <T>(plan: Plan<T>) => Promise<T>;

  /** The row that holds state and document, and the one that tells of it. */
  get stored(): { readonly document: unknown; readonly row: PreferencesRow | null } {
    return { document: this.#stored, row: this.#preferences };
  }

  /** What the disk holds now; call it to have that again, as after a power cut. */
  keep(): () => Promise<void> {
    const [row, stored] = [this.#preferences, this.#stored];
    return async () => {
      this.#view.preferences = this.#preferences = row;
      this.#stored = stored;
      await this.part.open();
    };
  }

  get api(): PreferencesApi {
    return this.part.api;
  }
}
