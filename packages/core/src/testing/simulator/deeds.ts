// How each deed of a plan is done in a world. A deed that makes no sense at its moment (its tab is not there) is nothing.
import type { Session, SyncEngine } from '../../api.ts';
import type { StorePoint } from '../sim-disk.ts';
import type { Action, Deed, DeedName } from './action.ts';
import { isMend } from './edits.ts';
import type { Promised } from './ledger.ts';
import type { Mark } from './marks.ts';
import { randomStream } from './random.ts';
import { canaryOf } from './taint.ts';
import type { DeviceSlot, TabSlot, World } from './world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Deeds after which an engine need not remember what a server asked of it. */
const ENDS_PAUSES: ReadonlySet<DeedName> = new Set<DeedName>(['clock', 'sleep', 'handle', 'abort', 'full', 'refuse-open', 'evict', 'clone', 'power', 'hint', 'signed-out', 'other-user']);
/** Deeds in a tab after which its device may take a while to find a leader. */
const DELAYS: ReadonlySet<DeedName> = new Set<DeedName>(['open', 'close', 'kill', 'freeze', 'hide', 'steal', 'upgrade']);

const codeOf = (error: unknown): string => String((error as { code?: unknown } | null)?.code ?? error);

export class Deeds {
  readonly #world: World;
  readonly #ids: (index: number) => string;
  /** Which tab's life each running session began in. */
  readonly #startedIn = new Map<string, Pick<TabSlot, 'page'> & { readonly slot: TabSlot }>();
  /** Devices whose full disk refused a session. */
  readonly #wereFull = new Set<DeviceSlot>();
  /** Turns off what a lasting fault turned on, when everything heals. */
  readonly #undo = new Set<() => void>();

  constructor(world: World) {
    this.#world = world;
    this.#ids = (index) => randomStream(world.plan.seed, 'session', index).uuid();
  }

  do(action: Action, index: number): void {
    this.#world.note('deed', `${action.do} ${'device' in action ? action.device : ''}`);
    const slot = 'tab' in action ? this.#world.slot(action.device, action.tab) : null;
    const device = 'device' in action ? (this.#world.devices[action.device] ?? null) : null;
    if (slot !== null) this.#inTab(action, slot, index);
    else if (device !== null) this.#onDevice(action, device);
    else this.#elsewhere(action);
  }

  /** Everything that is broken by a lasting fault is whole again. */
  heal(): void {
    for (const undo of [...this.#undo]) undo();
  }

  #lasting(forMs: number, undo: () => void): void {
    const once = (): void => {
      if (this.#undo.delete(once)) undo();
    };
    this.#undo.add(once);
    this.#world.scheduler.schedule(this.#world.scheduler.now + forMs, once);
  }

  #inTab(deed: Deed, slot: TabSlot, index: number): void {
    const { engine, page } = slot;
    if (DELAYS.has(deed.do)) this.#world.leaderWatch.trouble(slot.device);
    this.#world.statusWatch.happened(slot.device, deed);
    switch (deed.do) {
      case 'open':
        return this.#world.open(slot);
      case 'close':
        if (engine?.status.current.data_summary.unsynced_sessions) this.#mark('tab.closed.pending');
        return this.#world.close(slot);
      case 'kill':
        return this.#kill(slot, deed.point);
      case 'freeze':
        return this.#freeze(slot, deed.forMs, deed.isTold === true);
      case 'hide':
        page?.hide();
        this.#mark('tab.hidden');
        return this.#lasting(deed.forMs, () => page?.show());
      case 'steal':
        return this.#steal(slot);
      case 'upgrade':
        return this.#upgrade(slot, deed.forMs);
      default:
        if (engine !== null && page?.tab.running) this.#person(deed, slot, engine, index);
    }
  }

  #person(deed: Deed, slot: TabSlot, engine: SyncEngine, index: number): void {
    switch (deed.do) {
      case 'record':
        return this.#record(deed, slot, engine, index);
      case 'again':
        return this.#recordAgain(slot, engine);
      case 'start':
        return this.#start(slot, engine);
      case 'complete':
        return this.#complete(slot, engine);
      case 'cancel':
        return this.#cancel(slot, engine);
      case 'retry':
        return isMend(deed) ? this.#world.edits.do(deed, slot, engine) : this.#onParked(engine, (id) => (this.#world.monitor.retried(slot, id), this.#world.monitor.whileByHand(id, engine.sessions.retry(id)).then(() => this.#mark('parked.retried'))));
      case 'discard':
        return isMend(deed) ? this.#world.edits.do(deed, slot, engine) : this.#onParked(engine, (id) => this.#world.monitor.whileByHand(id, engine.sessions.discard(id)).then(() => (this.#world.ledger.giveUp(id), this.#mark('parked.discarded'))));
      case 'sync':
        this.#world.monitor.wished(slot.device);
        return void engine.sync().catch((error: unknown) => this.#world.violate('I-12', `sync() rejected: ${codeOf(error)}`));
      case 'amend':
      case 'delete':
      case 'undelete':
      case 'settle':
      case 'undo':
        return this.#world.edits.do(deed, slot, engine);
      case 'prefer':
        return this.#world.preferences.set(slot, engine, deed.name, deed.value);
      case 'annotate':
        return this.#world.notes.write(slot, engine, deed, index);
      case 'look':
        return void engine.sessions.list({ limit: 50 }).catch((error: unknown) => this.#world.note('refused', codeOf(error)));
      default:
    }
  }

  #start(slot: TabSlot, engine: SyncEngine): void {
    const { page } = slot;
    const input = { plannedDuration: 25, category: 'writing', project: 'book', note: canaryOf(slot.device.plan.user), beside: true };
    void engine.sessions.start(input).then(({ id }) => {
      this.#startedIn.set(id, { slot, page });
      this.#mark('session.started');
    }, () => undefined);
  }

  #record(deed: Extract<Deed, { do: 'record' }>, slot: TabSlot, engine: SyncEngine, index: number): void {
    const start = this.#world.start + deed.start;
    const session = this.#promised(slot.device, { id: this.#ids(index), start, end: start + deed.minutes * MINUTE_MS, cancelled: false });
    if (deed.poison !== undefined) this.#world.poison.set(session.id, deed.poison);
    if (slot.device.way.faults.includes('cut')) this.#mark('record.offline');
    if (!engine.status.current.local.leader) this.#mark('record.follower');
    this.#ask(slot, engine, session);
  }

  #ask(slot: TabSlot, engine: SyncEngine, session: Promised): void {
    const { ledger } = this.#world;
    ledger.ask(session);
    const { id, start: startTime, end: endTime, category, project, note } = session;
    engine.sessions.record({ id, startTime, endTime, category, project, note }).then(
      () => {
        ledger.promise(session);
        this.#world.promisedBy(slot, engine, id);
        if (this.#wereFull.has(slot.device)) this.#mark('record.after-full');
        this.#world.note('recorded', id);
      },
      (error: unknown) => {
        if (codeOf(error) === 'storage_full') {
          this.#wereFull.add(slot.device);
          this.#mark('record.refused.full');
        }
        if (codeOf(error) === 'storage_unavailable') this.#mark('record.refused.abort');
        ledger.refuse(id);
        this.#world.note('refused', `${id} ${codeOf(error)}`);
      },
    );
  }

  #recordAgain(slot: TabSlot, engine: SyncEngine): void {
    const last = this.#world.ledger.promised.findLast(({ device, cancelled }) => device === slot.device.index && !cancelled);
    if (last === undefined) return;
    const { id, start: startTime, end: endTime, category, project, note } = last;
    engine.sessions.record({ id, startTime, endTime, category, project, note }).then(
      () => {
        this.#mark('record.again');
        // Given up or not before.
        this.#world.ledger.promise(last);
        this.#world.promisedBy(slot, engine, id);
      },
      () => undefined,
    );
  }

  #complete(slot: TabSlot, engine: SyncEngine): void {
    const running = engine.sessions.running.current[0];
    if (running === undefined) return;
    void this.#finish(slot, running, engine.sessions.complete(running.id), 'session.completed');
  }

  #cancel(slot: TabSlot, engine: SyncEngine): void {
    const running = engine.sessions.running.current[0];
    if (running === undefined) return;
    void this.#finish(slot, running, engine.sessions.cancel(running.id, { reason: 'interruption' }), 'session.cancelled');
  }

  async #finish(slot: TabSlot, running: Session, finishing: Promise<Session>, mark: Mark): Promise<void> {
    const { ledger } = this.#world;
    const { device, engine } = slot;
    const cancelled = mark === 'session.cancelled';
    const before = ledger.find(running.id);
    const end = Math.max(running.startTime, slot.page?.clock.now() ?? 0);
    if (before === undefined) ledger.ask(this.#promised(device, { id: running.id, start: running.startTime, end, cancelled }));
    try {
      const done = await finishing;
      ledger.promise(this.#promised(device, { id: done.id, start: done.startTime, end: done.endTime ?? done.startTime, cancelled }));
      this.#world.promisedBy(slot, engine, done.id);
      if ((done.endTime ?? 0) <= done.startTime) this.#world.violate('I-24', `session ${done.id} ends before it starts`);
      this.#mark(mark);
      const started = this.#startedIn.get(done.id);
      if (started !== undefined && !cancelled && started.slot !== slot) this.#mark('session.completed-elsewhere');
      if (started !== undefined && started.slot.page !== started.page) this.#mark('session.survived');
    } catch (error) {
      const code = codeOf(error);
      if (before === undefined) ledger.refuse(running.id);
      // Whatever happened to the clock, there is an end that is after its start.
      if (code === 'invalid_input') this.#world.violate('I-24', `session ${running.id} cannot be ended`);
      this.#world.note('refused', `${running.id} ${code}`);
    }
  }

  #onParked(engine: SyncEngine, act: (id: string) => Promise<unknown>): void {
    engine.sessions.list({ states: ['parked'], limit: 1 }).then((list) => (list[0] ? act(list[0].id) : undefined)).catch(() => undefined);
  }

  #promised(device: DeviceSlot, facts: Pick<Promised, 'id' | 'start' | 'end' | 'cancelled'>): Promised {
    return { ...facts, user: device.plan.user, device: device.index, category: 'writing', project: 'book', note: canaryOf(device.plan.user) };
  }

  #kill(slot: TabSlot, point?: StorePoint): void {
    if (slot.page === null) return;
    if (point !== undefined) return void (slot.dieAt = point);
    this.#mark('tab.killed');
    if (slot.engine?.status.current.local.leader && slot.device.tabs.some((other) => other !== slot && other.engine !== null)) this.#mark('tab.killed.leader');
    if (this.#world.monitor.isSending(slot)) this.#mark('tab.killed.sending');
    this.#world.kill(slot);
  }

  #freeze(slot: TabSlot, forMs: number, isTold: boolean): void {
    const { page, engine } = slot;
    if (page === null) return;
    if (engine?.status.current.local.leader && slot.device.tabs.some((other) => other !== slot && other.engine !== null)) this.#mark('tab.frozen.leader');
    const isLeading = engine?.status.current.local.leader === true;
    if (this.#world.monitor.isSending(slot)) this.#mark('tab.frozen.sending');
    page.freeze(!isTold);
    if (isLeading) this.#world.leaderWatch.frozen(slot);
    this.#lasting(forMs, this.#world.monitor.hindering(slot.device, () => {
      if (isLeading && slot.device.tabs.some((other) => other !== slot && other.engine?.status.current.local.leader)) this.#mark('tab.thawed.deposed');
      page.thaw();
    }));
  }

  #steal(slot: TabSlot): void {
    if (slot.page?.tab.running !== true) return;
    const { locks } = slot.device.sim;
    if (locks.heldNames().length > 0) this.#mark('lock.stolen');
    if (slot.device.tabs.some((other) => this.#world.monitor.isSending(other))) this.#mark('lock.stolen.sending');
    this.#world.monitor.deposed(slot);
    for (const name of locks.heldNames()) locks.revoke(name);
  }

  #onDevice(deed: Deed, device: DeviceSlot): void {
    const { sim } = device;
    if (ENDS_PAUSES.has(deed.do)) this.#world.monitor.disturb(device);
    this.#world.leaderWatch.happened(device, deed.do);
    this.#world.statusWatch.happened(device, deed);
    switch (deed.do) {
      case 'net':
        return this.#lasting(deed.forMs, device.way.break(deed.fault));
      case 'deafen':
        sim.channels.isDeaf = true;
        this.#mark('channel.deaf');
        return this.#lasting(deed.forMs, () => void (sim.channels.isDeaf = false));
      case 'hint':
        for (const page of sim.pages) page.lifecycle.emit(deed.online ? 'online' : 'offline');
        return;
      case 'sleep':
        if (deed.forMs > HOUR_MS && device.tabs.some(({ engine }) => engine?.status.current.data_summary.unsynced_sessions)) this.#mark('sleep.hours');
        sim.sleep();
        return this.#lasting(deed.forMs, this.#world.monitor.hindering(device, () => sim.wake()));
      case 'clock':
        this.#mark(deed.byMs < 0 ? 'clock.back' : 'clock.forward');
        if (deed.byMs < 0 && device.tabs.some(({ engine }) => engine?.sessions.running.current.length)) this.#mark('session.clock-back');
        return sim.clock.step(deed.byMs);
      case 'power':
        return this.#power(device);
      case 'evict':
        return this.#evict(device);
      case 'clone':
        return this.#clone(device, deed.nth);
      case 'full':
        sim.disk.full = true;
        return this.#lasting(deed.forMs, this.#world.monitor.hindering(device, () => void (sim.disk.full = false)));
      case 'abort':
        return sim.disk.failNext('update', { kind: 'fail', code: 'aborted', at: 'commit' }, deed.count);
      case 'handle':
        this.#mark('storage.closed');
        for (const name of sim.disk.names()) sim.disk.interrupt(name, 'closed');
        return;
      case 'refuse-open':
        sim.disk.unavailable = true;
        return this.#lasting(deed.forMs, () => void (sim.disk.unavailable = false));
      case 'signed-out':
        device.signedOutUntil = this.#world.scheduler.now + deed.forMs;
        return;
      case 'other-user':
        device.otherUserUntil = this.#world.scheduler.now + deed.forMs;
        return;
      default:
    }
  }

  #power(device: DeviceSlot): void {
    if (device.tabs.some(({ engine }) => engine?.status.current.data_summary.unsynced_sessions)) this.#mark('power.pending');
    for (const slot of device.tabs) this.#world.kill(slot);
    device.sim.crash();
    const { monitor } = this.#world;
    monitor.forget(device);
    // What it was told by a server that has lost it since was no promise of this store's.
    if (monitor.wasRestored) this.#giveUpLost(({ device: at }) => at !== device.index || monitor.wasEvicted(device));
  }

  #evict(device: DeviceSlot): void {
    const { server, userIds, ledger } = this.#world;
    const stored = new Set(server.stored(userIds[device.plan.user] ?? '').map(({ id }) => id));
    const lost = ledger.excuse(device.index, (id) => stored.has(id));
    this.#mark(lost > 0 ? 'storage.evicted.pending' : 'storage.evicted.clean');
    for (const book of this.#world.books) book.evicted(device);
    device.sim.disk.evict();
    this.#world.monitor.evicted(device);
    // Of others' sessions it may have been the last to hold some that the server had lost.
    if (this.#world.monitor.wasRestored) this.#giveUpLost(({ device: at }) => at !== device.index);
  }

  /** Another machine's profile takes the place of its own, as when a disk image is restored on it. What only it held, nobody can know of. */
  #clone(device: DeviceSlot, nth: number): void {
    const world = this.#world;
    const others = world.devices.filter((other) => other !== device && other.plan.user === device.plan.user);
    const source = others[nth % Math.max(1, others.length)];
    if (source === undefined) return;
    const open = device.tabs.filter(({ page }) => page !== null);
    for (const slot of device.tabs) world.kill(slot);
    device.sim.disk.restore(source.sim.disk);
    for (const book of world.books) book.evicted(device);
    world.monitor.copied(source, device);
    world.preferences.copied(source);
    // It may have been the last to hold what another recorded, too.
    this.#giveUpLost(({ device: at }) => world.monitor.holdersOf(at).includes(device.index));
    for (const slot of open) world.open(slot);
  }

  #upgrade(slot: TabSlot, forMs: number): void {
    // Nobody opens a newer app on a machine that sleeps.
    if (slot.device.sim.asleep) return;
    this.#world.monitor.disturb(slot.device);
    this.#lasting(forMs, slot.device.sim.disk.block(() => this.#mark('storage.upgrade-waited')));
    this.#world.reopen(slot);
  }

  #elsewhere(deed: Deed): void {
    const world = this.#world;
    switch (deed.do) {
      case 'server-down':
        world.server.setAvailable(false);
        world.serverWatch.isDown = true;
        return this.#lasting(deed.forMs, () => {
          world.server.setAvailable(true);
          world.serverWatch.isDown = false;
        });
      case 'server-crash':
        world.serverWatch.dies(deed.when);
        return world.server.crashNext(deed.when === 'before' ? 'before-commit' : 'after-commit');
      case 'server-clock':
        this.#mark('server.clock');
        world.serverClockMs += deed.byMs;
        return;
      case 'server-save':
        return world.server.save();
      case 'server-restore':
        return this.#restoreServer();
      case 'expire':
        if (world.devices.some(({ plan, tabs }) => plan.user === deed.user && tabs.some(({ engine }) => engine?.status.current.data_summary.unsynced_sessions))) this.#mark('token.expired.drain');
        world.monitor.expired(deed.user);
        return world.expireTokens(deed.user);
      default:
    }
  }

  #restoreServer(): void {
    const { server, monitor, serverWatch } = this.#world;
    server.restore();
    monitor.restored();
    serverWatch.restored();
    this.#mark('server.restored');
    this.#giveUpLost(() => true);
  }

  /** What the server does not have, and no device holds any more, nobody can bring back; and nobody can know of it. */
  #giveUpLost(isConcerned: (session: Promised) => boolean): void {
    const { server, ledger, devices, userIds } = this.#world;
    const stored = new Set(userIds.flatMap((userId) => server.stored(userId).map(({ id }) => id)));
    const isHeld = (id: string): boolean => devices.some(({ sim, tabs }) => sim.disk.holds(id) || tabs.some((slot) => this.#world.isInMemory(slot, id)));
    for (const session of ledger.kept) if (isConcerned(session) && !stored.has(session.id) && !isHeld(session.id)) ledger.giveUp(session.id);
  }

  #mark(mark: Mark): void {
    this.#world.marks.hit(mark);
  }
}
