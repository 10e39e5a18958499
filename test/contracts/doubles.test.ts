// The simulated ports keep the contracts of the real ones: this is what licenses a simulation on them.
import {
  answerOf, channelContract, clockContract, createMemoryStores, createSimChannels, createSimClock, createSimDeviceClock, createSimDisk,
  createSimIds, createSimLifecycle, createSimLocks, createSimScheduler, createSimTab, createSimTransport, idsContract, lifecycleContract,
  locksContract, storeContract, transportContract, type SimHandler, type SimScheduler, type SimTab,
} from '@syncline/core/testing';
import { enroll } from './enroll.ts';

interface Tabs {
  readonly scheduler: SimScheduler;
  readonly a: SimTab;
  readonly b: SimTab;
  drive<T>(promise: Promise<T>): Promise<T>;
}

function tabs(): Tabs {
  const scheduler = createSimScheduler();
  return { scheduler, a: createSimTab(scheduler, 'a'), b: createSimTab(scheduler, 'b'), drive: (promise) => scheduler.drive(promise) };
}

const server: SimHandler = (request) => {
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]));
  const answer = answerOf({ ...request, headers });
  if (answer.kind === 'answer') return answer.response;
  if (answer.kind === 'break') return { ok: false, failure: 'network', message: 'broken' };
  return new Promise(() => undefined);
};

for (const latency of [0, 3]) {
  enroll('testing/memory-store.ts', storeContract(() => {
    const { scheduler, a, b, drive } = tabs();
    const disk = createSimDisk(scheduler, { latencyMs: () => latency });
    return {
      first: createMemoryStores(disk, a),
      second: createMemoryStores(disk, b),
      drive,
      interrupt: async (name) => disk.interrupt(name, 'version_change'),
    };
  }));
}

enroll('testing/sim-clock.ts', clockContract(() => {
  const { scheduler, a, drive } = tabs();
  return { clock: createSimClock(createSimDeviceClock(scheduler, { offsetMs: -86_400_000, driftPpm: 500 }), a), drive };
}));

enroll('testing/sim-ids.ts', idsContract(() => ({ ids: createSimIds(7), drive: (promise) => promise })));

enroll('testing/sim-locks.ts', locksContract(() => {
  const { a, b, drive } = tabs();
  const locks = createSimLocks();
  return { first: locks.forTab(a), second: locks.forTab(b), name: 'l', drive };
}));

enroll('testing/sim-channel.ts', channelContract(() => {
  const { scheduler, a, b, drive } = tabs();
  const channels = createSimChannels(scheduler);
  return { first: channels.forTab(a), second: channels.forTab(b), name: 'c', drive };
}));

enroll('testing/sim-lifecycle.ts', lifecycleContract(() => {
  const { a, drive } = tabs();
  const lifecycle = createSimLifecycle(a);
  return { lifecycle, cause: (event) => lifecycle.emit(event), drive };
}));

enroll('testing/sim-transport.ts', transportContract(() => {
  const { a, drive } = tabs();
  return { transport: createSimTransport(a, server, () => ({ requestDelayMs: 5, responseDelayMs: 5 })), drive };
}));
