// Preferences over the documented calls: read `user/data`, merge, send what is left in the smallest partial update, and take the answer by the same
// table as every other item. A fault that is an item's own makes that item wait or parks it; it never holds up sessions.
import type { ParkedReason } from '../api.ts';
import { asFields, type Fields } from '../model/rows.ts';
import type { HttpResponse } from '../ports.ts';
import { failure, FAULTS_MAX, type Halt, isAbsentCall, isCutOff, plainText, readCommon, readDetails, readJson, REFUSALS, UNCLEAR_MAX } from '../sync/answer.ts';
import { backOffMs } from '../sync/backoff.ts';
import { isEqualValue } from '../sync/equal.ts';
import type { PreferencesHost } from '../sync/preferences-part.ts';
import { tokenOutcome } from '../sync/push.ts';
import type { Sent } from '../sync/server-calls.ts';
import { endOf, type Span, spanOf } from '../sync/span.ts';
import { forget } from './meeting.ts';
import type { MemoryKeeper } from './memory.ts';
import { acknowledge, dropDelivered, isAbout, markSent, mergeRemote, nextToPut, nextWait, park, readValues } from './merge.ts';
import { type Edit, mapEdits, type State } from './state.ts';

/** A server that does not tell when preferences changed is asked now and then. */
const LOOK_EVERY_MS = 900_000;
const ROUNDS_MAX = 20;

type Answered = { readonly halt: Halt } | { readonly response: HttpResponse; readonly body: Fields | undefined };

export class BasicSync {
  readonly #host: PreferencesHost;
  readonly #keeper: MemoryKeeper;
  /** Not asked again before this is over, after an answer that was of no use. */
  #wait: Span | null = null;
  #look: Span | null = null;
  #useless = 0;
  /** Of the leader that runs here; once there is a newer one, nothing is noted or sent any more. */
  #term = 0;

  constructor(host: PreferencesHost, keeper: MemoryKeeper) {
    this.#host = host;
    this.#keeper = keeper;
  }

  dueAt(now: number): number | null {
    const { state } = this.#keeper.memory;
    const soonest = endOf(this.#wait, now);
    if (nextToPut(state, now).length > 0 || state.fetched === undefined) return soonest;
    const told = this.#keeper.toldAt;
    if (told !== state.fetched) return soonest;
    const look = told === null ? endOf(this.#look, now) : Number.POSITIVE_INFINITY;
    const at = Math.max(soonest, Math.min(look, nextWait(state)?.until ?? Number.POSITIVE_INFINITY));
    return Number.isFinite(at) ? at : null;
  }

  async run(term: number, signal: AbortSignal): Promise<Halt | 'faltered' | null> {
    const { calls, clock } = this.#host;
    this.#term = term;
    this.#look = spanOf(clock.now(), LOOK_EVERY_MS);
    const told = this.#keeper.toldAt;
    const answer = this.#read(await calls.call('GET', '/api/user/data', undefined, signal));
    // A call that is not there says nothing of the connection, which others use with success.
    if ('halt' in answer) return isAbsentCall(answer.halt) ? this.#postpone() : answer.halt;
    const preferences = asFields(answer.body?.['preferences']);
    if (answer.response.status >= 300 || preferences === null) return this.#postpone();
    await this.#merge(preferences, told);
    for (let rounds = 0; rounds < ROUNDS_MAX && !signal.aborted; rounds += 1) {
      const edits = await this.#announce();
      if (edits.length === 0) break;
      const halt = await this.#put(edits, signal);
      if (halt !== null) return halt;
    }
    this.#useless = 0;
    this.#wait = null;
    return null;
  }

  wish(): Promise<void> {
    this.#wait = null;
    return this.#keeper.change(({ state, document }) => {
      if (nextWait(state) === null) return null;
      return { state: { ...state, edits: state.edits.map((edit) => ({ ...edit, wait: null })) }, document };
    }, 'relaxed');
  }

  #read(sent: Sent): Answered {
    if (sent.kind === 'no_token') return { halt: tokenOutcome(sent) };
    const { result } = sent;
    const common = readCommon(result, this.#host.clock.now());
    if (common !== null || !result.ok) return { halt: common ?? failure('connection', 'network', 'no answer', true) };
    return { response: result.response, body: readJson(result.response) };
  }

  /** The server has no such call, or a fault of its own: sessions go on. */
  #postpone(): 'faltered' {
    const { clock, ids } = this.#host;
    this.#useless += 1;
    this.#wait = spanOf(clock.now(), Math.max(30_000, backOffMs(this.#useless + 5, ids.random())));
    return 'faltered';
  }

  #merge(preferences: Fields, told: number | null): Promise<void> {
    const { ids, deviceId } = this.#host;
    const remote = readValues(preferences);
    const names = new Map<string, string>([...remote.keys()].map((name) => [name, ids.uuid()]));
    return this.#change((state, at) => ({ ...dropDelivered(mergeRemote(state, remote, at, (name) => names.get(name) ?? ''), remote, deviceId), fetched: told }));
  }

  /** Notes what is sent next. */
  async #announce(): Promise<readonly Edit[]> {
    let edits: readonly Edit[] = [];
    await this.#change((state, at) => markSent(state, (edits = nextToPut(state, at))));
    return this.#host.local.view.head.term === this.#term ? edits : [];
  }

  async #put(edits: readonly Edit[], signal: AbortSignal): Promise<Halt | null> {
    const body = JSON.stringify(Object.fromEntries(edits.map(({ name, value }) => [name, value])));
    const answer = this.#read(await this.#host.calls.call('PUT', '/api/user/preferences', body, signal));
    if ('halt' in answer) {
      if (!isAbsentCall(answer.halt)) return answer.halt;
      await this.#fail(edits, answer.halt.message, null);
      return null;
    }
    const { response, body: fields } = answer;
    const updated = fields?.['success'] === true ? asFields(fields['updated_preferences']) : null;
    if (response.status < 300 && updated !== null) await this.#accept(edits, updated);
    else if (response.status < 300) await this.#fail(edits, 'The server answered success without saying so', 'unclear');
    else if (REFUSALS.has(response.status) && isCutOff(response)) await this.#fail(edits, `The server's answer of ${response.status} broke off`, 'unclear');
    else if (REFUSALS.has(response.status)) await this.#refused(edits, response.status, fields);
    else await this.#fail(edits, plainText(fields?.['error'], 'The server failed'), 'fault');
    return null;
  }

  async #accept(edits: readonly Edit[], updated: Fields): Promise<void> {
    const { deviceId, ids } = this.#host;
    const now = readValues(updated);
    const mine = new Set<string>(edits.map(({ name }) => name));
    const others = new Map([...now].filter(([name]) => !mine.has(name)));
    const names = new Map<string, string>([...others.keys()].map((name) => [name, ids.uuid()]));
    await this.#change((state, at) => mergeRemote(acknowledge(state, edits, deviceId), others, at, (name) => names.get(name) ?? ''));
  }

  /** Parks what the server named; when it named nothing and there were several, each is tried by itself. */
  async #refused(edits: readonly Edit[], status: number, fields: Fields | undefined): Promise<void> {
    const details = readDetails(fields?.['details']);
    const named = edits.filter(({ name }) => details.some(({ path }) => isAbout(path, name)));
    const blamed = named.length > 0 ? named : edits.length === 1 ? edits : [];
    const [code, message] = [plainText(fields?.['code'], `http_${status}`), plainText(fields?.['error'], `The server refused it with ${status}`)];
    const single = new Set(edits.map(({ id }) => id));
    await this.#change((state, at) => {
      if (blamed.length === 0) return mapEdits(state, single, (edit) => ({ ...edit, tries: Math.max(1, edit.tries) }));
      const reason = (edit: Edit): ParkedReason => ({ code, message, details: details.filter(({ path }) => isAbout(path, edit.name)), at });
      return park(state, blamed, reason);
    });
  }

  /** The same server answered the reading of what it has a moment ago: each fault is the edit's own. */
  async #fail(edits: readonly Edit[], message: string, counts: 'unclear' | 'fault' | null): Promise<void> {
    const random = this.#host.ids.random();
    const of = new Set(edits.map(({ id }) => id));
    await this.#change((state, at) => mapEdits(state, of, (edit) => {
      const next: Edit = {
        ...edit,
        tries: edit.tries + 1,
        unclear: edit.unclear + (counts === 'unclear' ? 1 : 0),
        faults: edit.faults + (counts === 'fault' ? 1 : 0),
        wait: spanOf(at, backOffMs(edit.tries + 1, random)),
      };
      const isOver = next.unclear >= UNCLEAR_MAX || next.faults >= FAULTS_MAX;
      const code = counts === 'unclear' ? 'unclear_answer' : 'server_fault';
      return isOver && edits.length === 1 ? { ...next, wait: null, parked: { code, message, details: [], at } } : next;
    }));
  }

  #change(change: (state: State, at: number) => State): Promise<void> {
    return this.#keeper.change((memory, { view, now }) => {
      if (view.head.term !== this.#term) return null;
      // What entered the document and was never heard of would come back with it over what is sent now, and over what others make of that; and
      // what is set knowing what comes now would enter a document that knows nothing of it.
      const { state, document } = memory.state.isMet ? forget(memory, null, now) : memory;
      const next = change(state, now);
      return isEqualValue(next, memory.state) ? null : { state: next, document };
    }, 'relaxed');
  }
}
