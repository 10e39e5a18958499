// A world: accounts, devices, tabs around the real engine, one real server app, and the ledger beside them. It knows how to do
// each deed of a plan and how to make everything whole again; what to do and when is the runner's.
import type { EngineStatus, SyncEngine, SyncEngineOptions } from '../../api.ts';
import type { HttpRequest, HttpResponse, Ports, TransportResult } from '../../ports.ts';
import { createSimDevice, type SimDevice, type SimPage } from '../sim-device.ts';
import type { RealStores } from '../real-disk.ts';
import type { StorePoint } from '../sim-disk.ts';
import { createSimScheduler, type SimScheduler } from '../sim-scheduler.ts';
import { appHandler, appStreams, type SimStreamHandler } from '../sim-transport.ts';
import type { DevicePlan, Plan, Poison } from './action.ts';
import { EditBook } from './edits.ts';
import type { SimServer, SimServerFactory } from './host.ts';
import { LeaderWatch } from './leader-watch.ts';
import { Ledger } from './ledger.ts';
import { MarkCounts } from './marks.ts';
import { Monitor } from './monitor.ts';
import { SimWay } from './network.ts';
import { NoteBook } from './notes.ts';
import { PreferenceBook } from './preferences.ts';
import { isVolatile } from './oracle/status.ts';
import { randomStream } from './random.ts';
import { sessionIdsOf } from './request.ts';
import { ServerWatch } from './server-watch.ts';
import { StatusWatch } from './status-watch.ts';
import { watchRefusals } from './storage-watch.ts';
import { createTrace, type Trace } from './trace.ts';

const CLOSED_PAGE_MS = 60_000;
const TOKEN_LIFE_MS = 400 * 24 * 3_600_000;

export interface WorldOptions {
  readonly createEngine: (options: SyncEngineOptions) => Promise<SyncEngine>;
  readonly createServer: SimServerFactory;
  /** Makes real stores for one device; without it all is in memory. */
  readonly realStores?: (() => RealStores) | undefined;
  /** Resolves when every microtask is done. */
  readonly settle?: (() => Promise<void>) | undefined;
  readonly keepTrace?: boolean | undefined;
  /** Told of each status that any tab shows. */
  readonly onStatus: (tab: TabSlot, status: EngineStatus) => void;
}

/** One place for a tab: what is open there now. */
export interface TabSlot {
  readonly device: DeviceSlot;
  readonly index: number;
  page: SimPage | null;
  engine: SyncEngine | null;
  /** Grows with each opening. */
  generation: number;
  lastVersion: number;
  /** How many sessions it said last that may be lost. */
  lost: number;
  /** It dies inside its next commit, there. */
  dieAt: StorePoint | null;
  /** Sessions that were promised here while the status said that the store is in memory. */
  readonly inMemory: Set<string>;
}

export interface DeviceSlot {
  readonly index: number;
  readonly plan: DevicePlan;
  readonly sim: SimDevice;
  readonly way: SimWay;
  readonly tabs: TabSlot[];
  /** Nobody is signed in, or somebody else, until these times of the world. */
  signedOutUntil: number;
  otherUserUntil: number;
}

export class World {
  readonly plan: Plan;
  readonly scheduler: SimScheduler;
  readonly ledger: Ledger = new Ledger();
  readonly marks: MarkCounts = new MarkCounts();
  readonly trace: Trace;
  readonly monitor: Monitor;
  readonly edits: EditBook = new EditBook(this);
  readonly serverWatch: ServerWatch = new ServerWatch(this);
  readonly leaderWatch: LeaderWatch = new LeaderWatch(this);
  readonly statusWatch: StatusWatch = new StatusWatch(this);
  readonly preferences: PreferenceBook = new PreferenceBook(this);
  readonly notes: NoteBook = new NoteBook(this);
  /** Those that keep what people were promised, beside the ledger. */
  readonly books: readonly { readonly evicted: (device: DeviceSlot) => void }[] = [this.edits, this.preferences, this.notes];
  readonly devices: readonly DeviceSlot[];
  readonly userIds: readonly string[];
  readonly poison: Map<string, Poison> = new Map();
  readonly start: number;
  server!: SimServer;
  serverClockMs = 0;
  /** What went wrong, in words; the runner reads it. */
  readonly violations: { readonly id: string; readonly what: string }[] = [];
  readonly #options: WorldOptions;
  readonly #tokens = new Map<string, { readonly userId: string; readonly expiresAt: number }>();
  readonly #current: string[] = [];
  #ask!: (request: HttpRequest) => Promise<HttpResponse>;
  #listen!: SimStreamHandler;
  #tokenCount = 0;

  private constructor(plan: Plan, options: WorldOptions) {
    this.plan = plan;
    this.#options = options;
    this.scheduler = createSimScheduler(options.settle ? { settle: options.settle } : {});
    this.start = this.scheduler.now;
    this.trace = createTrace(options.keepTrace ?? false);
    this.monitor = new Monitor(this);
    const ids = randomStream(plan.seed, 'users');
    this.userIds = Array.from({ length: plan.users }, () => ids.uuid());
    this.devices = plan.devices.map((device, index) => this.#makeDevice(device, index));
    for (let user = 0; user < plan.users; user += 1) this.renewToken(user);
  }

  static async create(plan: Plan, options: WorldOptions): Promise<World> {
    const world = new World(plan, options);
    const ids = randomStream(plan.seed, 'server');
    world.server = await options.createServer({
      now: () => world.scheduler.now + world.serverClockMs,
      after: (ms, run) => world.scheduler.schedule(world.scheduler.now + ms, run),
      uuid: () => ids.uuid(),
      userIds: world.userIds,
      readToken: (token) => world.#tokens.get(token) ?? null,
    });
    world.#ask = appHandler(world.server.app);
    world.#listen = appStreams(world.server.app);
    return world;
  }

  get elapsed(): number {
    return this.scheduler.now - this.start;
  }

  violate(id: string, what: string): void {
    this.violations.push({ id, what: `at ${this.elapsed} ms: ${what}` });
    this.note('violation', `${id} ${what}`);
  }

  note(kind: string, detail: string): void {
    this.trace.add(this.elapsed, kind, detail);
  }

  renewToken(user: number): void {
    const userId = this.userIds[user] ?? '';
    // In the form of a JWT, whose subject a client may read; the signature is this world's own count.
    const token = `e30.${btoa(JSON.stringify({ sub: userId }))}.${(this.#tokenCount += 1)}`;
    this.#tokens.set(token, { userId, expiresAt: this.scheduler.now + TOKEN_LIFE_MS });
    this.#current[user] = token;
  }

  /** Every token of that user given so far is no longer good. */
  expireTokens(user: number): void {
    for (const [token, { userId }] of this.#tokens) {
      if (userId === this.userIds[user]) this.#tokens.set(token, { userId, expiresAt: this.scheduler.now - 1 });
    }
  }

  /** Opens a tab on that device; the engine is there a few events later. */
  open(slot: TabSlot): void {
    if (slot.page !== null) return;
    const { device } = slot;
    const generation = (slot.generation += 1);
    const stream = randomStream(this.plan.seed, 'tab', device.index, slot.index, generation);
    slot.page = device.sim.openPage({
      name: `${device.index}.${slot.index}.${generation}`,
      ids: { uuid: () => stream.uuid(), random: () => stream.next() },
      server: (request) => this.#handle(device, request),
      network: (request) => device.way.deliver(request),
      ...(this.plan.streams === true && { streams: (request, onText, signal) => this.#stream(device, request, onText, signal) }),
    });
    const { page } = slot;
    slot.lastVersion = slot.lost = 0;
    slot.dieAt = null;
    const ports: Ports = { ...page.ports, transport: this.monitor.listen(slot, page.ports.transport) };
    this.#options
      .createEngine({
        user: this.userIds[device.plan.user] ?? '',
        device: { type: device.plan.type, version: '1.0.0' },
        server: { url: 'http://server.test', token: () => this.#tokenFor(device) },
        ports,
      })
      .then(
        (engine) => {
          if (slot.page !== page || !page.tab.alive) return void engine.close();
          slot.engine = engine;
          const show = (): void => this.#options.onStatus(slot, engine.status.current);
          engine.status.subscribe(show);
          show();
        },
        (error: unknown) => {
          if (page.tab.alive) this.violate('I-12', `createSyncEngine rejected: ${String(error)}`);
        },
      );
  }

  /** Another release of the app takes that tab's place. */
  reopen(slot: TabSlot): void {
    if (slot.page !== null) this.close(slot);
    this.open(slot);
  }

  /** The app closes in good order. */
  close(slot: TabSlot): void {
    const { engine, page } = slot;
    this.#loseMemory(slot);
    slot.engine = null;
    slot.page = null;
    if (engine === null) page?.kill();
    else void engine.close().then(() => page !== null && this.#leaveClosed(page));
  }

  /** The page stays for a while, as pages do; its engine must not. */
  #leaveClosed(page: SimPage): void {
    this.monitor.closed(page);
    this.scheduler.schedule(this.scheduler.now + CLOSED_PAGE_MS, () => page.kill());
  }

  /** Nothing of it runs again. */
  kill(slot: TabSlot): void {
    if (slot.page !== null) this.monitor.killed(slot);
    this.#loseMemory(slot);
    slot.page?.kill();
    slot.page = null;
    slot.engine = null;
  }

  /** That engine keeps a session, perhaps in its memory alone; the tab may have closed it since. */
  promisedBy(slot: TabSlot, engine: SyncEngine | null, id: string): void {
    if (engine === null || !isVolatile(engine.status.current)) return;
    if (slot.engine === engine) return void slot.inMemory.add(id);
    this.monitor.mayHaveLost.add(slot.device.index);
    this.#loseMemory({ ...slot, engine, inMemory: new Set([id]) });
  }

  /** Whether that tab does without its store and has that session. */
  isInMemory({ engine, inMemory }: TabSlot, id: string): boolean {
    return engine !== null && isVolatile(engine.status.current) && inMemory.has(id);
  }

  /** What was only ever in memory goes with its page; nobody was told otherwise. */
  #loseMemory({ engine, device, inMemory }: TabSlot): void {
    if (engine !== null && isVolatile(engine.status.current)) {
      const stored = new Set(this.server.stored(this.userIds[device.plan.user] ?? '').map(({ id }) => id));
      // Where other tabs go on, nobody can tell a dead memory from a living one: that it may go was said, that it went is not.
      const isAlone = device.tabs.filter(({ page }) => page !== null).length <= 1;
      for (const id of inMemory) {
        if (device.sim.disk.holds(id)) continue;
        if (stored.has(id)) {
          // A basic server tells nobody which sessions it has, and none tells of what was cancelled all that a device knew.
          if (this.plan.isBasic || this.ledger.find(id)?.cancelled) this.ledger.forget(id);
          continue;
        }
        if (isAlone) this.ledger.excuseOne(id);
        else this.ledger.giveUp(id);
      }
    }
    inMemory.clear();
  }

  slot(device: number, tab: number): TabSlot | null {
    const found = this.devices[device];
    if (found === undefined) return null;
    while (found.tabs.length <= tab) found.tabs.push({ device: found, index: found.tabs.length, page: null, engine: null, generation: 0, lastVersion: 0, lost: 0, dieAt: null, inMemory: new Set() });
    return found.tabs[tab] ?? null;
  }

  #makeDevice(plan: DevicePlan, index: number): DeviceSlot {
    const commitMs = randomStream(this.plan.seed, 'disk', index).int(0, 3);
    const sim = createSimDevice(this.scheduler, {
      name: String(index), offsetMs: plan.clockAheadMs, driftPpm: plan.driftPpm, latencyMs: (phase) => (phase === 'commit' ? commitMs : 0),
      realStores: this.#options.realStores?.(),
    });
    const way = new SimWay(randomStream(this.plan.seed, 'way', index), plan.latencyMs);
    const device: DeviceSlot = { index, plan, sim, way, tabs: [], signedOutUntil: 0, otherUserUntil: 0 };
    this.monitor.watchDisk(device);
    watchRefusals(this, device);
    return device;
  }

  #tokenFor(device: DeviceSlot): string | null {
    const now = this.scheduler.now;
    if (now < device.signedOutUntil) return null;
    const { user } = device.plan;
    const isOther = now < device.otherUserUntil && this.plan.users > 1;
    if (isOther) this.marks.hit('token.other-user');
    const whose = isOther ? (user + 1) % this.plan.users : user;
    const token = this.#current[whose] ?? null;
    // An app whose token has run out gets a new one: that is what the callback is for.
    if (token !== null && (this.#tokens.get(token)?.expiresAt ?? 0) <= now) this.renewToken(whose);
    return this.#current[whose] ?? null;
  }

  async #handle(device: DeviceSlot, request: HttpRequest): Promise<HttpResponse | TransportResult> {
    const ids = sessionIdsOf(request);
    this.note('request', `${device.index} ${request.method} ${request.path} ${ids.join(' ')}`);
    for (const id of ids) this.#checkOwner(device, request, id);
    const poison = ids.map((id) => this.poison.get(id)).find((found) => found !== undefined);
    if (poison !== undefined) return poisonAnswer(poison);
    this.preferences.saw(device, request);
    const heard = this.serverWatch.asked(device, request, ids);
    const answered = await this.#ask(request);
    heard(answered);
    const response = this.plan.isBasic && request.path === '/api/health' ? withoutCapabilities(answered) : answered;
    this.note('answer', `${device.index} ${response.status}`);
    this.monitor.served(device, ids, response.status);
    return response.status === 503 ? { ok: false, failure: 'network', message: 'the server died' } : response;
  }

  async #stream(device: DeviceSlot, request: HttpRequest, onText: (text: string) => void, signal: AbortSignal): Promise<HttpResponse> {
    this.note('stream', String(device.index));
    const response = await this.#listen(request, onText, signal);
    this.note('stream ended', `${device.index} ${response.status}`);
    if (response.status === 503) throw new Error('the server died');
    return response;
  }

  // I-11: nothing leaves with the token of another account.
  #checkOwner(device: DeviceSlot, request: HttpRequest, id: string): void {
    const token = (request.headers['Authorization'] ?? request.headers['authorization'] ?? '').slice('Bearer '.length);
    const subject = this.#tokens.get(token)?.userId;
    const owner = this.userIds[this.ledger.find(id)?.user ?? -1];
    if (subject === undefined || owner === undefined || subject === owner) return;
    this.violate('I-11', `device ${device.index} sent session ${id} with the token of another account`);
  }
}

function withoutCapabilities(response: HttpResponse): HttpResponse {
  if (response.status !== 200) return response;
  const { capabilities: _, ...body } = JSON.parse(response.body) as Record<string, unknown>;
  return { ...response, body: JSON.stringify(body) };
}

function poisonAnswer(status: Poison): HttpResponse {
  // What the server shows of the other session that has this id, where it says that there is one.
  const stored = status === 409 ? { stored: { start_time: '2001-01-01T00:00:00Z', end_time: '2001-01-01T00:01:00Z', category: 'other' } } : {};
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ error: 'Refused', code: `poison_${status}`, ...stored }) };
}
