// The store port over a simulated disk: same behaviour as the real store, every step an event of the scheduler.
import type { Cancel, Decision, Durability, Read, Row, Store, StoreFactory, StoreFailure, StoreSpace, Write } from '../ports.ts';
import { createStoreError } from '../store-error.ts';
import { SimDisk, type StoreFault, type StoreOperation } from './sim-disk.ts';
import type { SimTab } from './sim-tab.ts';

type Found = readonly (readonly Row[])[];
type Interruption = 'version_change' | 'closed';

interface Settle<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

interface Update<T> extends Settle<T> {
  readonly reads: readonly Read[];
  readonly decide: (found: Found) => Decision<T>;
  readonly durability: Durability;
}

export class MemoryStore implements Store {
  readonly name: string;
  readonly tab: SimTab;
  readonly #disk: SimDisk;
  readonly #listeners = new Set<(reason: Interruption) => void>();
  readonly #undo: readonly Cancel[];
  #closed = false;

  constructor(disk: SimDisk, tab: SimTab, name: string) {
    this.#disk = disk;
    this.tab = tab;
    this.name = name;
    const pump = (): void => disk.queue(name).pump();
    this.#undo = [disk.attach(this), tab.onResume(pump), tab.onKill(() => (this.#detach(), pump()))];
  }

  read(reads: readonly Read[]): Promise<Found> {
    return this.#queued('read', (settle, done) => {
      const fault = this.#disk.takeFault(this.#operation('read'));
      this.#disk.counts.reads += 1;
      if (fault?.kind === 'hang') return done();
      if (fault?.kind === 'fail') this.#refuse(settle, fault.code);
      else this.#settle(settle, () => this.#disk.data(this.name).read(reads));
      done();
    });
  }

  update<T>(reads: readonly Read[], decide: (found: Found) => Decision<T>, durability: Durability): Promise<T> {
    return this.#queued<T>('update', (settle, done) => {
      this.#disk.counts.updates += 1;
      this.#begin({ ...settle, reads, decide, durability }, this.#disk.takeFault(this.#operation('update')), done);
    });
  }

  space(): Promise<StoreSpace> {
    return Promise.resolve({ ...this.#disk.usage, persisted: this.#disk.persisted });
  }

  persist(): Promise<boolean> {
    this.#disk.persisted ||= this.#disk.agreesToPersist;
    return Promise.resolve(this.#disk.persisted);
  }

  onInterrupted(listener: (reason: Interruption) => void): Cancel {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** For the disk: the handle is gone. */
  interrupt(reason: Interruption): void {
    for (const listener of [...this.#listeners]) this.tab.deliver(() => listener(reason));
  }

  /** Nothing to let go: a handle here blocks nobody. */
  release(): void {}

  close(): Promise<void> {
    this.#closed = true;
    this.#detach();
    return Promise.resolve();
  }

  #queued<T>(phase: 'read' | 'update', work: (settle: Settle<T>, done: () => void) => void): Promise<T> {
    if (this.#closed) return Promise.reject(createStoreError('closed', 'the store was closed'));
    return new Promise((resolve, reject) => {
      const run = (done: () => void): void => work({ resolve, reject }, done);
      this.#disk.queue(this.name).add({ tab: this.tab, latencyMs: this.#disk.latencyMs(phase), run });
    });
  }

  #begin<T>(update: Update<T>, fault: StoreFault | undefined, done: () => void): void {
    if (fault?.kind === 'hang') return done();
    if (fault?.kind === 'fail' && fault.at !== 'commit') return this.#end(update, fault.code, done);
    let decision: Decision<T>;
    let writes: readonly Write[];
    const data = this.#disk.data(this.name);
    try {
      decision = checkDecision(update.decide(data.read(update.reads)));
      writes = data.prepare(decision.writes);
    } catch (error) {
      this.tab.deliver(() => update.reject(error));
      return done();
    }
    if (fault?.kind === 'rerun') return this.#rerun(update, fault.committed ? writes : [], done);
    this.#disk.atPoint?.('before-commit', { ...this.#operation('update'), writes, durability: update.durability });
    const commit = (): void => {
      // Taken away in mid-transaction: it was never there for the database that is there now.
      if (this.tab.alive && this.#disk.data(this.name) !== data) this.#again(update, done);
      else this.#commit(update, { writes, result: decision.result }, fault, done);
    };
    const latency = this.#disk.latencyMs('commit');
    if (latency === 0) commit();
    else this.#disk.scheduler.schedule(this.#disk.scheduler.now + latency, commit);
  }

  #commit<T>(update: Update<T>, decision: Decision<T>, fault: StoreFault | undefined, done: () => void): void {
    if (!this.tab.alive) return done();
    if (fault?.kind === 'fail') return this.#end(update, fault.code, done);
    if (this.#disk.full && decision.writes.some((write) => write.kind === 'put')) return this.#end(update, 'quota', done);
    this.#disk.data(this.name).commit(decision.writes, update.durability);
    this.#disk.atPoint?.('committed', { ...this.#operation('update'), writes: decision.writes, durability: update.durability });
    done();
    this.tab.deliver(() => update.resolve(decision.result));
  }

  // The handle died; a new one runs the whole again in its turn.
  #rerun<T>(update: Update<T>, committed: readonly Write[], done: () => void): void {
    if (committed.length > 0) this.#disk.data(this.name).commit(committed, update.durability);
    this.interrupt('closed');
    this.#again(update, done);
  }

  #again<T>(update: Update<T>, done: () => void): void {
    const run = (again: () => void): void => this.#begin(update, undefined, again);
    this.#disk.queue(this.name).add({ tab: this.tab, latencyMs: this.#disk.latencyMs('open'), run });
    done();
  }

  #settle<T>(settle: Settle<T>, work: () => T): void {
    try {
      const value = work();
      this.tab.deliver(() => settle.resolve(value));
    } catch (error) {
      this.tab.deliver(() => settle.reject(error));
    }
  }

  #end<T>(settle: Settle<T>, code: StoreFailure, done: () => void): void {
    this.#refuse(settle, code);
    done();
  }

  #refuse<T>(settle: Settle<T>, code: StoreFailure): void {
    this.tab.deliver(() => settle.reject(createStoreError(code, `simulated: ${code}`)));
  }

  #operation(kind: StoreOperation['kind']): StoreOperation {
    return { kind, database: this.name, tab: this.tab };
  }

  #detach(): void {
    for (const undo of this.#undo) undo();
    this.#listeners.clear();
  }
}

function checkDecision<T>(decision: Decision<T>): Decision<T> {
  if (Array.isArray(decision?.writes)) return decision;
  throw new TypeError('decide must return its writes at once, not a promise');
}

class MemoryStores implements StoreFactory {
  readonly #disk: SimDisk;
  readonly #tab: SimTab;

  constructor(disk: SimDisk, tab: SimTab) {
    this.#disk = disk;
    this.#tab = tab;
  }

  open(name: string): Promise<Store> {
    return this.#later('open', name, () => {
      this.#disk.data(name);
      return new MemoryStore(this.#disk, this.#tab, name);
    });
  }

  openVolatile(name: string): Promise<Store> {
    const disk = new SimDisk(this.#disk.scheduler, { latencyMs: this.#disk.latencyMs });
    return Promise.resolve(new MemoryStore(disk, this.#tab, name));
  }

  remove(name: string): Promise<void> {
    return this.#later('remove', name, () => {
      this.#disk.interrupt(name, 'version_change');
      this.#disk.forget(name);
    });
  }

  readMarker(name: string): string | null {
    return this.#disk.markers.get(name) ?? null;
  }

  writeMarker(name: string, value: string | null): void {
    if (!this.#tab.alive) return;
    if (value === null) this.#disk.markers.delete(name);
    else this.#disk.markers.set(name, value);
  }

  #later<T>(kind: 'open' | 'remove', name: string, work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const { scheduler, latencyMs } = this.#disk;
      scheduler.schedule(scheduler.now + latencyMs(kind), () => {
        this.#tab.deliver(() => {
          const fault = this.#disk.takeFault({ kind, database: name, tab: this.#tab });
          const code = this.#disk.unavailable ? 'unavailable' : fault?.kind === 'fail' ? fault.code : null;
          if (code) reject(createStoreError(code, `simulated: ${code}`));
          else if (fault?.kind !== 'hang') resolve(work());
        });
      });
    });
  }
}

/** The store port of one tab over that disk. */
export function createMemoryStores(disk: SimDisk, tab: SimTab): StoreFactory {
  return new MemoryStores(disk, tab);
}
