// openEngine: opens the account's store, puts the parts together, and reacts to what happens around them.
// A session goes: sessions (stamp) → record (one transaction) → outbox → push → settle → history; status is derived after each step.
import type { EngineStatus, LastingProblem, SyncEngine, SyncEngineOptions, SyncOutcome } from './api.ts';
import type { PreferencesApi } from './api-preferences.ts';
import type { Diagnostics } from './api-diagnostics.ts';
import type { StateExplanation } from './api-explain.ts';
import { type EngineConfig, readConfig } from './config.ts';
import { engineError } from './errors.ts';
import type { Channel, LifecycleEvent, Ports } from './ports.ts';
import type { Source } from './source.ts';
import type { ClockBound } from '@syncline/protocol';
import { Books } from './sync/books.ts';
import { ClockWatch } from './sync/clock-watch.ts';
import { Conflicts } from './sync/conflicts.ts';
import { Contact } from './sync/contact.ts';
import { openDevice, type OwnIdentity, planDismissal } from './sync/device.ts';
import { Devices } from './sync/devices.ts';
import { Diary } from './sync/diary.ts';
import { Driver } from './sync/driver.ts';
import { Heartbeat } from './sync/heartbeat.ts';
import { Leadership } from './sync/leadership.ts';
import { Local } from './sync/local.ts';
import { inTime, openStore, openVolatile, type OpenedStore } from './sync/open-store.ts';
import type { PreferencesPart } from './sync/preferences-part.ts';
import { ServerCalls } from './sync/server-calls.ts';
import { SessionReader } from './sync/session-reader.ts';
import { Sessions, type StartedSession } from './sync/sessions.ts';
import { sendStart } from './sync/start-call.ts';
import type { Self } from './sync/status-input.ts';
import { StatusBoard } from './sync/status-board.ts';
import { StoreKeeper } from './sync/store-keeper.ts';
import { parseTabNews, type TabNews } from './sync/tab-news.ts';
import { Tokens } from './sync/tokens.ts';
import { waitForLeader } from './sync/wish.ts';

class Engine implements SyncEngine {
  readonly user: string;
  readonly sessions: Sessions;
  readonly conflicts: Conflicts;
  readonly devices: Devices;
  readonly closed: Promise<void>;
  readonly #self: Self;
  readonly #config: EngineConfig;
  readonly #ports: Ports;
  readonly #local: Local;
  readonly #diary: Diary;
  readonly #board: StatusBoard;
  /** Null while the page is frozen. */
  #channel: Channel | null = null;
  readonly #calls: ServerCalls;
  readonly #books: Books;
  readonly #driver: Driver;
  readonly #preferences: PreferencesPart | null;
  readonly #leadership: Leadership;
  readonly #keeper: StoreKeeper;
  readonly #watch: ClockWatch;
  readonly #heartbeat: Heartbeat;
  readonly #stop = new AbortController();
  #work: Promise<unknown> = Promise.resolve();
  #announceClosed: () => void = () => undefined;
  /** What the driver was last rung for. */
  #rungFor = '';

  constructor(config: EngineConfig, ports: Ports, local: Local, own: OwnIdentity) {
    // Another id is taken when another installation is found to use this one.
    const self: Self = {
      get deviceId() { return local.view.sync.deviceId ?? own.identity.deviceId; },
      deviceType: config.deviceType, version: config.deviceVersion, name: config.deviceName,
    };
    this.user = config.user;
    this.#self = self;
    this.#config = config;
    this.#ports = ports;
    this.#local = local;
    this.closed = new Promise((resolve) => (this.#announceClosed = resolve));
    const { clock, ids, lifecycle, locks } = ports;
    const { signal } = this.#stop;
    const { tab, view } = local;
    const diary = (this.#diary = new Diary());
    this.#board = new StatusBoard({ local, clock, self, lastHours: config.lastHours, diary });
    this.#keeper = new StoreKeeper({ local, board: this.#board, stores: ports.stores, clock, name: config.name, own, signal });
    const watch = (this.#watch = new ClockWatch(clock, () => view.sync.clock));
    this.#heartbeat = new Heartbeat(local, clock);
    const contact = new Contact({ local, clock, watch });
    this.#books = new Books({ local, clock, ids, lifecycle, contact });
    const tokens = new Tokens({ ask: config.token, user: config.user, clock, signal });
    this.#calls = new ServerCalls({
      transport: ports.transport, tokens, clock, appIdentifier: config.appIdentifier, defaultIdentifier: config.defaultIdentifier, self,
      capabilities: () => view.sync.capabilities ?? [],
      sessionsPending: () => view.sessionsPending,
      isPausing: () => this.#books.isPausing,
      onAnswer: (told) => contact.heard(told),
      diary,
    });
    this.#preferences = this.#plugIn(own);
    this.#driver = new Driver({
      local, calls: this.#calls, tokens, clock, ids, lifecycle, self, user: config.user, contact, books: this.#books,
      preferences: this.#preferences,
    });
    this.#leadership = new Leadership({
      name: `${config.name}:lead`, tab, local, locks, clock, ids, lifecycle, signal,
      lead: (term, lost) => this.#driver.lead(term, lost),
      onLeader: (leader) => this.#board.setLeader(leader),
      onWish: (knock) => void this.#grant(knock),
    });
    this.sessions = new Sessions({
      local, reader: new SessionReader(local, self), clock, ids, owner: config.user, source: config.deviceType,
      self, tab, watch, annotations: config.annotations?.create(ids) ?? null,
      running: this.#board.running, elsewhere: this.#board.elsewhere,
      check: () => this.#check(),
      onRecorded: () => this.#leadership.watch(),
      onStarted: (session) => this.#sendStart(session),
    });
    this.conflicts = new Conflicts({
      local, ids, open: this.#board.conflicts, journal: this.#board.journal, stamp: () => this.sessions.stamp(), check: () => this.sessions.checkEdits(),
      onDecided: () => this.#leadership.watch(), list: (query) => this.sessions.list(query),
    });
    this.devices = new Devices({
      calls: this.#calls, clock, self, state: () => view.sync, check: () => this.#check(), signal, onChanged: () => this.#driver.lookNow(),
    });
    this.#tuneIn();
    signal.addEventListener('abort', lifecycle.subscribe((event) => this.#react(event)));
    local.listener = {
      onChange: (isOwn) => this.#changed(isOwn),
      onDecided: (news) => this.#decided(news),
      onStoreError: (error) => this.#keeper.refused(error),
      onVanished: (held) => void this.#keeper.vanished(held),
    };
  }

  get deviceId(): string {
    return this.#self.deviceId;
  }

  get status(): Source<EngineStatus> {
    return this.#board.status;
  }

  async dismiss(problem: LastingProblem): Promise<void> {
    this.#check();
    const seen = this.#local.view.sync.loss?.sessions ?? 0;
    await this.#local.commit((draft) => planDismissal(draft, problem, seen), 'strict');
  }

  explain(): readonly StateExplanation[] {
    return this.#board.explain();
  }

  clockBound(): ClockBound | null {
    return this.#watch.boundAt(Math.round(this.#ports.clock.now()));
  }

  diagnostics(): Diagnostics {
    return this.#diary.export(this.#ports.clock.now());
  }

  get preferences(): PreferencesApi | null {
    return this.#preferences?.api ?? null;
  }

  #plugIn(own: OwnIdentity): PreferencesPart | null {
    const { clock, ids } = this.#ports;
    const self = this.#self;
    return this.#config.preferences?.create({
      local: this.#local, calls: this.#calls, clock, ids,
      get deviceId() { return self.deviceId; },
      get ownIds() { return [self.deviceId, own.identity.deviceId]; },
      usesExchange: () => this.#driver.canExchange,
      check: () => this.#check(),
      onSet: () => this.#leadership.watch(),
      onLoaded: () => this.#driver.ring(),
    }) ?? null;
  }

  /** Reads what has to be there before the engine is handed out. */
  async load(): Promise<void> {
    await this.#preferences?.open();
  }

  /** Begins to sync. */
  begin(opened: OpenedStore): void {
    const kept = this.#keeper.begin(opened);
    this.#heartbeat.beat();
    this.#heartbeat.follow();
    this.#work = Promise.all([kept, this.#config.maySend && this.#leadership.run()]);
  }

  async sync(): Promise<SyncOutcome> {
    const { signal } = this.#stop;
    // A store that does not answer any more is not waited for beyond the end.
    const outcome = signal.aborted ? null : await Promise.race([this.#syncNow(), this.closed.then(() => null)]).catch(() => null);
    if (signal.aborted) return this.#driver.outcome('closed', outcome?.sent ?? 0);
    // The store refused to note the wish.
    return outcome ?? this.#driver.outcome('backing_off', 0);
  }

  async #syncNow(): Promise<SyncOutcome> {
    if (this.#leadership.isLeading) {
      await this.#driver.wish();
      return this.#driver.sync();
    }
    if (!this.#config.maySend) return this.#driver.outcome('other_tab', 0);
    const sent = await waitForLeader(this.#local, this.#leadership, this.#driver, this.#ports.clock, this.#stop.signal);
    return sent === null ? this.#driver.outcome('other_tab', 0) : this.#driver.outcome(null, sent);
  }

  /** Another tab asked to sync now. */
  async #grant(knock: string): Promise<void> {
    try {
      await this.#driver.wish();
      const { sent, reason } = await this.#driver.sync();
      // Whoever took over carries it out.
      if (reason !== 'other_tab') await this.#leadership.answer(knock, sent);
    } catch {
      // The store refuses: the other tab gives up waiting.
    }
  }

  close(): Promise<void> {
    if (!this.#stop.signal.aborted) void this.#close();
    return this.closed;
  }

  async #close(): Promise<void> {
    this.#stop.abort();
    this.#board.close();
    this.#heartbeat.close();
    this.#preferences?.close();
    this.sessions.closeLists();
    // A store that does not answer any more is not waited for.
    await inTime(this.#work.then(() => this.#local.settled()), this.#ports.clock).catch(() => undefined);
    this.#tuneOut();
    this.#local.isClosing = true;
    await this.#local.store.close().catch(() => undefined);
    this.#announceClosed();
  }

  #check(): void {
    if (this.#stop.signal.aborted) throw engineError('closed');
  }

  /** The view moved: by a commit of this tab, or because another tab's was read. */
  #changed(isOwn: boolean): void {
    // First: what it counts beside the store is part of what is shown.
    this.#keeper.follow(isOwn);
    this.#board.update();
    this.sessions.refreshLists();
    const { view } = this.#local;
    this.#leadership.listen();
    this.#preferences?.follow();
    const work = `${view.head.nextSeq} ${view.preferences?.mark}`;
    if (work !== this.#rungFor || !isOwn) this.#driver.ring();
    this.#rungFor = work;
    this.#heartbeat.follow();
  }

  /**
   * Something is on its way to the disk: other tabs are told where to look before it is there. Their look waits in the store behind this very
   * transaction, so it finds what was committed, or, when that came to nothing, what was there before; and whoever records waits for none of it.
   */
  #decided(news: TabNews | null): void {
    this.#keeper.decided(news !== null);
    if (news !== null) this.#channel?.post(news);
  }

  #tuneIn(): void {
    if (this.#channel !== null) return;
    this.#channel = this.#ports.channels.open(this.#config.name);
    this.#channel.subscribe((message) => this.#hear(message));
  }

  /** What comes for a page that is kept for the way back costs it that way. */
  #tuneOut(): void {
    this.#channel?.close();
    this.#channel = null;
  }

  /** A hint from another tab. Nothing in it is believed but where there may be something to see. */
  #hear(message: unknown): void {
    const news = parseTabNews(message);
    if (news !== null && news.v > this.#local.view.head.version) void this.#refresh(news);
  }

  async #refresh(told?: TabNews): Promise<void> {
    if (this.#stop.signal.aborted) return;
    // When the store refuses, the next call says so.
    await this.#local.refresh(told).catch(() => undefined);
  }

  #react(event: LifecycleEvent): void {
    if (event === 'freeze' || event === 'pagehide') {
      this.#leadership.suspend();
      this.#local.store.release();
      this.#tuneOut();
      return;
    }
    if (event === 'hidden' || event === 'offline') return this.#driver.ring();
    if (event !== 'online') {
      this.#leadership.wakeUp();
      this.#tuneIn();
    }
    void this.#refresh().then(() => {
      this.#board.update();
      this.#heartbeat.beat();
      this.#leadership.watch();
      this.#driver.catchUp(this.#leadership.isLeading).catch(() => undefined);
    });
  }

  #sendStart(session: StartedSession): void {
    this.#leadership.watch();
    const { connection, stopped } = this.#local.view.sync;
    // Where there is an exchange the loop tells it, with its true start.
    if (this.#driver.canExchange || this.#stop.signal.aborted) return;
    const isFree = connection === 'online' && stopped === null && !this.#books.isPausing;
    const isWorthIt = this.#config.maySend && this.#ports.lifecycle.online() && isFree;
    if (isWorthIt) void sendStart(this.#calls, this.#books, this.#ports.clock, session, this.#config.deviceType, this.#stop.signal).catch(() => undefined);
  }
}

/** A store that opened and then refused is given a little time. */
const OPEN_TRIES = 3;
const OPEN_AGAIN_MS = 500;

/**
 * Opens the engine of one account on this device over these ports. Resolves when the store is open and `status` is true.
 * Rejects with an `EngineError`: `invalid_input`, `newer_version`.
 */
export async function openEngine(options: SyncEngineOptions, ports: Ports): Promise<SyncEngine> {
  const config = readConfig(options);
  let failure: unknown;
  for (let tries = 0; tries < OPEN_TRIES; tries += 1) {
    if (tries > 0) await new Promise<void>((resolve) => void ports.clock.setTimer(OPEN_AGAIN_MS, resolve));
    const opened = await openStore(ports, config.name);
    try {
      return await openOver(opened, config, ports);
    } catch (error) {
      if (opened.isVolatile) throw error;
      failure = error;
      await opened.store.close().catch(() => undefined);
    }
  }
  // It opens and then refuses the first row: as good as none, and tried again later like one.
  return openOver(await openVolatile(ports, config.name, failure), config, ports);
}

async function openOver(opened: OpenedStore, config: EngineConfig, ports: Ports): Promise<SyncEngine> {
  const local = new Local({ store: opened.store, clock: ports.clock, ids: ports.ids });
  const device = { stores: ports.stores, ids: ports.ids, name: config.name, wanted: config.deviceId, isVolatile: opened.isVolatile };
  // Memory always answers. Only a machine that sleeps makes it late.
  const answered = <T>(work: Promise<T>): Promise<T> => (opened.isVolatile ? work : inTime(work, ports.clock));
  const own = await answered(openDevice(local, device));
  const engine = new Engine(config, ports, local, own);
  await answered(engine.load()).catch((error: unknown) => {
    // It listens already.
    void engine.close();
    throw error;
  });
  engine.begin(opened);
  return engine;
}
