// Preferences inside the exchange. What was set here enters the document before it is sent, durably, so that a resend repeats the same bytes;
// what comes back decides, and a value of this device that was overtaken unknowingly goes into the journal.
import type { PreferencesAnswer, PreferencesExchange } from '@syncline/protocol';
import type { LostPreference } from '../api-preferences.ts';
import type { PreferencesHost } from '../sync/preferences-part.ts';
import type { Plan } from '../sync/plan.ts';
import { fromBase64, toBase64 } from './base64.ts';
import { lackOf, mergeUpdate, readDocument, sealEdits, vectorOf } from './document.ts';
import type { Memory, MemoryKeeper } from './memory.ts';
import { type Edit, mapEdits, type State, withKnown, withLost } from './state.ts';

type Content = Pick<Memory, 'state' | 'document'>;

export class ExchangeSync {
  readonly #host: PreferencesHost;
  readonly #keeper: MemoryKeeper;
  readonly #clientId: number;
  /** What the server had at the last exchange of this tab. */
  #vector: Uint8Array | null = null;

  constructor(host: PreferencesHost, keeper: MemoryKeeper) {
    this.#host = host;
    this.#keeper = keeper;
    // Fresh for each run, from the ids port, and never stored: a copied profile or another tab cannot share it.
    this.#clientId = Number.parseInt(host.ids.uuid().slice(0, 8), 16);
  }

  async outgoing(): Promise<PreferencesExchange> {
    // Before the first meeting there is nothing to build on: the server's document comes first.
    if (this.#keeper.memory.state.isMet && unsealed(this.#keeper.memory.state).length > 0) {
      await this.#keeper.change((memory) => this.#seal(memory), 'strict');
    }
    const { document, state } = this.#keeper.memory;
    const update = state.isMet ? lackOf(document, this.#vector ?? vectorOf(null)) : null;
    const isNeeded = update !== null && (this.#vector !== null || state.edits.length > 0);
    return { state_vector: toBase64(vectorOf(document)), ...(isNeeded ? { update: toBase64(update) } : {}) };
  }

  /** To be committed with the rest of the answer. */
  incoming(answer: PreferencesAnswer): Plan<void> {
    const vector = fromBase64(answer.state_vector);
    const update = answer.update === undefined ? null : fromBase64(answer.update);
    const lostIds = Array.from({ length: 12 }, () => this.#host.ids.uuid());
    if (vector === null || (answer.update !== undefined && update === null)) return () => undefined;
    if (answer.rejected !== undefined) return this.#keeper.plan((memory) => forget(memory));
    this.#vector = vector;
    return this.#keeper.plan((memory, draft) => this.#take(memory, update, vector, draft.now, lostIds));
  }

  #seal({ state, document }: Content): Content | null {
    const edits = unsealed(state);
    if (edits.length === 0) return null;
    const sealed = sealEdits(document, edits, this.#host.deviceId, this.#clientId);
    const ids = new Set(edits.map(({ id }) => id));
    return { state: known(mapEdits(state, ids, (edit) => ({ ...edit, isSealed: true })), sealed), document: sealed };
  }

  #take(memory: Content, update: Uint8Array | null, vector: Uint8Array, now: number, lostIds: readonly string[]): Content | null {
    // What was set meanwhile did not know what comes now: it enters the document first.
    const before = memory.state.isMet ? (this.#seal(memory) ?? memory) : memory;
    const merged = update === null ? { bytes: before.document, overtaken: [] } : mergeUpdate(before.document, update);
    if (merged === null) return null;
    let { state } = before;
    const values = readDocument(merged.bytes);
    const lost = merged.overtaken.flatMap(({ name, was }, i): LostPreference[] => {
      const isOwnLoss = was.deviceId === this.#host.deviceId && values.get(name)?.value !== was.value;
      return isOwnLoss ? [{ id: lostIds[i] ?? '', name, value: was.value, deviceId: was.deviceId, setAt: was.at, lostAt: now }] : [];
    });
    // The server has everything that is in the document: what waited for that is done.
    const isLevel = lackOf(merged.bytes, vector) === null;
    const done = isLevel ? state.edits.filter((edit) => edit.isSealed) : [];
    state = mapEdits(state, new Set(done.map(({ id }) => id)), () => null);
    const next = { ...known(withLost(state, lost), merged.bytes), isMet: true };
    const isSame = JSON.stringify(next) === JSON.stringify(memory.state) && isSameBytes(merged.bytes, memory.document);
    return isSame ? null : { state: next, document: merged.bytes };
  }
}

/** The server refused the document: its own is taken whole, and what waits is set into that. */
function forget({ state }: Content): Content {
  return { state: { ...state, isMet: false, edits: state.edits.map((edit) => ({ ...edit, isSealed: false })) }, document: null };
}

function unsealed(state: State): readonly Edit[] {
  return state.edits.filter((edit) => !edit.isSealed && edit.parked === null);
}

/** What the document says replaces what was known. */
function known(state: State, document: Uint8Array | null): State {
  let next = state;
  for (const [name, value] of readDocument(document)) next = withKnown(next, name, value);
  return next;
}

function isSameBytes(a: Uint8Array | null, b: Uint8Array | null): boolean {
  return a === b || (a !== null && b !== null && a.length === b.length && a.every((byte, i) => byte === b[i]));
}
