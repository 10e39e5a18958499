// A real store under a simulated disk. Every transaction runs there, too, and what it finds is what tabs hear; the simulated disk says
// what must be found, brings every fault, and is what oracles read. Where the two differ, the real store broke its contract.
import { type Durability, type Read, type Row, type Store, type StoreFactory, TABLES, type Write } from '../ports.ts';
import { checkEqual } from './contracts/contract-case.ts';
import type { MemoryDatabase } from './memory-database.ts';

type Found = readonly (readonly Row[])[];
/** What to write; null to write nothing and abort. */
type Decide = (found: Found) => readonly Write[] | null;

/** Real stores of one device, handed in from outside, and how the simulation takes them away. */
export interface RealStores extends Pick<StoreFactory, 'open' | 'openVolatile' | 'remove'> {
  /** Closes every handle of that database from outside, as browsers do. */
  interrupt(name: string): void;
  /** Told of all work there. It takes no virtual time: time has to stand still until the promise is settled. */
  during<T>(work: Promise<T>): Promise<T>;
}

const WHOLE: readonly Read[] = TABLES.map((table) => ({ table }));
const CLEARED: readonly Write[] = TABLES.map((table) => ({ kind: 'deleteRange', table, from: Number.NEGATIVE_INFINITY, to: '\uffff' }));

class Aborted extends Error {}

export class RealDisk {
  /** Everything that was not as it must be, in words. */
  readonly differences: string[] = [];
  readonly stores: RealStores;
  /** The content that a real database has, as its simulated one and how often that had changed by then. */
  readonly #content = new Map<string, { readonly data: MemoryDatabase; readonly changes: number }>();

  constructor(stores: RealStores) {
    this.stores = stores;
  }

  async open(name: string): Promise<RealHandle> {
    return new RealHandle(this, name, await this.stores.during(this.stores.open(name)));
  }

  remove(name: string): Promise<void> {
    return this.stores.during(this.stores.remove(name));
  }

  /** The database is gone, and nobody was asked. */
  evict(name: string): void {
    this.stores.interrupt(name);
    this.remove(name).catch((error: unknown) => this.differs(`${name} cannot be removed: ${String(error)}`));
  }

  differs(what: string): void {
    this.differences.push(what);
  }

  compare(found: Found, expected: Found, what: string): void {
    try {
      checkEqual(found, expected, what);
    } catch (error) {
      this.differs((error as Error).message);
    }
  }

  /** Compares all rows. */
  async check(name: string, data: MemoryDatabase): Promise<void> {
    const handle = await this.open(name);
    await handle.read(WHOLE, data);
    await handle.close();
  }

  /** Makes the real content what the simulated one is, where something happened to it that no transaction did: a crash, a copy. */
  async renew(name: string, data: MemoryDatabase, store: Store): Promise<void> {
    const content = this.#content.get(name);
    if (content?.data === data && content.changes === data.changes) return;
    const puts = TABLES.flatMap((table) => data.rows(table).map(({ key, value }): Write => ({ kind: 'put', table, key, value })));
    await store.update([], () => ({ writes: [...CLEARED, ...puts], result: undefined }), 'strict');
    this.know(name, data);
  }

  /** The real content is that of the simulated one; null when it is not any more. */
  know(name: string, data: MemoryDatabase | null): void {
    if (data === null) this.#content.delete(name);
    else this.#content.set(name, { data, changes: data.changes });
  }
}

/** One tab's open handle. */
export class RealHandle {
  readonly #disk: RealDisk;
  readonly #name: string;
  readonly #store: Store;
  #hasWritten = false;

  constructor(disk: RealDisk, name: string, store: Store) {
    this.#disk = disk;
    this.#name = name;
    this.#store = store;
  }

  /** What the real one finds; never rejects but for reads that are not possible. */
  read(reads: readonly Read[], data: MemoryDatabase): Promise<Found> {
    return this.#disk.stores.during(this.#read(reads, data));
  }

  /** Resolves when it is committed or, by `decide`, aborted. To be followed by `confirm` once the simulated disk has it. */
  update(reads: readonly Read[], data: MemoryDatabase, durability: Durability, decide: Decide): Promise<void> {
    return this.#disk.stores.during(this.#update(reads, data, durability, decide));
  }

  /** What the last update wrote lies on the simulated disk now. Until then a crash may part the two. */
  confirm(data: MemoryDatabase): void {
    if (this.#hasWritten) this.#disk.know(this.#name, data);
  }

  release(): void {
    this.#store.release();
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  async #read(reads: readonly Read[], data: MemoryDatabase): Promise<Found> {
    const expected = data.read(reads);
    try {
      await this.#disk.renew(this.#name, data, this.#store);
      const found = await this.#store.read(reads);
      this.#disk.compare(found, expected, `reading ${JSON.stringify(reads)}`);
      return found;
    } catch (error) {
      this.#disk.differs(`a read failed: ${String(error)}`);
      throw error;
    }
  }

  async #update(reads: readonly Read[], data: MemoryDatabase, durability: Durability, decide: Decide): Promise<void> {
    const write = (found: Found): { readonly writes: readonly Write[]; readonly result: undefined } => {
      this.#disk.compare(found, data.read(reads), `in an update, reading ${JSON.stringify(reads)}`);
      const writes = decide(found);
      if (writes === null) throw new Aborted();
      return { writes, result: undefined };
    };
    this.#hasWritten = false;
    try {
      await this.#disk.renew(this.#name, data, this.#store);
      await this.#store.update(reads, write, durability);
      this.#hasWritten = true;
      this.#disk.know(this.#name, null);
    } catch (error) {
      if (!(error instanceof Aborted)) this.#disk.differs(`an update failed: ${String(error)}`);
    }
  }
}
