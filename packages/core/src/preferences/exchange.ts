// Preferences inside the exchange. What was set here enters the document before it is sent, durably, so that a resend repeats the same bytes;
// what comes back decides, and a value of this device that was overtaken unknowingly goes into the journal.
import { LIMITS, PREFERENCE_NAMES, type PreferencesExchange } from '@syncline/protocol';
import type { Draft } from '../sync/draft.ts';
import type { PreferencesHost } from '../sync/preferences-part.ts';
import type { Plan } from '../sync/plan.ts';
import { endOf, type Span, spanOf } from '../sync/span.ts';
import { readPreferencesAnswer, type SoundAnswer } from './answer.ts';
import { toBase64 } from './base64.ts';
import { clockOf, generationOf, lackOf, mergeUpdate, readDocument, sealEdits, vectorOf } from './document.ts';
import { forget, leave, meet, type Moment, replaced } from './meeting.ts';
import type { Content, MemoryKeeper } from './memory.ts';
import { type Edit, mapEdits, type State, withKnown } from './state.ts';

/** A state vector up to here goes with every exchange and saves a second one when there is news; a larger one only when it is needed. */
const QUIET_VECTOR_BYTES_MAX = 180;
/** First the server's document, then ours, then once more what it turned out to lack: beyond that something is wrong. */
const ROUNDS_MAX = 4;
const LATER_MS = 60_000;
/** Author numbers up to here are the server's, for what was set before there was a document. */
const FIRST_STATES = 0x1_0000;

export class ExchangeSync {
  readonly #host: PreferencesHost;
  readonly #keeper: MemoryKeeper;
  /** Fresh for each run, from the ids port, and never stored: a copied profile or another tab cannot share it. */
  #clientId: number;
  /** How much was written under it. */
  #written = 0;
  /** What the server had at the last exchange of this tab. */
  #vector: Uint8Array | null = null;
  /** The server lacks something that it had: it went back in time. */
  #isBehind = false;
  #isAsking = false;
  /** Exchanges since the server last had everything. */
  #rounds = 0;
  #pause: Span | null = null;

  constructor(host: PreferencesHost, keeper: MemoryKeeper) {
    this.#host = host;
    this.#keeper = keeper;
    this.#clientId = this.#newAuthor();
  }

  /** When there is something to say or to ask; null for never without news. */
  dueAt(now: number): number | null {
    return this.#hasWork() ? endOf(this.#pause, now) : null;
  }

  /** Undefined when nothing needs to be said. */
  async outgoing(): Promise<PreferencesExchange | undefined> {
    this.#isAsking = true;
    // Before the first meeting there is nothing to build on: the server's document comes first.
    const { state } = this.#keeper.memory;
    if (state.isMet && (state.isSoft || unsealed(state).length > 0)) await this.#keeper.change((memory) => firm(this.#seal(memory) ?? memory), 'strict');
    const vector = vectorOf(this.#keeper.memory.document);
    this.#isAsking = this.#hasWork() || vector.length <= QUIET_VECTOR_BYTES_MAX;
    if (!this.#isAsking) return undefined;
    const update = this.#lack();
    const isTooLarge = vector.length > LIMITS.yjsUpdateBytesMax || (update !== null && update.length > LIMITS.yjsUpdateBytesMax);
    if (isTooLarge) return this.#begin();
    return { state_vector: toBase64(vector), ...(update === null ? {} : { update: toBase64(update) }) };
  }

  /** To be committed with the rest of the answer. Never throws for what is in it. */
  incoming(raw: unknown): Plan<void> {
    const answer = readPreferencesAnswer(raw);
    if (answer === null && !this.#isAsking) return () => undefined;
    this.#rounds += 1;
    this.#pause = answer === null || this.#rounds > ROUNDS_MAX ? spanOf(this.#host.clock.now(), LATER_MS) : null;
    if (answer === null) return () => undefined;
    const { refusal } = answer;
    if (refusal !== null) return this.#keeper.plan((memory, draft) => forget(memory, refusal, draft.now));
    this.#vector = answer.vector;
    const lostIds = Array.from({ length: PREFERENCE_NAMES.length }, () => this.#host.ids.uuid());
    return this.#keeper.plan((memory, draft) => this.#take(memory, answer, draft, lostIds));
  }

  #hasWork(): boolean {
    const { isMet, fetched, edits } = this.#keeper.memory.state;
    return !isMet || this.#isBehind || fetched !== this.#keeper.toldAt || edits.some(({ parked }) => parked === null);
  }

  /** What the server lacks, as far as is known. */
  #lack(): Uint8Array | null {
    const { document, state } = this.#keeper.memory;
    const isKnown = this.#vector !== null || state.edits.length > 0;
    return state.isMet && isKnown ? lackOf(document, this.#vector ?? vectorOf(null)) : null;
  }

  /** There is too much to say: what the server has is asked for, and if that was known already, its document is taken for ours. */
  async #begin(): Promise<PreferencesExchange> {
    if (this.#vector !== null) await this.#keeper.change((memory) => forget(memory, null, 0), 'strict');
    return { state_vector: toBase64(vectorOf(null)) };
  }

  #newAuthor(): number {
    this.#written = 0;
    return FIRST_STATES + 1 + Number.parseInt(this.#host.ids.uuid().slice(0, 8), 16);
  }

  #seal({ state, document }: Content): Content | null {
    const edits = unsealed(state);
    if (edits.length === 0) return null;
    // The store went back behind what was written, and perhaps sent: nothing may go out under the same numbers again.
    if (clockOf(document, this.#clientId) < this.#written) this.#clientId = this.#newAuthor();
    const sealed = sealEdits(document, edits, this.#host.deviceId, this.#clientId);
    this.#written = clockOf(sealed, this.#clientId);
    const ids = new Set(edits.map(({ id }) => id));
    return { state: known(mapEdits(state, ids, (edit) => ({ ...edit, isSealed: true })), sealed), document: sealed };
  }

  #take(memory: Content, { vector, update, isReplaced }: SoundAnswer, draft: Draft, ids: readonly string[]): Content | null {
    const moment: Moment = { now: draft.now, ownIds: this.#host.ownIds, idOf: (name) => ids[PREFERENCE_NAMES.indexOf(name)] ?? '' };
    // What was set meanwhile did not know what comes now: it enters the document first.
    const sealed = memory.state.isMet && !isReplaced ? this.#seal(memory) : null;
    const before = sealed ?? memory;
    const merged = update === null ? { bytes: before.document, overtaken: [] } : mergeUpdate(before.document, update);
    if (merged === null && !isReplaced) return null;
    const { bytes, overtaken } = merged ?? { bytes: before.document, overtaken: [] };
    const values = readDocument(bytes);
    let state = memory.state.isMet ? replaced(before.state, overtaken, values, moment) : meet(before.state, values, generationOf(bytes), moment);
    if (isReplaced) {
      this.#isBehind = false;
      return leave({ state: known(state, bytes), document: bytes }, merged === null ? vectorOf(null) : vector);
    }
    // The server has everything that is in the document: what waited for that is done.
    const isLevel = lackOf(bytes, vector) === null;
    this.#isBehind = !isLevel;
    if (isLevel) this.#rounds = 0;
    const done = isLevel ? state.edits.filter((edit) => edit.isSealed) : [];
    state = mapEdits(state, new Set(done.map(({ id }) => id)), () => null);
    const next: State = { ...known(state, bytes), isMet: true, fetched: this.#keeper.toldAt, ...(sealed === null ? {} : { isSoft: true }) };
    const isSame = JSON.stringify(next) === JSON.stringify(memory.state) && isSameBytes(bytes, memory.document);
    return isSame ? null : { state: next, document: bytes };
  }
}

function unsealed(state: State): readonly Edit[] {
  return state.edits.filter((edit) => !edit.isSealed && edit.parked === null);
}

function firm({ state: { isSoft: _, ...state }, document }: Content): Content {
  return { state, document };
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
