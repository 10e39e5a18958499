// Runs in the page: one durable write by several ways, taken in turns, so that the machine's moods hit all of them alike.
import { Dexie } from 'dexie';
import { createDexieStores } from '../../packages/core/src/adapters/dexie-store.ts';

export interface Timing {
  readonly name: string;
  readonly p50: number;
  readonly p90: number;
}

type Work = (n: number) => Promise<void>;

const session = (n: number) => ({
  id: crypto.randomUUID(), startTime: 1_760_000_000_000 + n * 3_600_000, endTime: 1_760_000_000_000 + n * 3_600_000 + 1_500_000, duration: 25,
  plannedDuration: 25, category: 'deep work', project: 'Syncline', note: 'wrote the part about the store', source: 'web_timer', deviceId: crypto.randomUUID(),
});
const operation = (n: number) => ({ op: crypto.randomUUID(), kind: 'complete', session: session(n), attempts: 0 });

function openRaw(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore('sessions', { keyPath: 'id' });
      request.result.createObjectStore('outbox', { keyPath: 'seq' });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function raw(db: IDBDatabase, commits: boolean): Work {
  return (n) => new Promise((resolve, reject) => {
    const tx = db.transaction(['sessions', 'outbox'], 'readwrite', { durability: 'strict' });
    tx.objectStore('sessions').put(session(n));
    tx.objectStore('outbox').put({ seq: n, ...operation(n) });
    tx.oncomplete = () => resolve();
    tx.onabort = () => reject(tx.error);
    if (commits) tx.commit();
  });
}

async function byDexie(name: string): Promise<Work> {
  const db = new Dexie(name, { chromeTransactionDurability: 'strict' });
  db.version(1).stores({ meta: '', running: '', operations: '', history: '', columns: '', overlay: '', conflicts: '', documents: '' });
  await db.open();
  return (n) => db.transaction('rw', ['meta', 'operations'], async () => {
    const head = ((await db.table('meta').get('head')) as { next: number } | undefined) ?? { next: 0 };
    void db.table('operations').put(operation(n), n);
    await db.table('meta').put({ next: head.next + 1 }, 'head');
  });
}

async function contenders(): Promise<Record<string, Work>> {
  const db = await openRaw('bench-raw');
  const store = await createDexieStores().open('bench-store');
  const write: Work = (n) => store.update([], () => ({
    writes: [{ kind: 'put', table: 'running', key: `${n}`, value: session(n) }, { kind: 'put', table: 'operations', key: n, value: operation(n) }],
    result: undefined,
  }), 'strict');
  const record: Work = (n) => store.update([{ table: 'meta', key: 'head' }, { table: 'running', key: `${n}` }], ([head]) => {
    const { next = 0 } = (head?.[0]?.value ?? {}) as { next?: number };
    return {
      writes: [{ kind: 'put', table: 'operations', key: n, value: operation(n) }, { kind: 'put', table: 'meta', key: 'head', value: { next: next + 1 } }],
      result: undefined,
    };
  }, 'strict');
  return { 'raw floor': raw(db, false), 'raw with commit()': raw(db, true), 'update, two puts': write, 'update, reads and puts': record, 'Dexie transaction': await byDexie('bench-dexie') };
}

function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.floor(sorted.length * q)] ?? Number.NaN;
}

export async function measure(turns: number): Promise<readonly Timing[]> {
  const works = Object.entries(await contenders());
  const times = new Map(works.map(([name]) => [name, [] as number[]]));
  for (let n = -50; n < turns; n += 1) {
    for (let index = 0; index < works.length; index += 1) {
      const [name, work] = works[(index + Math.abs(n)) % works.length] ?? [];
      if (!name || !work) continue;
      const begun = performance.now();
      await work(n + 1_000);
      if (n >= 0) times.get(name)?.push(performance.now() - begun);
    }
  }
  return works.map(([name]) => {
    const sorted = (times.get(name) ?? []).toSorted((a, b) => a - b);
    return { name, p50: quantile(sorted, 0.5), p90: quantile(sorted, 0.9) };
  });
}

Object.assign(globalThis, { measure });
