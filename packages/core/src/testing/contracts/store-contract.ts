// What every store promises the engine. Two factories stand for two tabs of one device.
import type { Read, Row, Store, StoreFactory, Write } from '../../ports.ts';
import { casesOf, check, checkEqual, rejectionOf, type ContractCase, type ContractWorld } from './contract-case.ts';

export interface StoreWorld extends ContractWorld {
  readonly first: StoreFactory;
  /** Another tab's; the same as `first` where nothing is shared between tabs. */
  readonly second: StoreFactory;
  /** Makes a newer, compatible version want in; undefined where nothing can interrupt a store. */
  interrupt?(name: string): Promise<void>;
}

const NAME = 'contract';
const put = (key: string | number, value: unknown, table: Write['table'] = 'meta'): Write => ({ kind: 'put', table, key, value });
const write = (store: Store, ...writes: Write[]): Promise<void> => store.update([], () => ({ writes, result: undefined }), 'relaxed');
const only = async (store: Store, read: Read): Promise<readonly Row[]> => (await store.read([read]))[0] ?? [];
const all = (store: Store, table: Read['table'] = 'meta'): Promise<readonly Row[]> => only(store, { table });
const keys = async (store: Store, read: Read): Promise<readonly (string | number)[]> => (await only(store, read)).map(({ key }) => key);

async function increment(store: Store): Promise<number> {
  return store.update([{ table: 'meta', key: 'counter' }], ([rows]) => {
    const next = Number(rows?.[0]?.value ?? 0) + 1;
    return { writes: [put('counter', next)], result: next };
  }, 'relaxed');
}

const reading: Record<string, (world: StoreWorld) => Promise<void>> = {
  'a new store is empty': async ({ first }) => {
    const store = await first.open(NAME);
    checkEqual(await store.read([{ table: 'meta' }, { table: 'operations', key: 1 }]), [[], []]);
    checkEqual(await store.read([]), []);
  },
  'one list of rows for each read, in their order': async ({ first }) => {
    const store = await first.open(NAME);
    await write(store, put('a', 1), put(7, 'x', 'operations'));
    const found = await store.read([{ table: 'operations', key: 7 }, { table: 'meta', key: 'none' }, { table: 'meta' }]);
    checkEqual(found, [[{ key: 7, value: 'x' }], [], [{ key: 'a', value: 1 }]]);
  },
  'a table comes in key order': async ({ first }) => {
    const store = await first.open(NAME);
    await write(store, ...[9, 1, 30, 2, 10].map((key) => put(key, key, 'operations')));
    checkEqual(await keys(store, { table: 'operations' }), [1, 2, 9, 10, 30]);
  },
  'numbers before strings, strings by code unit': async ({ first }) => {
    const store = await first.open(NAME);
    const inOrder = [-1.5, 0, 2, 10, '', '10', '2', 'B', 'a', 'ä', '😀', '\uffee'];
    await write(store, ...inOrder.toReversed().map((key) => put(key, 0)));
    checkEqual(await keys(store, { table: 'meta' }), inOrder);
  },
};

const writing: Record<string, (world: StoreWorld) => Promise<void>> = {
  'update returns the result and shows its own reads': async ({ first }) => {
    const store = await first.open(NAME);
    await write(store, put('a', 1));
    const result = await store.update([{ table: 'meta', key: 'a' }], (found) => ({ writes: [], result: found[0]?.[0]?.value }), 'strict');
    checkEqual(result, 1);
  },
  'writes happen in their order': async ({ first }) => {
    const store = await first.open(NAME);
    await write(store, put('a', 1), { kind: 'delete', table: 'meta', key: 'a' }, put('a', 2), put('b', 1), { kind: 'delete', table: 'meta', key: 'b' });
    checkEqual(await all(store), [{ key: 'a', value: 2 }]);
  },
  'deleteRange includes both bounds': async ({ first }) => {
    const store = await first.open(NAME);
    await write(store, ...[1, 2, 3, 4, 5].map((key) => put(key, 0, 'operations')));
    await write(store, { kind: 'deleteRange', table: 'operations', from: 2, to: 4 });
    checkEqual(await keys(store, { table: 'operations' }), [1, 5]);
    await write(store, { kind: 'deleteRange', table: 'operations', from: 9, to: 1 });
    checkEqual(await keys(store, { table: 'operations' }), [1, 5]);
  },
  'deleting what is not there is no error': async ({ first }) => {
    const store = await first.open(NAME);
    await write(store, { kind: 'delete', table: 'running', key: 'none' });
  },
  'when decide throws, nothing is written and the same error comes out': async ({ first }) => {
    const store = await first.open(NAME);
    const mine = Object.assign(new Error('mine'), { name: 'InvalidStateError' });
    const error = await rejectionOf(store.update([{ table: 'meta' }], () => { throw mine; }, 'strict'));
    check(error === mine, 'another error came out');
    await increment(store);
    checkEqual(await all(store), [{ key: 'counter', value: 1 }]);
  },
  'a decide that returns a promise is refused and writes nothing': async ({ first }) => {
    const store = await first.open(NAME);
    const late = async (): Promise<never> => ({ writes: [put('a', 1)], result: null }) as never;
    const error = await rejectionOf(store.update([], late as never, 'strict'));
    checkEqual(error.name, 'TypeError');
    checkEqual(await all(store), []);
  },
  'a value that cannot be stored takes all writes of its update with it': async ({ first }) => {
    const store = await first.open(NAME);
    for (const bad of [put('b', () => 1), put('b', undefined), put(Number.NaN, 1)]) {
      const error = await rejectionOf(write(store, put('a', 1, 'running'), put(1, 1, 'operations'), bad));
      checkEqual([error.name, error.code], ['StoreError', 'aborted']);
    }
    checkEqual(await store.read([{ table: 'running' }, { table: 'operations' }, { table: 'meta' }]), [[], [], []]);
  },
};

const values: Record<string, (world: StoreWorld) => Promise<void>> = {
  'values are copied in and out': async ({ first }) => {
    const store = await first.open(NAME);
    const value = { list: [1, 2], inner: { a: 1 } };
    const pending = write(store, put('a', value));
    await pending;
    value.list.push(3);
    const found = (await all(store))[0]?.value as typeof value | undefined;
    checkEqual(found, { list: [1, 2], inner: { a: 1 } });
    if (found) found.inner.a = 9;
    checkEqual((await all(store))[0]?.value, { list: [1, 2], inner: { a: 1 } });
  },
  'typed arrays, dates, maps and odd keys come back as they were': async ({ first }) => {
    const store = await first.open(NAME);
    const bytes = new Uint8Array([0, 1, 255]);
    const value = {
      bytes, part: bytes.subarray(1), times: new Float64Array([0, -0, 1.5, 8.64e15]), numbers: new Uint32Array([4_294_967_295]),
      when: new Date(0), map: new Map([['a', { b: 1 }]]), none: null, missing: undefined, infinite: Infinity, text: 'ä\u0000\ud800',
      odd: JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1}'),
    };
    await write(store, put('a', value));
    const found = (await all(store))[0]?.value as typeof value;
    checkEqual(found, value);
    check((found.odd as { polluted?: boolean }).polluted === undefined, 'a stored `__proto__` became a prototype');
    check(found.part.byteLength === 2, 'a part of a buffer changed its length');
  },
  'big values': async ({ first }) => {
    const store = await first.open(NAME);
    const bytes = new Uint8Array(1_500_000).map((_, index) => (index * 31) & 255);
    const text = 'ä1'.repeat(300_000);
    await write(store, put(1, { bytes, text }, 'history'));
    const found = (await all(store, 'history'))[0]?.value as { bytes: Uint8Array; text: string };
    check(found.text === text, 'the text changed');
    check(found.bytes.length === bytes.length && found.bytes.every((byte, index) => byte === bytes[index]), 'the bytes changed');
  },
};

const lasting: Record<string, (world: StoreWorld) => Promise<void>> = {
  'what was written is there after closing and opening': async ({ first, second }) => {
    const store = await first.open(NAME);
    await write(store, put('a', 1));
    await store.close();
    checkEqual(await all(await first.open(NAME)), [{ key: 'a', value: 1 }]);
    checkEqual(await all(await second.open(NAME)), [{ key: 'a', value: 1 }]);
  },
  'both tabs see one store, and another name is another store': async ({ first, second }) => {
    const [here, there, other] = [await first.open(NAME), await second.open(NAME), await second.open('other')];
    await write(here, put('a', 1));
    checkEqual([await all(there), await all(other)], [[{ key: 'a', value: 1 }], []]);
  },
  '200 updates at once from two tabs: none is lost, none comes between another\'s read and write': async ({ first, second }) => {
    const [here, there] = [await first.open(NAME), await second.open(NAME)];
    const results = await Promise.all(Array.from({ length: 200 }, (_, index) => increment(index % 2 ? here : there)));
    checkEqual(new Set(results).size, 200, 'distinct results');
    checkEqual(await all(here), [{ key: 'counter', value: 200 }]);
  },
  'nobody sees half of an update': async ({ first, second }) => {
    const [here, there] = [await first.open(NAME), await second.open(NAME)];
    const writers = Array.from({ length: 20 }, (_, n) => write(here, put('a', n), put(1, n, 'operations')));
    const readers = Array.from({ length: 20 }, () => there.read([{ table: 'meta', key: 'a' }, { table: 'operations', key: 1 }]));
    for (const [meta, operations] of await Promise.all(readers)) checkEqual(meta?.[0]?.value, operations?.[0]?.value);
    await Promise.all(writers);
  },
  'a tab that hears of an update as soon as it is decided reads what was written': async ({ first, second }) => {
    const [here, there] = [await first.open(NAME), await second.open(NAME)];
    for (let n = 0; n < 20; n += 1) {
      let looked: Promise<readonly Row[]> | null = null;
      const look = (): void => void (looked = all(there));
      await here.update([{ table: 'meta', key: 'a' }], () => {
        void Promise.resolve().then(look);
        return { writes: [put('a', n), put(1, n, 'operations')], result: undefined };
      }, n % 2 === 0 ? 'strict' : 'relaxed');
      checkEqual(await (looked ?? []), [{ key: 'a', value: n }]);
    }
  },
  'removing takes everything, and tells whoever had it open': async ({ first, second }) => {
    const [here, there] = [await first.open(NAME), await second.open(NAME)];
    await write(here, put('a', 1));
    const heard = new Promise((resolve) => there.onInterrupted(resolve));
    await here.close();
    await first.remove(NAME);
    checkEqual(await heard, 'version_change');
    await first.remove(NAME);
    checkEqual(await all(await first.open(NAME)), []);
  },
  'a handle taken from outside comes back by itself': async ({ first, interrupt }) => {
    if (!interrupt) return;
    const store = await first.open(NAME);
    const heard: string[] = [];
    const stop = store.onInterrupted((reason) => heard.push(reason));
    await write(store, put('a', 1));
    await interrupt(NAME);
    await increment(store);
    checkEqual(heard, ['version_change']);
    checkEqual(await keys(store, { table: 'meta' }), ['a', 'counter']);
    stop();
    stop();
  },
};

const handles: Record<string, (world: StoreWorld) => Promise<void>> = {
  'updates begun one after the other happen in that order': async ({ first }) => {
    const store = await first.open(NAME);
    checkEqual(await Promise.all([increment(store), increment(store), increment(store)]), [1, 2, 3]);
  },
  'a closed store refuses, and closing twice is nothing': async ({ first }) => {
    const store = await first.open(NAME);
    const begun = increment(store);
    await begun;
    await store.close();
    await store.close();
    const errors = [await rejectionOf(store.read([{ table: 'meta' }])), await rejectionOf(increment(store))];
    checkEqual(errors.map(({ name, code }) => [name, code]), [['StoreError', 'closed'], ['StoreError', 'closed']]);
  },
  'a released handle is opened again by the next call': async ({ first }) => {
    const store = await first.open(NAME);
    store.release();
    checkEqual(await increment(store), 1);
    store.release();
    store.release();
    checkEqual(await all(store), [{ key: 'counter', value: 1 }]);
  },
  'space and persistence are told, or null': async ({ first }) => {
    const store = await first.open(NAME);
    const space = await store.space();
    check([space.usage, space.quota].every((bytes) => bytes === null || bytes >= 0), 'bytes below zero');
    check([true, false, null].includes(space.persisted), 'no answer on persistence');
    checkEqual(typeof (await store.persist()), 'boolean');
  },
  'a volatile store is empty, works, and is nobody else\'s': async ({ first }) => {
    const real = await first.open(NAME);
    await write(real, put('a', 1));
    const [one, two] = [await first.openVolatile(NAME), await first.openVolatile(NAME)];
    await increment(one);
    checkEqual([await all(one), await all(two), await all(real)], [[{ key: 'counter', value: 1 }], [], [{ key: 'a', value: 1 }]]);
  },
  'markers are outside the database': async ({ first }) => {
    checkEqual(first.readMarker('contract-marker'), null);
    first.writeMarker('contract-marker', 'x');
    await first.remove('contract-marker');
    checkEqual(first.readMarker('contract-marker'), 'x');
    first.writeMarker('contract-marker', null);
    checkEqual(first.readMarker('contract-marker'), null);
  },
};

/** The contract of the store port. `shared` is false for stores that nobody else sees and that do not outlast their handle. */
export function storeContract(createWorld: () => StoreWorld | Promise<StoreWorld>, shared = true): readonly ContractCase[] {
  return casesOf(createWorld, { ...reading, ...writing, ...values, ...(shared ? lasting : {}), ...handles });
}
