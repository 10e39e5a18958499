// What one tab holds of the stored preferences, and the only writer of them. One row holds the state and the document, and is replaced as a whole:
// nothing accumulates, so there is nothing to compact, and a crash leaves the old row or the new one.
import { readPreferencesRow } from '../sync/preferences-row.ts';
import type { PreferencesHost } from '../sync/preferences-part.ts';
import type { Draft } from '../sync/draft.ts';
import { NotReady, type Plan } from '../sync/plan.ts';
import { FIRST, mapEdits, type State, withLost } from './state.ts';
import { checksum, readStored } from './stored.ts';

export interface Memory {
  /** Of the row it belongs to; null before there is one. */
  readonly mark: string | null;
  /** The store it was read from or written to. */
  readonly store: string;
  readonly state: State;
  readonly document: Uint8Array | null;
}

/** What a change makes. */
export type Content = Pick<Memory, 'state' | 'document'>;

/** What was set, and what can be brought back. */
type Carried = Pick<State, 'edits' | 'lost'>;

export type Change = (memory: Memory, draft: Draft) => Content | null;

const KEY = 'preferences';
const EMPTY: Memory = { mark: null, store: '', state: FIRST, document: null };

export class MemoryKeeper {
  readonly #host: PreferencesHost;
  readonly #onChange: () => void;
  #memory: Memory = EMPTY;
  /** Written and perhaps committed, by mark. */
  #candidates: ReadonlyMap<string, Memory> = new Map();
  #reading: Promise<void> | null = null;
  /** What another store had and is not in this one yet. */
  #carried: Carried | null = null;

  constructor(host: PreferencesHost, onChange: () => void) {
    this.#host = host;
    this.#onChange = onChange;
  }

  get memory(): Memory {
    return this.#memory;
  }

  /** When preferences last changed, as the server's status tells; null where it does not. */
  get toldAt(): number | null {
    return this.#host.local.view.answer?.answer.preferencesUpdated ?? null;
  }

  /** Changes the stored preferences; resolves when that is durable and shows here. Null from `change` writes nothing. */
  async change(change: Change, durability: 'strict' | 'relaxed'): Promise<void> {
    await this.#host.local.commit(this.plan(change), durability);
    this.follow();
  }

  /** The same as part of another transaction. */
  plan(change: Change): Plan<void> {
    const mark = this.#host.ids.uuid();
    return (draft) => {
      const memory = this.#current(draft);
      // It ran before, and was committed although nobody heard of it.
      if (memory.mark === mark) return;
      const next = change(memory, draft);
      if (next === null) return;
      this.#write(draft, { ...next, mark, store: draft.view.head.store });
    };
  }

  /** @throws NotReady when another tab wrote since. */
  #current(draft: Draft): Memory {
    const mark = draft.view.preferences?.mark ?? null;
    // A store that has none was begun anew: what this tab holds goes into it.
    if (mark === this.#memory.mark || mark === null) return this.#memory;
    const candidate = this.#candidates.get(mark);
    if (candidate !== undefined) return candidate;
    throw new NotReady(() => this.#read());
  }

  #write(draft: Draft, memory: Memory & { readonly mark: string }): void {
    const { state, document, mark } = memory;
    draft.put('documents', KEY, { state, document, sum: checksum(state, document) });
    const parked = state.edits.flatMap(({ name, parked: reason }) => (reason === null ? [] : [{ name, message: reason.message }]));
    const { ownIds } = this.#host;
    const setHere = Object.values(state.known).filter(({ deviceId }) => deviceId !== null && ownIds.includes(deviceId));
    // What is set after another device is said to be later, whatever this one's clock shows; here it is by now.
    const changedAt = Math.min(draft.now, Math.max(0, ...[...state.edits, ...setHere].map(({ at }) => at ?? 0)));
    draft.putMeta('preferences', { mark, pending: state.edits.length, parked, changedAt: changedAt || null });
    this.#candidates = new Map([...this.#candidates, [mark, memory] as const].slice(-8));
  }

  /** Shows what is committed: at once when this tab wrote it, else after reading it. */
  follow(): void {
    const { view, isBusy } = this.#host.local;
    if (isBusy) return;
    const mark = view.preferences?.mark ?? null;
    if (mark === this.#memory.mark && this.#carried === null) return;
    const candidate = mark === null || this.#carried !== null ? undefined : this.#candidates.get(mark);
    if (candidate !== undefined) this.#adopt({ ...candidate, store: view.head.store });
    else if (mark === null) this.#tellAgain();
    else void this.load().catch(() => undefined);
  }

  /** Writes what this tab holds, and with it the row that tells of it. */
  #tellAgain(): void {
    void this.change(({ state, document }) => ({ state, document }), 'strict').catch(() => undefined);
  }

  /** Reads what is stored, and puts into it what was set while the real store could not be had. */
  async load(): Promise<void> {
    await this.#read();
    const carried = this.#carried;
    if (carried === null) return;
    this.#carried = null;
    try {
      await this.change((memory) => carryOver(memory, carried), 'strict');
    } catch (error) {
      this.#carried = joined(carried, this.#carried);
      throw error;
    }
  }

  /** Callers at one time share one reading. It waits for no transaction: one may be waiting for it. */
  #read(): Promise<void> {
    this.#reading ??= this.#readOnce().finally(() => (this.#reading = null));
    return this.#reading;
  }

  async #readOnce(): Promise<void> {
    const { local } = this.#host;
    const before = this.#memory;
    const [metas, rows, heads] = await local.withHandle(() => local.store.read([
      { table: 'meta', key: 'preferences' }, { table: 'documents', key: KEY }, { table: 'meta', key: 'head' },
    ]));
    const row = readPreferencesRow(metas?.[0]?.value);
    const value = rows?.[0]?.value;
    // Where the row that tells of them is damaged they are there all the same.
    if (row === null && value === undefined) return;
    const head = heads?.[0]?.value as { readonly store?: unknown } | undefined;
    const store = typeof head?.store === 'string' ? head.store : '';
    const isOther = before.mark !== null && before.store !== '' && before.store !== store;
    if (isOther) this.#carried = joined(this.#carried, before.state);
    this.#adopt({ mark: row?.mark ?? null, store, ...readStored(value) });
    if (row === null) this.#tellAgain();
  }

  #adopt(memory: Memory): void {
    this.#memory = memory;
    this.#onChange();
  }
}

function joined(a: Carried | null, b: Carried | null): Carried {
  return { edits: [...(a?.edits ?? []), ...(b?.edits ?? [])], lost: [...(a?.lost ?? []), ...(b?.lost ?? [])] };
}

/** What came of the time in which the real store could not be had. */
function carryOver({ state, document }: Memory, { edits, lost }: Carried): Content | null {
  const newer = edits.filter((edit) => {
    const there = state.edits.find(({ name }) => name === edit.name);
    return there === undefined || (there.id !== edit.id && there.at < edit.at);
  });
  const offered = lost.filter(({ id }) => !state.lost.some((known) => known.id === id));
  if (newer.length + offered.length === 0) return null;
  const names = new Set(newer.map(({ name }) => name));
  const replaced = new Set(state.edits.filter(({ name }) => names.has(name)).map(({ id }) => id));
  const rest = mapEdits(state, replaced, () => null);
  const next: State = { ...rest, edits: [...rest.edits, ...newer.map((edit) => ({ ...edit, isSealed: false }))] };
  return { state: withLost(next, offered), document };
}
