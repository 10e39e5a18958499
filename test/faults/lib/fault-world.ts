// One engine with its real store and transport, the real server, and the proxy between them; and the eye that sees whether the
// engine ever claims more than the server has.
import { type EngineStatus, createSyncEngine, type HttpRequest, type Ports, type Store, type StoreFactory, type SyncEngine, type Transport } from '@syncline/core';
import { nodePorts } from '@syncline/core/node';
import { yjsPreferences } from '@syncline/core/preferences';
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { type AccountServer, type AppServer, contentOf } from './app-server.ts';
import type { Fault, FaultProxy, ProxiedCall } from './fault-proxy.ts';
import { HurriedClock } from './hurried-clock.ts';

/** Real waiting for an answer that never comes; on the engine's clock it took the whole deadline. */
const REAL_DEADLINE_MS = 250;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

export interface SeenCall extends ProxiedCall {
  /** On the engine's clock. */
  readonly at: number;
  readonly fault: Fault['kind'];
}

export class FaultWorld {
  readonly clock: HurriedClock;
  /** Every exchange that reached the proxy. */
  readonly calls: SeenCall[] = [];
  /** Words that the status showed at some time. */
  readonly seen: Set<string> = new Set();
  /** What the engine claimed without having it. */
  readonly lies: string[] = [];
  readonly #proxy: FaultProxy;
  readonly #server: AccountServer;
  readonly #recorded = new Map<string, { readonly content: string; readonly state: 'completed' | 'cancelled' }>();
  readonly #indexedDB = new IDBFactory();
  #engine: SyncEngine | null = null;
  #token: string | null = null;
  #slot: number;
  readonly #hasPreferences: boolean;
  readonly #set = new Map<string, unknown>();

  constructor(proxy: FaultProxy, server: AccountServer, plan: (call: ProxiedCall, world: FaultWorld) => Fault, clock: HurriedClock, hasPreferences: boolean) {
    this.#proxy = proxy;
    this.#server = server;
    this.clock = clock;
    this.#hasPreferences = hasPreferences;
    this.#slot = clock.now() - 20 * 24 * HOUR;
    proxy.plan = (call) => {
      const fault = plan(call, this);
      this.calls.push({ ...call, at: clock.now(), fault: fault.kind });
      return fault;
    };
  }

  get engine(): SyncEngine {
    if (this.#engine === null) throw new Error('the engine is closed');
    return this.#engine;
  }

  get status(): EngineStatus {
    return this.engine.status.current;
  }

  /** Opens the engine, or opens it again over the same store. */
  async open(): Promise<void> {
    this.#token ??= await this.#server.newToken();
    const { clock } = this;
    const ports = nodePorts(this.#proxy.url, { indexedDB: this.#indexedDB, IDBKeyRange });
    const quick: Ports = { ...ports, clock, stores: watchedStores(ports.stores, clock), transport: quickTransport(ports.transport, clock) };
    this.#engine = await createSyncEngine({
      user: this.#server.userId, device: { type: 'web_timer', version: '1' },
      server: { url: this.#proxy.url, token: () => this.#token }, ports: quick, ...(this.#hasPreferences && { preferences: yjsPreferences() }),
    });
    this.#engine.status.subscribe(() => this.#look());
    this.#look();
  }

  async close(): Promise<void> {
    await this.engine.close();
    this.#engine = null;
  }

  async signInAgain(): Promise<void> {
    this.#token = await this.#server.newToken();
  }

  /** Records a finished session that touches no other. */
  async record(note = ''): Promise<string> {
    const startTime = (this.#slot += 30 * MINUTE);
    const session = await this.engine.sessions.record({ startTime, endTime: startTime + 25 * MINUTE, category: 'writing', project: 'book', note });
    this.#recorded.set(session.id, { content: contentOf({ ...session, note }), state: 'completed' });
    this.#look();
    return session.id;
  }

  async prefer(minutes: number): Promise<void> {
    await this.engine.preferences?.set('default_duration', minutes);
    this.#set.set('default_duration', minutes);
    this.#look();
  }

  /** Starts a session; a while later it is finished or cancelled. */
  async time(end: 'complete' | 'cancel'): Promise<string> {
    const { id } = await this.engine.sessions.start({ plannedDuration: 25, category: 'writing', project: 'book' });
    await this.clock.pass(2 * MINUTE);
    const session = await this.engine.sessions[end](id);
    this.#recorded.set(id, { content: contentOf(session), state: end === 'complete' ? 'completed' : 'cancelled' });
    this.#look();
    return id;
  }

  /** Recorded or set here and not committed there. */
  missing(): string[] {
    return [...this.#missingSessions(), ...this.#missingPreferences()];
  }

  #missingSessions(): string[] {
    const stored = this.#server.stored();
    return [...this.#recorded.keys()].filter((id) => !stored.has(id));
  }

  #missingPreferences(): string[] {
    const stored = this.#set.size === 0 ? {} : this.#server.preferences();
    return [...this.#set].flatMap(([name, value]) => (stored[name] === value ? [] : [name]));
  }

  /** Differences between what was recorded and what the server has; empty when each session is there exactly once. */
  differences(): string[] {
    const stored = this.#server.stored();
    const faults = this.missing().map((id) => `lost ${id}`);
    for (const { id, state, content, displayId } of stored.values()) {
      const mine = this.#recorded.get(id);
      if (mine === undefined) faults.push(`the server has ${id}, which was never recorded`);
      else if (mine.state !== state) faults.push(`${id} is ${state} there, ${mine.state} here`);
      else if (state === 'completed' && mine.content !== content) faults.push(`${id} differs: ${content}, recorded ${mine.content}`);
      if ([...stored.values()].filter((other) => other.displayId === displayId).length > 1) faults.push(`number ${displayId} twice`);
    }
    const completed = [...this.#recorded.values()].filter(({ state }) => state === 'completed').length;
    if (this.#server.total() !== completed) faults.push(`the server counts ${this.#server.total()} sessions, recorded ${completed}`);
    return faults;
  }

  /** Lets time pass until nothing is pending and the engine says that all is well. */
  async untilWell(): Promise<void> {
    await this.clock.until(() => this.status.sync_status === 'healthy' && this.#ownPending() === 0, 3 * HOUR, 'healthy with nothing pending');
  }

  #ownPending(): number {
    return this.status.devices?.find(({ device_id: id }) => id === this.engine.deviceId)?.sessions_pending ?? Number.NaN;
  }

  #look(): void {
    const { local, sync_status: word } = this.status;
    for (const text of [local.connection, local.phase, ...local.problems, ...(local.parked > 0 ? ['parked'] : [])]) this.seen.add(text);
    if (local.last_error !== null) this.seen.add(local.last_error.code);
    const missing = this.#missingSessions().length;
    if (word === 'healthy' && missing > 0) this.lies.push(`healthy with ${missing} sessions that the server has not`);
    if (word === 'healthy' && this.#missingPreferences().length > 0) this.lies.push('healthy with a preference that the server has not');
    if (this.#ownPending() < missing) this.lies.push(`${this.#ownPending()} pending, but the server lacks ${missing}`);
  }
}

/** The same deadline on the engine's clock, a short one in the world. */
function quickTransport(transport: Transport, clock: HurriedClock): Transport {
  return {
    send: (request: HttpRequest, signal) => clock.during(async () => {
      const result = await transport.send({ ...request, timeoutMs: REAL_DEADLINE_MS }, signal);
      if (!result.ok && result.failure === 'timeout') clock.skip(request.timeoutMs);
      return result;
    }),
  };
}

function watchedStores(stores: StoreFactory, clock: HurriedClock): StoreFactory {
  const watched = (store: Store): Store => ({
    read: (reads) => clock.during(() => store.read(reads)),
    update: (reads, decide, durability) => clock.during(() => store.update(reads, decide, durability)),
    space: () => clock.during(() => store.space()),
    persist: () => clock.during(() => store.persist()),
    onInterrupted: (listener) => store.onInterrupted(listener),
    release: () => store.release(),
    close: () => clock.during(() => store.close()),
  });
  return {
    open: (name) => clock.during(async () => watched(await stores.open(name))),
    openVolatile: (name) => clock.during(async () => watched(await stores.openVolatile(name))),
    remove: (name) => clock.during(() => stores.remove(name)),
    readMarker: (name) => stores.readMarker(name),
    writeMarker: (name, value) => stores.writeMarker(name, value),
  };
}

/** A new account, a new engine, and the proxy between them. */
export async function openWorld(app: AppServer, proxy: FaultProxy, isBasic: boolean, plan: (call: ProxiedCall, world: FaultWorld) => Fault, hasPreferences: boolean = false): Promise<FaultWorld> {
  const clock = new HurriedClock(Date.now());
  const world = new FaultWorld(proxy, await app.renew(() => clock.now(), isBasic), plan, clock, hasPreferences);
  await world.open();
  return world;
}
