// One tab's open store on a simulated disk: same behaviour as the real store, every step an event of the scheduler. Over a real one
// each transaction is the real one's, and what goes wrong with it is still the disk's.
import type { Cancel, Decision, Durability, Read, Row, Store, StoreFailure, StoreSpace, Write } from '../ports.ts';
import { createStoreError } from '../store-error.ts';
import type { MemoryDatabase } from './memory-database.ts';
import type { RealHandle } from './real-disk.ts';
import type { SimDisk, StoreFault, StoreOperation } from './sim-disk.ts';
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

/** What came of asking `decide`. */
type Decided<T> = { readonly writes: readonly Write[]; readonly result: T } | { readonly error: unknown };

export class MemoryStore implements Store {
  readonly name: string;
  readonly tab: SimTab;
  readonly #disk: SimDisk;
  readonly #real: RealHandle | null;
  readonly #listeners = new Set<(reason: Interruption) => void>();
  readonly #undo: readonly Cancel[];
  #closed = false;
  /** Calls that are not done yet. */
  #calls = 0;

  constructor(disk: SimDisk, tab: SimTab, name: string, real: RealHandle | null = null) {
    this.#disk = disk;
    this.#real = real;
    this.tab = tab;
    this.name = name;
    const pump = (): void => disk.queue(name).pump();
    const die = (): void => {
      this.#detach();
      void this.#real?.close();
      pump();
    };
    this.#undo = [disk.attach(this), tab.onResume(pump), tab.onKill(die)];
  }

  read(reads: readonly Read[]): Promise<Found> {
    return this.#queued('read', (settle, done) => {
      const fault = this.#disk.takeFault(this.#operation('read'));
      this.#disk.counts.reads += 1;
      if (fault?.kind === 'hang') return done();
      if (fault?.kind === 'fail') return this.#end('read', settle, fault.code, done);
      this.#find(settle, reads, done);
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

  /** Nothing to let go but the real one: a handle here blocks nobody. */
  release(): void {
    this.#real?.release();
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#detach();
    this.#closeReal();
    return Promise.resolve();
  }

  #queued<T>(phase: 'read' | 'update', work: (settle: Settle<T>, done: () => void) => void): Promise<T> {
    if (this.#closed) return Promise.reject(createStoreError('closed', 'the store was closed'));
    return new Promise((resolve, reject) => {
      this.#enqueue(phase, (done) => work({ resolve, reject }, done));
    });
  }

  #enqueue(phase: 'read' | 'update' | 'open', work: (done: () => void) => void): void {
    this.#calls += 1;
    const run = (done: () => void): void =>
      work(() => {
        this.#calls -= 1;
        this.#closeReal();
        done();
      });
    this.#disk.queue(this.name).add({ tab: this.tab, latencyMs: this.#disk.latencyMs(phase), run });
  }

  // What was begun before the end still finishes.
  #closeReal(): void {
    if (this.#closed && this.#calls === 0) void this.#real?.close();
  }

  #find(settle: Settle<Found>, reads: readonly Read[], done: () => void): void {
    const data = this.#disk.data(this.name);
    const end = (deliver: () => void): void => {
      this.tab.deliver(deliver);
      done();
    };
    if (this.#real) return void this.#real.read(reads, data).then((found) => end(() => settle.resolve(found)), (error: unknown) => end(() => settle.reject(error)));
    try {
      const found = data.read(reads);
      end(() => settle.resolve(found));
    } catch (error) {
      end(() => settle.reject(error));
    }
  }

  #begin<T>(update: Update<T>, fault: StoreFault | undefined, done: () => void): void {
    if (fault?.kind === 'hang') return done();
    if (fault?.kind === 'fail' && fault.at !== 'commit') return this.#end('update', update, fault.code, done);
    const data = this.#disk.data(this.name);
    this.#transact(update, data, fault, (decided) => {
      if ('error' in decided) {
        this.tab.deliver(() => update.reject(decided.error));
        return done();
      }
      if (fault?.kind === 'rerun') return this.#rerun(update, fault.committed ? decided.writes : [], done);
      const commit = (): void => {
        // Taken away in mid-transaction: it was never there for the database that is there now.
        if (this.tab.alive && this.#disk.data(this.name) !== data) this.#again(update, done);
        else this.#commit(update, decided, fault, done);
      };
      const latency = this.#disk.latencyMs('commit');
      if (latency === 0) commit();
      else this.#disk.scheduler.schedule(this.#disk.scheduler.now + latency, commit);
    });
  }

  // Over a real store this is the whole transaction, which ends at once; the latency of a commit is between it and its success.
  #transact<T>(update: Update<T>, data: MemoryDatabase, fault: StoreFault | undefined, next: (decided: Decided<T>) => void): void {
    let decided: Decided<T> | null = null;
    const decide = (find: () => Found): readonly Write[] | null => {
      try {
        const decision = checkDecision(update.decide(find()));
        decided = { writes: data.prepare(decision.writes), result: decision.result };
      } catch (error) {
        decided = { error };
        return null;
      }
      if (fault?.kind === 'rerun') return fault.committed ? decided.writes : null;
      this.#disk.atPoint?.('before-commit', { ...this.#operation('update'), writes: decided.writes, durability: update.durability });
      return this.#refusal(decided.writes, fault) === null ? decided.writes : null;
    };
    if (this.#real) return void this.#real.update(update.reads, data, update.durability, (found) => decide(() => found)).then(() => next(decided ?? nobodyDecided()));
    decide(() => data.read(update.reads));
    next(decided ?? nobodyDecided());
  }

  /** Why these writes are not committed now; null when they are. */
  #refusal(writes: readonly Write[], fault: StoreFault | undefined): StoreFailure | 'dead' | null {
    if (!this.tab.alive) return 'dead';
    if (fault?.kind === 'fail') return fault.code;
    return this.#disk.full && writes.some((write) => write.kind === 'put') ? 'quota' : null;
  }

  #commit<T>(update: Update<T>, decision: Decision<T>, fault: StoreFault | undefined, done: () => void): void {
    const refusal = this.#refusal(decision.writes, fault);
    if (refusal === 'dead') return done();
    if (refusal !== null) return this.#end('update', update, refusal, done);
    this.#store(decision.writes, update.durability);
    this.#disk.atPoint?.('committed', { ...this.#operation('update'), writes: decision.writes, durability: update.durability });
    done();
    this.tab.deliver(() => update.resolve(decision.result));
  }

  #store(writes: readonly Write[], durability: Durability): void {
    const data = this.#disk.data(this.name);
    data.commit(writes, durability);
    this.#real?.confirm(data);
  }

  // The handle died; a new one runs the whole again in its turn.
  #rerun<T>(update: Update<T>, committed: readonly Write[], done: () => void): void {
    if (committed.length > 0) this.#store(committed, update.durability);
    this.interrupt('closed');
    this.#again(update, done);
  }

  #again<T>(update: Update<T>, done: () => void): void {
    this.#enqueue('open', (again) => this.#begin(update, undefined, again));
    done();
  }

  #end<T>(kind: 'read' | 'update', settle: Settle<T>, code: StoreFailure, done: () => void): void {
    this.#disk.onRefusal?.(this.#operation(kind), code);
    this.tab.deliver(() => settle.reject(createStoreError(code, `simulated: ${code}`)));
    done();
  }

  #operation(kind: StoreOperation['kind']): StoreOperation {
    return { kind, database: this.name, tab: this.tab };
  }

  #detach(): void {
    for (const undo of this.#undo) undo();
    this.#listeners.clear();
  }
}

/** The real store never came to ask. */
function nobodyDecided(): { readonly error: unknown } {
  return { error: createStoreError('aborted', 'nobody decided') };
}

function checkDecision<T>(decision: Decision<T>): Decision<T> {
  if (Array.isArray(decision?.writes)) return decision;
  throw new TypeError('decide must return its writes at once, not a promise');
}
