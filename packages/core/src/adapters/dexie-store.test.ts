// What goes wrong with browser storage, injected under the real store. Tags are rows of docs/SPEC.md.
import { IDBDatabase, IDBFactory, IDBKeyRange, IDBObjectStore, IDBTransaction } from 'fake-indexeddb';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Row, Store, StoreFactory, Write } from '../ports.ts';
import { createDexieStores } from './dexie-store.ts';

const NAME = 'faults';
const DEADLINE_MS = 5_000;

interface Bench {
  readonly factory: IDBFactory;
  readonly stores: StoreFactory;
}

function bench(): Bench {
  const factory = new IDBFactory();
  return { factory, stores: createDexieStores({ indexedDB: factory, IDBKeyRange, markers: null, openTimeoutMs: DEADLINE_MS }) };
}

/** Lets what is under way get as far as it can without the clock, then lets the deadline pass, as often as asked. */
async function passDeadline(times = 1): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    vi.advanceTimersByTime(DEADLINE_MS);
  }
}

/** How it ended, for what is only awaited after the clock moved. */
const ending = (promise: Promise<unknown>): Promise<unknown> => promise.then(() => 'fine', (error: { code?: unknown }) => error.code);

// The database under test lives on `setImmediate`; only deadlines are timers.
const stopTime = (): unknown => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });

const put = (key: string, value: unknown = 1): Write => ({ kind: 'put', table: 'meta', key, value });
const write = (store: Store, ...writes: Write[]): Promise<void> => store.update([], () => ({ writes, result: undefined }), 'strict');
const all = async (store: Store): Promise<readonly Row[]> => (await store.read([{ table: 'meta' }]))[0] ?? [];
const keys = async (store: Store): Promise<unknown[]> => (await all(store)).map(({ key }) => key);

function openNative(factory: IDBFactory, version: number, newTable?: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = factory.open(NAME, version);
    request.onupgradeneeded = () => newTable !== undefined && request.result.createObjectStore(newTable);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** A request that fails while its transaction goes on, as reading a damaged value does. */
function failingRequest(store: IDBObjectStore, name: string): IDBRequest {
  const request = { onsuccess: null, onerror: null as ((event: unknown) => void) | null, error: new DOMException('damaged', name) };
  store.count().onsuccess = () => request.onerror?.({ target: request, preventDefault: () => undefined, stopPropagation: () => undefined });
  return request as never;
}

/** A request to open that ends in this error, or never. */
function badOpen(error: DOMException | null): IDBOpenDBRequest {
  const request = Object.assign(new EventTarget(), { error, onerror: null as ((event: unknown) => void) | null });
  if (error) setImmediate(() => request.onerror?.({ target: request, preventDefault: () => undefined, stopPropagation: () => undefined }));
  return request as never;
}

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe('[A01] no space', () => {
  it('when putting: refused with quota, and what was there stays', async () => {
    const store = await bench().stores.open(NAME);
    await write(store, put('old'));
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementationOnce(() => { throw new DOMException('full', 'QuotaExceededError'); });
    await expect(write(store, put('new'))).rejects.toMatchObject({ name: 'StoreError', code: 'quota' });
    expect(await keys(store)).toEqual(['old']);
    await write(store, put('after'));
    expect(await keys(store)).toEqual(['after', 'old']);
  });

  it('when committing, the error hidden inside an abort', async () => {
    const store = await bench().stores.open(NAME);
    vi.spyOn(IDBTransaction.prototype, 'commit').mockImplementationOnce(function (this: IDBTransaction) {
      const inner = new DOMException('full', 'QuotaExceededError');
      this.abort();
      Object.defineProperty(this, 'error', { value: Object.assign(new Error('aborted'), { name: 'AbortError', inner }) });
    });
    await expect(write(store, put('new'))).rejects.toMatchObject({ code: 'quota' });
    expect(await keys(store)).toEqual([]);
  });
});

describe('the database does not open', () => {
  it.each([['QuotaExceededError', 'quota'], ['UnknownError', 'unavailable'], ['SecurityError', 'unavailable'], ['InvalidStateError', 'unavailable']])(
    '%s is %s, and nothing is ever deleted', async (name, code) => {
      vi.spyOn(console, 'warn').mockReturnValue();
      const { factory, stores } = bench();
      const store = await stores.open(NAME);
      await write(store, put('unsent'));
      await store.close();
      const deleting = vi.spyOn(factory, 'deleteDatabase');
      const opening = vi.spyOn(factory, 'open').mockImplementation(() => badOpen(new DOMException('no', name)));
      await expect(stores.open(NAME)).rejects.toMatchObject({ name: 'StoreError', code });
      opening.mockRestore();
      expect(await keys(await stores.open(NAME))).toEqual(['unsent']);
      expect(deleting).not.toHaveBeenCalled();
    });
});

describe('[A03] [A04] the handle died', () => {
  it.each(['InvalidStateError', 'UnknownError'])('%s: opened again, and the whole transaction run again', async (name) => {
    const { factory, stores } = bench();
    const store = await stores.open(NAME);
    const opening = vi.spyOn(factory, 'open');
    vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementationOnce(() => { throw new DOMException('lost', name); });
    await write(store, put('a'));
    expect([await keys(store), opening.mock.calls.length]).toEqual([['a'], 1]);
  });

  it('in the middle of a transaction', async () => {
    const { stores } = bench();
    const store = await stores.open(NAME);
    const commit = vi.spyOn(IDBTransaction.prototype, 'commit').mockImplementationOnce(function (this: IDBTransaction) {
      this.db.close();
      this.abort();
    });
    await write(store, put('a'));
    expect([await keys(store), commit.mock.calls.length]).toEqual([['a'], 2]);
  });

  it('again and again: gives up, and neither hangs nor opens without end', async () => {
    const { factory, stores } = bench();
    const store = await stores.open(NAME);
    const opening = vi.spyOn(factory, 'open');
    const broken = vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(() => { throw new DOMException('lost', 'InvalidStateError'); });
    await expect(write(store, put('a'))).rejects.toMatchObject({ code: 'closed' });
    expect(opening.mock.calls.length).toBeLessThanOrEqual(3);
    broken.mockRestore();
    await write(store, put('b'));
    expect(await keys(store)).toEqual(['b']);
  });
});

describe('[A06] an old tab is in the way', () => {
  it('says blocked by the deadline, and opens once the old tab is gone', async () => {
    const { factory, stores } = bench();
    const old = await openNative(factory, 5);
    const requests = vi.spyOn(factory, 'open');
    stopTime();
    const opening = ending(stores.open(NAME));
    await passDeadline();
    expect(await opening).toBe('blocked');
    old.close();
    const store = await stores.open(NAME);
    await write(store, put('a'));
    await store.close();
    // What opened too late was closed again as well.
    const handles = requests.mock.results.map(({ value }) => (value as IDBOpenDBRequest).result);
    expect(handles).toHaveLength(2);
    for (const handle of handles) expect(() => handle.transaction('meta')).toThrow(expect.objectContaining({ name: 'InvalidStateError' }));
  });

  it('removing what another holds open is blocked too', async () => {
    const { factory, stores } = bench();
    const old = await openNative(factory, 5);
    stopTime();
    const removing = ending(stores.remove(NAME));
    await passDeadline();
    expect(await removing).toBe('blocked');
    old.close();
  });
});

describe('[A08] opening never ends', () => {
  it('once: the second attempt gets through', async () => {
    const { factory, stores } = bench();
    vi.spyOn(factory, 'open').mockImplementationOnce(() => badOpen(null));
    stopTime();
    const opening = stores.open(NAME);
    await passDeadline();
    const store = await opening;
    await write(store, put('a'));
    expect(await keys(store)).toEqual(['a']);
  });

  it('for good: unavailable after two attempts', async () => {
    const { factory, stores } = bench();
    const opening = vi.spyOn(factory, 'open').mockImplementation(() => badOpen(null));
    stopTime();
    const end = ending(stores.open(NAME));
    await passDeadline(2);
    expect(await end).toBe('unavailable');
    expect(opening).toHaveBeenCalledTimes(2);
  });
});

describe('[A12] a value cannot be read', () => {
  const damage = (badKey: string): void => {
    const get = IDBObjectStore.prototype.get;
    vi.spyOn(IDBObjectStore.prototype, 'getAll').mockImplementation(function (this: IDBObjectStore) {
      return failingRequest(this, 'DataError');
    });
    vi.spyOn(IDBObjectStore.prototype, 'get').mockImplementation(function (this: IDBObjectStore, key) {
      return key === badKey ? failingRequest(this, 'DataError') : get.call(this, key);
    });
  };
  const expected = [{ key: 'a', value: 1 }, { key: 'b', value: undefined, unreadable: true }, { key: 'c', value: 3 }];

  it('in a table: the others are read, it is named', async () => {
    const store = await bench().stores.open(NAME);
    await write(store, put('a', 1), put('b', 2), put('c', 3));
    damage('b');
    expect(await all(store)).toEqual(expected);
    expect(await store.read([{ table: 'meta', key: 'b' }, { table: 'meta', key: 'c' }])).toEqual([[expected[1]], [expected[2]]]);
  });

  it('inside an update: the update goes on', async () => {
    const store = await bench().stores.open(NAME);
    await write(store, put('a', 1), put('b', 2), put('c', 3));
    damage('b');
    const found = await store.update([{ table: 'meta' }], ([rows]) => ({ writes: [{ kind: 'delete', table: 'meta', key: 'b' }], result: rows }), 'strict');
    expect(found).toEqual(expected);
    vi.restoreAllMocks();
    expect(await keys(store)).toEqual(['a', 'c']);
  });
});

describe('[A13] something else is awaited inside a transaction', () => {
  it('cannot be: a decide that returns a promise is refused, and writes nothing', async () => {
    const store = await bench().stores.open(NAME);
    const late = async (): Promise<unknown> => ({ writes: [put('a')], result: null });
    await expect(store.update([], late as never, 'strict')).rejects.toThrow(TypeError);
    expect(await keys(store)).toEqual([]);
  });
});

describe('[A14] every request succeeded and the transaction aborts', () => {
  it('is never taken for a success', async () => {
    const store = await bench().stores.open(NAME);
    vi.spyOn(IDBTransaction.prototype, 'commit').mockImplementationOnce(function (this: IDBTransaction) {
      this.objectStore('meta').count().onsuccess = () => this.abort();
    });
    await expect(write(store, put('a'))).rejects.toMatchObject({ code: 'aborted' });
    expect(await keys(store)).toEqual([]);
  });
});

describe('[A19] an older schema', () => {
  /** A store as a release left it that knew two tables only. */
  async function older(): Promise<Bench> {
    const made = bench();
    const db = await new Promise<IDBDatabase>((resolve) => {
      const request = made.factory.open(NAME, 5);
      request.onupgradeneeded = () => {
        request.result.createObjectStore('meta').put(7, 'kept');
        request.result.createObjectStore('operations').put('first', 1);
      };
      request.onsuccess = () => resolve(request.result);
    });
    db.close();
    return made;
  }

  /** The next upgrade dies once it has added a table. */
  function dieInUpgrade(): void {
    vi.spyOn(IDBDatabase.prototype, 'createObjectStore').mockImplementationOnce(function (this: IDBDatabase, name: string) {
      const store = this.createObjectStore(name);
      store.transaction.abort();
      return store;
    });
  }

  it('is upgraded, and every row stays', async () => {
    const { stores } = await older();
    const store = await stores.open(NAME);
    await write(store, put('new'), { kind: 'put', table: 'documents', key: 'd', value: 1 });
    expect(await store.read([{ table: 'meta' }, { table: 'operations' }, { table: 'documents' }])).toEqual([
      [{ key: 'kept', value: 7 }, { key: 'new', value: 1 }], [{ key: 1, value: 'first' }], [{ key: 'd', value: 1 }],
    ]);
  });

  it('stays what it was when its upgrade dies half-way, and is upgraded the next time', async () => {
    const { factory, stores } = await older();
    dieInUpgrade();
    await expect(stores.open(NAME)).rejects.toMatchObject({ name: 'StoreError' });
    const left = await openNative(factory, 5);
    expect([...left.objectStoreNames]).toEqual(['meta', 'operations']);
    left.close();
    const store = await stores.open(NAME);
    await write(store, put('new'));
    expect(await all(store)).toEqual([{ key: 'kept', value: 7 }, { key: 'new', value: 1 }]);
  });
});

describe('[A20] written by a newer release', () => {
  it('a compatible one opens', async () => {
    const { factory, stores } = bench();
    await write(await stores.open(NAME), put('a'));
    (await openNative(factory, 13)).close();
    expect(await keys(await stores.open(NAME))).toEqual(['a']);
  });

  it('one that we do not understand is refused and left as it is', async () => {
    const { factory, stores } = bench();
    (await openNative(factory, 20, 'future')).close();
    await expect(stores.open(NAME)).rejects.toMatchObject({ code: 'newer_version' });
    const db = await openNative(factory, 20);
    expect([db.version, ...db.objectStoreNames]).toEqual([20, 'future']);
    db.close();
  });
});

describe('no IndexedDB', () => {
  it('is unavailable, and a volatile store works', async () => {
    const stores = createDexieStores({ indexedDB: undefined, markers: null });
    await expect(stores.open(NAME)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(stores.remove(NAME)).rejects.toMatchObject({ code: 'unavailable' });
    const store = await stores.openVolatile(NAME);
    await write(store, put('a'));
    expect(await keys(store)).toEqual(['a']);
  });
});
