// The storage of one simulated device: named databases that all its tabs share, markers beside them, and everything that can go
// wrong with a disk. The engine sees it through the memory store; a test or a simulator breaks it through the rest.
import type { Cancel, Durability, StoreFailure, StoreSpace, TableName, Write } from '../ports.ts';
import { MemoryDatabase, noCounts, type StoreCounts } from './memory-database.ts';
import { MemoryQueue } from './memory-queue.ts';
import { RealDisk, type RealStores } from './real-disk.ts';
import type { SimScheduler } from './sim-scheduler.ts';
import type { SimTab } from './sim-tab.ts';

/** What a tab asks of the disk. */
export interface StoreOperation {
  readonly kind: 'open' | 'read' | 'update' | 'remove';
  readonly database: string;
  readonly tab: SimTab;
}

/** An update at the moment of its commit. */
export interface StoreCommit extends StoreOperation {
  readonly writes: readonly Write[];
  readonly durability: Durability;
}

/**
 * What goes wrong with one operation. `fail` rejects, at the start or when all is written but not committed · `hang` never settles ·
 * `rerun` is a handle that died and was replaced: `decide` runs a second time, after a first commit nobody heard of or without one.
 */
export type StoreFault =
  | { readonly kind: 'fail'; readonly code: StoreFailure; readonly at?: 'start' | 'commit' | undefined }
  | { readonly kind: 'hang' }
  | { readonly kind: 'rerun'; readonly committed: boolean };

/** Where a tab may die inside an update: nothing is stored yet · everything is, and the tab does not know. */
export type StorePoint = 'before-commit' | 'committed';

export type StorePhase = 'open' | 'read' | 'update' | 'commit' | 'remove';

export interface SimDiskOptions {
  /** Virtual milliseconds that each phase takes; 0 by default. A commit of 0 is done in the event of its update. */
  readonly latencyMs?: ((phase: StorePhase) => number) | undefined;
  /** Real stores of this one device, on which every transaction runs. */
  readonly realStores?: RealStores | undefined;
}

/** One tab's open handle. */
export interface DiskHandle {
  readonly name: string;
  readonly tab: SimTab;
  interrupt(reason: 'version_change' | 'closed'): void;
}

interface Container {
  data: MemoryDatabase;
  exists: boolean;
  readonly queue: MemoryQueue;
}

export class SimDisk {
  readonly scheduler: SimScheduler;
  readonly latencyMs: (phase: StorePhase) => number;
  /** What lies below; null when all is in memory. */
  readonly real: RealDisk | null;
  readonly counts: StoreCounts = noCounts();
  readonly markers: Map<string, string> = new Map();
  /** Every put is refused with `quota`; reading and deleting work. */
  full: boolean = false;
  /** No database opens: private mode, or a browser without storage. */
  unavailable: boolean = false;
  /** Told of each operation that was refused, as it is. */
  onRefusal: ((operation: StoreOperation, code: StoreFailure) => void) | null = null;
  /** What `space()` tells. */
  usage: Omit<StoreSpace, 'persisted'> = { usage: 0, quota: 1_000_000_000 };
  persisted: boolean = false;
  /** What `persist()` answers. */
  agreesToPersist: boolean = false;
  /** Asked at each operation, after what `failNext` planned. */
  fault: ((operation: StoreOperation) => StoreFault | undefined) | null = null;
  /** Called inside each update, where it may kill the tab. */
  atPoint: ((point: StorePoint, commit: StoreCommit) => void) | null = null;
  readonly #containers = new Map<string, Container>();
  readonly #handles = new Set<DiskHandle>();
  /** Who waits until nothing blocks an upgrade any more; null while nothing does. */
  #blocked: Set<() => void> | null = null;
  readonly #planned: { kind: StoreOperation['kind']; fault: StoreFault; times: number }[] = [];

  constructor(scheduler: SimScheduler, options: SimDiskOptions = {}) {
    this.scheduler = scheduler;
    this.latencyMs = options.latencyMs ?? ((): number => 0);
    this.real = options.realStores ? new RealDisk(options.realStores) : null;
  }

  /** The next `times` operations of that kind, on any database, go wrong like this. */
  failNext(kind: StoreOperation['kind'], fault: StoreFault, times = 1): void {
    this.#planned.push({ kind, fault, times });
  }

  /** Whether something that is written now to a database that is open may be refused. */
  get isRefusing(): boolean {
    return this.full || this.#planned.length > 0;
  }

  /** Whether an old tab holds an older version of every database open. */
  get isBlocked(): boolean {
    return this.#blocked !== null;
  }

  /**
   * An old tab stands in the way of every upgrade: nothing opens until what this returns is called.
   * @param onFree called then, where somebody still waits.
   */
  block(onFree: () => void = () => undefined): () => void {
    const waiting = (this.#blocked ??= new Set());
    return () => {
      if (this.#blocked !== waiting) return;
      this.#blocked = null;
      if (waiting.size > 0) onFree();
      for (const go of waiting) go();
    };
  }

  /** Calls once nothing blocks an upgrade, at once where nothing does. Returns how to give up. */
  whenUnblocked(go: () => void): Cancel {
    const waiting = this.#blocked;
    if (waiting === null) {
      go();
      return () => undefined;
    }
    waiting.add(go);
    return () => void waiting.delete(go);
  }

  takeFault(operation: StoreOperation): StoreFault | undefined {
    const index = this.#planned.findIndex((plan) => plan.kind === operation.kind);
    const plan = this.#planned[index];
    if (!plan) return this.fault?.(operation);
    plan.times -= 1;
    if (plan.times === 0) this.#planned.splice(index, 1);
    return plan.fault;
  }

  names(): readonly string[] {
    return [...this.#containers].flatMap(([name, { exists }]) => (exists ? [name] : []));
  }

  /** The content of a database, created empty where there is none. For oracles, for `damage`, and for stores. */
  data(name: string): MemoryDatabase {
    const container = this.#container(name);
    container.exists = true;
    return container.data;
  }

  queue(name: string): MemoryQueue {
    return this.#container(name).queue;
  }

  /** Whether a session of that id lies in any of its databases, pending or packed. */
  holds(id: string): boolean {
    const tables: readonly TableName[] = ['operations', 'history', 'overlay'];
    return [...this.#containers.keys()].some((database) => tables.some((table) => JSON.stringify(this.rows(database, table)).includes(id)));
  }

  /** Everything in which the real stores differed from what they must do, and do now. */
  async differences(): Promise<readonly string[]> {
    for (const name of this.real ? this.names() : []) await this.real?.check(name, this.data(name));
    return this.real?.differences ?? [];
  }

  /** Rows of one table, for oracles; not copied. Empty where there is no such database. */
  rows(name: string, table: TableName): ReturnType<MemoryDatabase['rows']> {
    return this.#containers.get(name)?.data.rows(table) ?? [];
  }

  /** Removes one database, or all, as the browser does under pressure. Open handles hear `closed`; markers stay. */
  evict(name?: string): void {
    for (const [key, container] of this.#containers) {
      if (name !== undefined && key !== name) continue;
      container.data = new MemoryDatabase(this.counts);
      container.exists = false;
      this.real?.evict(key);
      this.interrupt(key, 'closed');
    }
  }

  /** Removes a database for good; tabs that still have it open would make it anew. */
  forget(name: string): void {
    const container = this.#containers.get(name);
    if (!container) return;
    container.data = new MemoryDatabase(this.counts);
    container.exists = false;
  }

  /** Removes everything of the origin, markers too. */
  wipe(): void {
    this.evict();
    this.markers.clear();
    this.persisted = false;
  }

  /** The operating system wrote everything down. */
  flush(): void {
    for (const { data } of this.#containers.values()) data.flush();
  }

  /** The machine dies: relaxed commits since the last strict one are lost, but for the oldest `kept`. The caller kills the tabs. */
  crash(kept = 0): void {
    for (const { data } of this.#containers.values()) data.crash(kept);
  }

  /** The same content on another disk: a backup, or a profile copied to a second machine. */
  copy(): SimDisk {
    const other = new SimDisk(this.scheduler, { latencyMs: this.latencyMs });
    other.restore(this);
    return other;
  }

  /** Replaces everything here by what `backup` holds. Open handles hear `closed`. */
  restore(backup: SimDisk): void {
    this.evict();
    for (const [name, { data, exists }] of backup.#containers) Object.assign(this.#container(name), { data: data.copy(), exists });
    this.markers.clear();
    for (const [name, value] of backup.markers) this.markers.set(name, value);
  }

  /** Takes the handle away from every tab, or from all but one. They reopen by themselves on the next call. */
  interrupt(name: string, reason: 'version_change' | 'closed', except?: SimTab): void {
    this.real?.stores.interrupt(name);
    for (const handle of [...this.#handles]) {
      if (handle.name === name && handle.tab !== except) handle.interrupt(reason);
    }
  }

  /** Counts an open handle until the returned function is called. */
  attach(handle: DiskHandle): Cancel {
    this.#handles.add(handle);
    return () => void this.#handles.delete(handle);
  }

  #container(name: string): Container {
    let container = this.#containers.get(name);
    if (!container) {
      container = { data: new MemoryDatabase(this.counts), exists: false, queue: new MemoryQueue(this.scheduler) };
      this.#containers.set(name, container);
    }
    return container;
  }
}

/** An empty disk. */
export function createSimDisk(scheduler: SimScheduler, options?: SimDiskOptions): SimDisk {
  return new SimDisk(scheduler, options);
}
