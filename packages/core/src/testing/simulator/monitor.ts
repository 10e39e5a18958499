// Watches what crosses a port while it crosses: every commit of a device's disk, every request and every answer.
// What it knows of the engine's rows is written down here a second time, on purpose.
import type { HttpRequest, Transport, TransportResult, Write } from '../../ports.ts';
import type { SimPage } from '../sim-device.ts';
import type { StoreCommit, StorePoint } from '../sim-disk.ts';
import { DeviceWatch } from './device-watch.ts';
import type { Effort } from './effort.ts';
import type { Mark } from './marks.ts';
import { isVolatile } from './oracle/status.ts';
import { idOf, isEdit, isParked, isPut, isUntried } from './outbox-rows.ts';
import { sessionIdsOf, tokenKey } from './request.ts';
import { checkTaint } from './taint.ts';
import type { DeviceSlot, TabSlot, World } from './world.ts';

const IN_FLIGHT_MAX = 4;
const RESCUE_MS = 10_000;
/** An acknowledgement from before the server was set back may still be on its way. */
const LATE_ANSWER_MS = 60_000;
/** One version of the store has so many versions of the status. */
const VERSION_STEP = 1_000_000;
const DELIVERIES: ReadonlySet<string> = new Set(['/api/pomodoro/submit', '/api/session/cancel', '/api/sync/exchange']);

interface InFlight {
  readonly slot: TabSlot;
  readonly generation: number;
  readonly ids: readonly string[];
  /** When it was sent. */
  readonly at: number;
}

export class Monitor {
  readonly #world: World;
  readonly #watches = new Map<number, DeviceWatch>();
  readonly #inFlight = new Set<InFlight>();
  readonly #evictedAt = new Map<number, number>();
  readonly #copied = new Set<number>();
  /** What lasts on devices that keeps a tab from noticing that its store was taken away, or from putting anything back. */
  readonly #hindered = new Map<symbol, DeviceSlot>();
  readonly #delivered = new Map<number, Set<number>>();
  /** Sessions that reached the server, by the device that sent them. */
  readonly #taken = new Set<string>();
  #restoredAt = Number.NEGATIVE_INFINITY;
  /** Sessions that a person is giving up, or sending again with changes, at this moment. */
  readonly byHand: Set<string> = new Set();
  /** The most sessions that a device ever said may be lost. */
  readonly saidLost: Map<number, number> = new Map();
  /** Indices of devices of which something was ever taken away, or kept in memory alone. */
  readonly mayHaveLost: Set<number> = new Set();
  /** Pages whose engine was closed in good order. */
  readonly #closed = new WeakSet<SimPage>();

  constructor(world: World) {
    this.#world = world;
  }

  watchDisk(device: DeviceSlot): void {
    let leaving: string[] = [];
    device.sim.disk.atPoint = (point, commit) => {
      if (point === 'before-commit') {
        leaving = this.#leaving(device, commit);
        if (leaving.length > 0 && device.sim.disk.full) this.#mark('storage.full.ack');
      }
      else this.#committed(device, commit, leaving);
      this.#dieThere(device, point, commit);
    };
  }

  /** The device's store is not what it was, but taken away, set back, or another's: what it holds now is read anew. */
  forget(device: DeviceSlot): void {
    this.#watches.delete(device.index);
    this.#world.statusWatch.forget(device);
    const { disk } = device.sim;
    for (const database of disk.names()) {
      const head = disk.rows(database, 'meta').find(({ key }) => key === 'head');
      if (head !== undefined) this.#see(device, database, head.value);
    }
  }

  /** The same, and nothing of it is left. */
  evicted(device: DeviceSlot): void {
    this.forget(device);
    this.mayHaveLost.add(device.index);
    this.#evictedAt.set(device.index, this.#world.elapsed);
  }

  /** What ends that from now on a tab can neither learn that its store was taken away, nor put anything back: its time for that begins then. */
  hindering(device: DeviceSlot, end: () => void): () => void {
    const since = this.#world.elapsed - RESCUE_MS;
    const hinder = Symbol(device.index);
    this.#hindered.set(hinder, device);
    return () => {
      this.#hindered.delete(hinder);
      if ((this.#evictedAt.get(device.index) ?? since) > since) this.#evictedAt.set(device.index, this.#world.elapsed);
      end();
    };
  }

  /** The store of that device is a copy of the other's. */
  copied(source: DeviceSlot, device: DeviceSlot): void {
    this.evicted(device);
    this.#world.ledger.replaced(device.index);
    this.#copied.add(source.index).add(device.index);
    this.#mark('profile.copied');
    if (device.sim.disk.names().some((name) => device.sim.disk.rows(name, 'operations').length > 0)) this.#mark('profile.copied.pending');
  }

  /** Indices of the devices whose stores may hold what was recorded on that one. */
  holdersOf(index: number): readonly number[] {
    if (!this.#copied.has(index)) return [index];
    const user = this.#world.devices[index]?.plan.user;
    return this.#world.devices.flatMap((device) => (device.plan.user === user ? [device.index] : []));
  }

  /** While it lasts, this session may leave the outbox without having been sent. */
  async whileByHand<T>(id: string, act: Promise<T>): Promise<T> {
    this.byHand.add(id);
    return act.finally(() => this.byHand.delete(id));
  }

  /** Whether it ever was one of two devices with one store's content. */
  wasCopied(device: DeviceSlot): boolean {
    return this.#copied.has(device.index);
  }

  /** Whether its store was ever taken away. */
  wasEvicted(device: DeviceSlot): boolean {
    return this.#evictedAt.has(device.index);
  }

  /** Whether its store was taken away so recently that a tab may still show what it holds in memory, under a version of the old one. */
  isRescuing(device: DeviceSlot): boolean {
    const at = this.#evictedAt.get(device.index);
    return at !== undefined && (this.#world.elapsed - at < RESCUE_MS || [...this.#hindered.values()].includes(device));
  }

  /** How many sessions the store of that device held unsent at that version of the status; null when not known. */
  pendingAt(device: DeviceSlot, statusVersion: number): number | null {
    return this.#watch(device).pendingAt.get(Math.floor(statusVersion / VERSION_STEP)) ?? null;
  }

  /** Whether the store of that device held settlements unsent at that version of the status. */
  isSettlingAt(device: DeviceSlot, statusVersion: number): boolean {
    return this.#watch(device).settlingAt.has(Math.floor(statusVersion / VERSION_STEP));
  }

  /** Whether its store holds something still to be sent, without anybody's doing. */
  isMoving(device: DeviceSlot): boolean {
    return this.#watch(device).isMoving;
  }

  /** Whether that version of the status is of a state that the store of that device does not have yet. */
  isAhead(device: DeviceSlot, statusVersion: number): boolean {
    const { lastVersion } = this.#watch(device);
    // Versions of a store begun anew are smaller than those that were shown before.
    return lastVersion >= 0 && !this.wasEvicted(device) && Math.floor(statusVersion / VERSION_STEP) > lastVersion;
  }

  /** Its engine said that it is closed: nothing leaves that page any more. */
  closed(page: SimPage): void {
    this.#closed.add(page);
  }

  /** A person asked to try again, which forgives tokens that were refused. */
  wished(device: DeviceSlot): void {
    this.#watch(device).wished(this.#world.elapsed);
  }

  /** A person asked to send again what was refused. */
  retried(slot: TabSlot, id: string): void {
    this.#watch(slot.device).effortOf(slot).retried(id);
  }

  /** Something happened on that device that ends pauses: from here on they are counted afresh. */
  disturb(device: DeviceSlot): void {
    this.#watch(device).forgetEfforts(device.tabs);
  }

  /** The server went back in time: what it had acknowledged it may ask for again. */
  get wasRestored(): boolean {
    return this.#restoredAt >= 0;
  }

  restored(): void {
    this.#restoredAt = this.#world.elapsed;
    for (const watch of this.#watches.values()) watch.acknowledged.clear();
  }

  /** Another tab leads from now on, and knows only what this one has noted. */
  deposed(slot: TabSlot): void {
    this.#watch(slot.device).effortOf(slot).senderDied(this.#world.elapsed);
  }

  killed(slot: TabSlot): void {
    const watch = this.#watch(slot.device);
    this.deposed(slot);
    if (watch.lostAnswer !== null && !watch.lostAnswer.killed) {
      watch.lostAnswer.killed = true;
      this.#mark('answer.lost+kill');
    }
    for (const item of this.#inFlight) if (item.slot === slot) this.#inFlight.delete(item);
  }

  expired(user: number): void {
    for (const device of this.#world.devices) {
      if (device.plan.user !== user) continue;
      const { lostAnswer } = this.#watch(device);
      if (lostAnswer !== null) lostAnswer.expired = true;
      if (lostAnswer?.killed) this.#mark('answer.lost+kill+expired');
    }
  }

  isSending(slot: TabSlot): boolean {
    return [...this.#inFlight].some((item) => item.slot === slot && item.generation === slot.generation);
  }

  /** The transport of a tab, listened to. */
  listen(slot: TabSlot, transport: Transport): Transport {
    const { generation, page } = slot;
    return {
      send: async (request, signal) => {
        const ids = DELIVERIES.has(request.path) ? sessionIdsOf(request) : [];
        const item = ids.length === 0 ? null : { slot, generation, ids, at: this.#world.elapsed };
        if (page !== null && this.#closed.has(page)) this.#world.violate('D07', `device ${slot.device.index} asked ${request.path} after its engine was closed`);
        const effort = this.#sent(slot, item, request);
        checkTaint(this.#world, slot.device, `a request for ${request.path}`, request.body);
        const result = await transport.send(request, signal);
        if (result.ok) checkTaint(this.#world, slot.device, `an answer to ${request.path}`, result.response.body);
        if (item !== null) {
          this.#inFlight.delete(item);
          this.#watch(slot.device).heardFrom = item.at;
        }
        this.#heard(slot, effort, ids, result);
        this.#noteToken(slot, generation, request, result);
        return result;
      },
      ...(transport.stream && { stream: (request, onText, signal) => this.#listenTo(slot, transport, request, onText, signal) }),
    };
  }

  async #listenTo(slot: TabSlot, transport: Transport, request: HttpRequest, onText: (text: string) => void, signal: AbortSignal): Promise<TransportResult> {
    let isOpen = false;
    const effort = this.#sent(slot, null, request);
    const result = await transport.stream?.(request, (text) => {
      this.#mark(text.includes('event: changed') ? 'stream.news' : 'stream.open');
      isOpen = true;
      onText(text);
    }, signal) ?? { ok: false, failure: 'network', message: '' };
    if (!isOpen) this.#heard(slot, effort, [], result);
    else if (!result.ok && result.failure !== 'aborted') this.#mark('stream.cut');
    return result;
  }

  /** The server answered; whether anybody hears it is another matter. */
  served(device: DeviceSlot, ids: readonly string[], status: number): void {
    if (ids.length === 0 || status >= 300) return;
    for (const id of ids) {
      const name = `${device.index} ${id}`;
      if (this.#taken.has(name)) this.#mark('request.twice');
      this.#taken.add(name);
    }
    const users = [...this.#delivered.keys()];
    const devices = this.#delivered.get(device.plan.user) ?? new Set();
    this.#delivered.set(device.plan.user, devices.add(device.index));
    if (users.length > 0 && !users.includes(device.plan.user)) this.#mark('users.two');
    if (devices.size > 1) this.#mark('devices.two');
  }

  #watch(device: DeviceSlot): DeviceWatch {
    let watch = this.#watches.get(device.index);
    if (watch === undefined) this.#watches.set(device.index, (watch = new DeviceWatch()));
    return watch;
  }

  #leaving(device: DeviceSlot, commit: StoreCommit): string[] {
    const keys = new Set(commit.writes.flatMap((write) => (write.kind === 'delete' && write.table === 'operations' ? [write.key] : [])));
    if (keys.size === 0) return [];
    return device.sim.disk.rows(commit.database, 'operations').filter(({ key }) => keys.has(key)).flatMap(({ value }) => idOf(value));
  }

  #committed(device: DeviceSlot, { database, writes, tab }: StoreCommit, leaving: readonly string[]): void {
    const watch = this.#watch(device);
    const entering = new Set(writes.flatMap((write) => (isPut(write, 'operations') ? idOf(write.value) : [])));
    const rows = device.sim.disk.rows(database, 'operations');
    const pending = new Set(rows.flatMap(({ value }) => idOf(value)));
    if (leaving.length > 0 && rows.some(({ value }) => isParked(value))) this.#mark('parked.others-went');
    this.#world.note('commit', `${device.index} ${tab.name} ${writes.length} ${pending.size}`);
    for (const write of writes) if (isPut(write, 'meta') && write.key === 'head') this.#see(device, database, write.value);
    this.#checkLeaving(device, watch, leaving.filter((id) => !entering.has(id) && !pending.has(id)), writes);
    // An edit of a session that the server has makes it pending again, and rightly so.
    const recorded = new Set(writes.flatMap((write) => (isPut(write, 'operations') && !isEdit(write.value) ? idOf(write.value) : [])));
    for (const id of recorded) {
      if (watch.acknowledged.has(id) && !this.#world.edits.isTouched(id)) this.#world.violate('I-07', `device ${device.index} holds session ${id} as unsent again`);
    }
    for (const write of writes) {
      // One that the server has as ended, as another tab or a copy of the profile ended it, is only let go.
      if (write.kind !== 'delete' || write.table !== 'running') continue;
      const id = String(write.key);
      // And perhaps deleted since.
      if (pending.has(id) || this.#isStored(device, id) || this.#world.edits.isTouched(id)) continue;
      this.#world.violate('I-18', `device ${device.index} ended session ${id} and queued nothing`);
    }
  }

  /** What its store holds at the version that this row tells. */
  #see(device: DeviceSlot, database: string, head: unknown): void {
    const watch = this.#watch(device);
    const values = device.sim.disk.rows(database, 'operations').map(({ value }) => value);
    this.#world.statusWatch.holds(device, watch.holds(Number((head as { version?: unknown }).version), values));
  }

  /** I-08: what leaves the outbox, the server has; or a person gave it up. I-18: it goes into the history in the same commit. */
  #checkLeaving(device: DeviceSlot, watch: DeviceWatch, leaving: readonly string[], writes: readonly Write[]): void {
    if (leaving.length === 0) return;
    const stored = new Set(this.#world.server.stored(this.#world.userIds[device.plan.user] ?? '').map(({ id }) => id));
    for (const id of leaving) {
      if (this.byHand.has(id) || this.#world.edits.isTouched(id)) continue;
      const isLate = watch.heardFrom <= this.#restoredAt || this.#world.elapsed - this.#restoredAt <= LATE_ANSWER_MS;
      if (!stored.has(id) && !isLate) this.#world.violate('I-08', `device ${device.index} counts session ${id} as sent, the server does not have it`);
      // What is offered again to a server that was set back may lie there already; so may what a tab put back into a store begun anew.
      const isKept = (): boolean => device.sim.disk.holds(id);
      if (!writes.some((write) => isPut(write, 'history') || isPut(write, 'overlay')) && !((this.wasRestored || this.wasEvicted(device)) && isKept())) {
        this.#world.violate('I-18', `device ${device.index} took session ${id} out of the outbox and kept it nowhere`);
      }
      if (stored.has(id)) watch.acknowledged.add(id);
      if (watch.lostAnswer?.id === id) watch.lostAnswer = null;
    }
  }

  #dieThere(device: DeviceSlot, point: StorePoint, { tab, writes }: StoreCommit): void {
    const slot = device.tabs.find(({ page }) => page?.tab === tab);
    if (slot === undefined || slot.dieAt !== point) return;
    this.#mark('tab.killed.writing');
    if (writes.some((write) => isPut(write, 'operations') && isUntried(write.value))) this.#mark('record.cut');
    this.#mark('tab.killed');
    this.killed(slot);
    this.#world.kill(slot);
  }

  /** Returns whose effort it is: a tab may have come to its store before it hears the answer. */
  #sent(slot: TabSlot, item: InFlight | null, request: HttpRequest): Effort {
    const { device } = slot;
    const watch = this.#watch(device);
    const { elapsed } = this.#world;
    const effort = watch.effortOf(slot);
    for (const wrong of effort.sent(item?.ids[0] ?? null, request.path, elapsed, slot.index)) this.#world.violate('I-16', `device ${device.index} ${wrong}`);
    if (watch.isRefused(tokenKey(slot.index, slot.generation, request), elapsed)) this.#world.violate('I-16', `device ${device.index} sent a token again that was refused`);
    if (item === null) return effort;
    const others = [...this.#inFlight].filter((other) => other.slot.device === device && other.slot.page?.tab.alive);
    if (others.some((other) => other.slot !== slot)) this.#mark('tabs.both-sent');
    if (others.filter((other) => other.slot === slot).length >= IN_FLIGHT_MAX) this.#world.violate('I-16', `device ${device.index} has more than ${IN_FLIGHT_MAX} deliveries in flight`);
    this.#inFlight.add(item);
    if (watch.lostAnswer !== null && item.ids.includes(watch.lostAnswer.id)) this.#mark('request.resent');
    return effort;
  }

  /** A refused token is refused for good, as far as the tab knows that sent it. */
  #noteToken({ device, index }: TabSlot, generation: number, request: HttpRequest, result: TransportResult): void {
    if (result.ok && result.response.status === 401 && request.headers['Authorization'] !== undefined) this.#watch(device).refused.set(tokenKey(index, generation, request), this.#world.elapsed);
  }

  #heard(slot: TabSlot, effort: Effort, ids: readonly string[], result: TransportResult): void {
    const { device } = slot;
    const watch = this.#watch(device);
    const { elapsed } = this.#world;
    const [id = null] = ids;
    // What is noted nowhere, or noted without a word, other tabs cannot know.
    const isAlone = device.sim.disk.isRefusing || device.sim.channels.isDeaf;
    const noted = slot.engine !== null && isVolatile(slot.engine.status.current) ? 'noted' : device.sim.disk.isRefusing ? 'not noted' : this.isRescuing(device) ? 'perhaps' : 'noted';
    for (const wrong of effort.heard(id, result, elapsed, slot.index, { isAlone, noted })) this.#world.violate('I-16', `device ${device.index} ${wrong}`);
    if (id !== null) this.#markAnswer(device, watch, id, result);
  }

  #isStored({ plan }: DeviceSlot, id: string): boolean {
    return this.#world.server.stored(this.#world.userIds[plan.user] ?? '').some((session) => session.id === id);
  }

  #markAnswer(device: DeviceSlot, watch: DeviceWatch, id: string, result: TransportResult): void {
    const isStored = this.#isStored(device, id);
    if (!result.ok) {
      if (result.failure === 'timeout') this.#mark('request.hang');
      if (result.failure === 'redirected') this.#mark('edge.redirect');
      if (isStored) this.#mark('answer.lost');
      else if (result.failure === 'network') this.#mark('request.lost');
      if (isStored) watch.lostAnswer ??= { id, at: this.#world.elapsed, killed: false, expired: false };
      return;
    }
    const { status, headers, body } = result.response;
    if (status === 200 && (headers['content-type'] ?? '').includes('html')) this.#mark('edge.portal');
    else if (body.includes('"items"')) this.#mark('edge.junk');
    else if (status < 300 && !body.endsWith('}')) this.#mark('answer.truncated');
    else if (EDGE.has(status) && (headers['content-type'] ?? '') === 'text/plain') this.#mark(`edge.${status}` as Mark);
    if (status === 400 && body.includes('time_in_future')) this.#mark('clock.ahead-held');
  }

  #mark(mark: Mark): void {
    this.#world.marks.hit(mark);
  }
}

const EDGE: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 401, 403, 404]);
