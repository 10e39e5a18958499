// Releases that do not know each other: a newer server, and a newer tab beside an older one over the same store.
import { createSyncEngine, type Read, type Row, type Store, type StoreFactory, type SyncEngine, type SyncEngineOptions, type Write } from '@syncline/core';
import { runPlan, type SimServerFactory } from '@syncline/core/testing';
import { describe, expect, it } from 'vitest';
import { nextTurn } from './outside.ts';
import { createRealServer } from './real-server.ts';
import { KINDS, planOf } from './seeds.ts';


/** Every object of an answer, with one more field. */
function grown(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(grown);
  if (typeof value !== 'object' || value === null) return value;
  return { ...Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, grown(inner)])), later: { since: 2 } };
}

/** A server of a later release: it tells more, in every object, and of kinds of changes and abilities that nobody here knows. */
const newerServer: SimServerFactory = async (options) => {
  const server = await createRealServer(options);
  return {
    ...server,
    app: async (request) => {
      const response = await server.app(request);
      if (!(response.headers.get('content-type') ?? '').includes('json')) return response;
      const body = (await response.json()) as { capabilities?: readonly string[]; changes?: readonly object[] };
      const more = {
        ...(body.capabilities && { capabilities: [...body.capabilities, 'later'] }),
        ...(body.changes && { changes: body.changes.flatMap((change) => [{ seq: 0, type: 'badge', badge: { id: 1 } }, change]) }),
      };
      return new Response(JSON.stringify(grown({ ...body, ...more })), { status: response.status, headers: response.headers });
    },
  };
};

describe('with a newer server', () => {
  it.each(KINDS)('[I-27] nothing is lost for what it tells besides: $name', async ({ from }) => {
    for (let seed = from + 1; seed <= from + 8; seed += 1) {
      const { violations } = await runPlan(planOf(seed), { createEngine: createSyncEngine, createServer: newerServer, settle: nextTurn });
      expect(violations, `seed ${seed}`).toEqual([]);
    }
  });
});

/** Rows that tabs change in turns. Others are written whole by whoever writes them: what the server told, and what follows from it. */
const SHARED: readonly Read[] = [
  { table: 'operations' }, { table: 'running' }, { table: 'settlements' }, { table: 'meta', key: 'head' }, { table: 'meta', key: 'sync' },
];

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value);
const grow = (write: Write): Write => (write.kind === 'put' && isObject(write.value) ? { ...write, value: { ...write.value, later: 1 } } : write);

/** A store whose writes pass through `change`, which also sees what is in the rows now. */
function changing(store: Store, change: (writes: readonly Write[], now: readonly (readonly Row[])[]) => readonly Write[]): Store {
  return {
    read: (reads) => store.read(reads),
    update: (reads, decide, durability) => store.update([...SHARED, ...reads], (found) => {
      const decision = decide(found.slice(SHARED.length));
      return { ...decision, writes: change(decision.writes, found.slice(0, SHARED.length)) };
    }, durability),
    space: () => store.space(), persist: () => store.persist(), onInterrupted: (listener) => store.onInterrupted(listener), release: () => store.release(), close: () => store.close(),
  };
}

function opening(stores: StoreFactory, change: Parameters<typeof changing>[1]): StoreFactory {
  return {
    open: async (name) => changing(await stores.open(name), change), openVolatile: (name) => stores.openVolatile(name), remove: (name) => stores.remove(name),
    readMarker: (name) => stores.readMarker(name), writeMarker: (name, value) => stores.writeMarker(name, value),
  };
}

describe('tabs of two releases over one store', () => {
  it('[I-27] leave alone what only the newer one knows of a row', async () => {
    const [lost, kept] = [new Set<string>(), new Set<string>()];
    const look = (writes: readonly Write[], now: readonly (readonly Row[])[]): readonly Write[] => {
      for (const write of writes) {
        const at = write.kind === 'put' ? SHARED.findIndex((read) => read.table === write.table && (!('key' in read) || read.key === write.key)) : -1;
        if (at < 0 || write.kind !== 'put') continue;
        const before = now[at]?.find(({ key }) => key === write.key)?.value;
        if (isObject(before) && 'later' in before) (isObject(write.value) && 'later' in write.value ? kept : lost).add(write.table === 'meta' ? String(write.key) : write.table);
      }
      return writes;
    };
    let opened = 0;
    const createEngine = ({ ports, ...options }: SyncEngineOptions): Promise<SyncEngine> => {
      if (ports?.stores === undefined) throw new Error('a world brings its ports');
      const isNewer = (opened += 1) % 2 === 0;
      return createSyncEngine({ ...options, ports: { ...ports, stores: opening(ports.stores, isNewer ? (writes) => writes.map(grow) : look) } });
    };
    for (const { from } of KINDS) {
      for (let seed = from + 1; seed <= from + 24; seed += 1) {
        const { violations } = await runPlan(planOf(seed), { createEngine, createServer: createRealServer, settle: nextTurn });
        expect(violations, `seed ${seed}`).toEqual([]);
      }
    }
    expect([...lost]).toEqual([]);
    expect([...kept].sort()).toEqual(expect.arrayContaining(['head', 'operations', 'running', 'sync']));
  });
});
