// The preferences of an engine: what an app calls, over what is stored, over whichever way the server offers.
import { type PreferenceName, preferenceFault, type Preferences, type PreferencesExchange } from '@syncline/protocol';
import type { PreferencesApi, PreferencesState } from '../api-preferences.ts';
import { engineError } from '../errors.ts';
import { createEmitter, type Emitter } from '../source.ts';
import { isEqualValue } from '../sync/equal.ts';
import type { Plan } from '../sync/plan.ts';
import type { PreferencesHost, PreferencesPart } from '../sync/preferences-part.ts';
import type { Halt } from '../sync/answer.ts';
import { BasicSync } from './basic.ts';
import { ExchangeSync } from './exchange.ts';
import { MemoryKeeper } from './memory.ts';
import { mapEdits, type PreferenceValue, setIn, showState, type Stamp, type State, unseenIn, valueOf, withLost } from './state.ts';

export class PreferencesOverYjs implements PreferencesPart, PreferencesApi {
  readonly #host: PreferencesHost;
  readonly #keeper: MemoryKeeper;
  readonly #basic: BasicSync;
  readonly #exchange: ExchangeSync;
  readonly #shown: Emitter<PreferencesState>;

  constructor(host: PreferencesHost) {
    this.#host = host;
    this.#keeper = new MemoryKeeper(host, () => this.#show());
    this.#basic = new BasicSync(host, this.#keeper);
    this.#exchange = new ExchangeSync(host, this.#keeper);
    this.#shown = createEmitter(showState(this.#keeper.memory.state, host.deviceId), isEqualValue);
  }

  get api(): PreferencesApi {
    return this;
  }

  get current(): PreferencesState {
    return this.#shown.source.current;
  }

  readonly subscribe = (listener: () => void): (() => void) => this.#shown.source.subscribe(listener);

  get<Name extends PreferenceName>(name: Name): Preferences[Name] {
    return valueOf(this.#keeper.memory.state, name) as Preferences[Name];
  }

  set<Name extends PreferenceName>(name: Name, value: NonNullable<Preferences[Name]>): Promise<PreferencesState>;
  set(changes: Preferences): Promise<PreferencesState>;
  async set(first: PreferenceName | Preferences, value?: unknown): Promise<PreferencesState> {
    this.#host.check();
    const changes = readChanges(typeof first === 'string' ? new Map([[first, value]]) : entriesOf(first));
    const { values: shown } = this.current;
    const stamp = this.#stamp([...changes.keys()]);
    const { ids: lostIds } = this.#stamp([...changes.keys()]);
    return this.#change((state) => {
      const next = setIn(state, changes, stamp);
      return next === null ? null : withLost(next, unseenIn(state, changes, shown, stamp, lostIds));
    });
  }

  async restore(id: string): Promise<PreferencesState> {
    this.#host.check();
    const stamp = this.#stamp([id]);
    return this.#change((state) => {
      const entry = state.lost.find((lost) => lost.id === id);
      if (entry === undefined) throw engineError('not_found');
      const rest = { ...state, lost: state.lost.filter((lost) => lost !== entry) };
      const ids = new Map([[entry.name, stamp.ids.get(id) ?? '']]);
      return setIn(rest, new Map([[entry.name, entry.value as PreferenceValue]]), { ...stamp, ids }) ?? rest;
    });
  }

  async dismiss(id: string): Promise<PreferencesState> {
    this.#host.check();
    return this.#change((state) => {
      if (!state.lost.some((lost) => lost.id === id)) throw engineError('not_found');
      return { ...state, lost: state.lost.filter((lost) => lost.id !== id) };
    });
  }

  async retry(name: PreferenceName): Promise<PreferencesState> {
    this.#host.check();
    return this.#change((state) => mapEdits(state, parkedOf(state, name), (edit) => ({
      ...edit, parked: null, wait: null, tries: 0, unclear: 0, faults: 0,
    })));
  }

  async discard(name: PreferenceName): Promise<PreferencesState> {
    this.#host.check();
    return this.#change((state) => mapEdits(state, parkedOf(state, name), () => null));
  }

  async open(): Promise<void> {
    await this.#keeper.load();
  }

  follow(): void {
    this.#keeper.follow();
  }

  close(): void {
    this.#shown.close();
  }

  dueAt(now: number): number | null {
    return this.#host.usesExchange() ? this.#exchange.dueAt(now) : this.#basic.dueAt(now);
  }

  sync(term: number, signal: AbortSignal): Promise<Halt | 'faltered' | null> {
    return this.#basic.run(term, signal);
  }

  wish(): Promise<void> {
    return this.#basic.wish();
  }

  outgoing(): Promise<PreferencesExchange | undefined> {
    return this.#exchange.outgoing();
  }

  incoming(answer: unknown): Plan<void> {
    return this.#exchange.incoming(answer);
  }

  #stamp(keys: readonly string[]): Stamp {
    const { clock, ids, deviceId } = this.#host;
    return { at: Math.round(clock.now()), deviceId, ids: new Map(keys.map((key) => [key, ids.uuid()])) };
  }

  async #change(change: (state: State) => State | null): Promise<PreferencesState> {
    await this.#keeper.change(({ state, document }) => {
      const next = change(state);
      return next === null ? null : { state: next, document };
    }, 'strict');
    this.#host.onSet();
    return this.current;
  }

  #show(): void {
    this.#host.onLoaded();
    this.#shown.emit(showState(this.#keeper.memory.state, this.#host.deviceId));
  }
}

function parkedOf(state: State, name: PreferenceName): ReadonlySet<string> {
  const edit = state.edits.find((other) => other.name === name && other.parked !== null);
  if (edit === undefined) throw engineError('not_parked');
  return new Set([edit.id]);
}

/** Own fields only, and never through an object of ours: a name may be anything here. */
function entriesOf(changes: unknown): ReadonlyMap<string, unknown> {
  const isPlain = typeof changes === 'object' && changes !== null && [Object.prototype, null].includes(Object.getPrototypeOf(changes) as object | null);
  if (!isPlain) throw engineError('invalid_input', [{ path: '', message: 'must be an object of preferences' }]);
  return new Map(Object.entries(changes).filter(([, value]) => value !== undefined));
}

/** @throws EngineError `invalid_input` that names every faulty one. */
function readChanges(changes: ReadonlyMap<string, unknown>): ReadonlyMap<PreferenceName, PreferenceValue> {
  const details = [...changes].flatMap(([path, value]) => {
    const message = preferenceFault(path, value);
    return message === null ? [] : [{ path, message }];
  });
  if (details.length > 0) throw engineError('invalid_input', details);
  return changes as ReadonlyMap<PreferenceName, PreferenceValue>;
}
