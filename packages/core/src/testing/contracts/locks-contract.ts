// What every lock manager promises the engine. `first` and `second` stand for two tabs of one origin.
import type { Locks } from '../../ports.ts';
import { casesOf, check, checkEqual, rejectionOf, type ContractCase, type ContractWorld } from './contract-case.ts';

export interface LocksWorld extends ContractWorld {
  readonly first: Locks;
  readonly second: Locks;
  /** Different for every world, where locks are seen by whoever else runs on the machine. */
  readonly name: string;
}

interface Gate {
  readonly opened: Promise<void>;
  open(): void;
}

function gate(): Gate {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => void (open = resolve));
  return { opened, open: () => open() };
}

const never = new AbortController().signal;

const waiting: Record<string, (world: LocksWorld) => Promise<void>> = {
  'one holder at a time; a tab\'s own requests in the order of asking': async ({ first, second, name }) => {
    const order: string[] = [];
    const [entered, leave] = [gate(), gate()];
    const a = first.request(name, { signal: never }, async () => {
      entered.open();
      await leave.opened;
      order.push('a ends');
    });
    await entered.opened;
    const b = second.request(name, { signal: never }, async () => void order.push('b'));
    const c = second.request(name, { signal: never }, async () => void order.push('c'));
    leave.open();
    await Promise.all([a, b, c]);
    checkEqual(order, ['a ends', 'b', 'c']);
  },
  'other names do not wait': async ({ first, second, name }) => {
    const leave = gate();
    const held = first.request(name, { signal: never }, () => leave.opened);
    await second.request(`${name}-other`, { signal: never }, async () => undefined);
    leave.open();
    await held;
  },
  'a hold that rejects lets go and passes its error on': async ({ first, second, name }) => {
    const mine = new Error('mine');
    const error = await rejectionOf(first.request(name, { signal: never }, () => Promise.reject(mine)));
    check(error === mine, 'another error came out');
    await second.request(name, { signal: never }, async () => undefined);
  },
  'whoever stops waiting is never run, and his request resolves': async ({ first, second, name }) => {
    const order: string[] = [];
    const [entered, leave, abort] = [gate(), gate(), new AbortController()];
    const held = first.request(name, { signal: never }, async () => {
      entered.open();
      await leave.opened;
    });
    await entered.opened;
    const gaveUp = second.request(name, { signal: abort.signal }, async () => void order.push('gave up'));
    const next = second.request(name, { signal: never }, async () => void order.push('next'));
    abort.abort();
    await gaveUp;
    leave.open();
    await Promise.all([held, next]);
    checkEqual(order, ['next']);
    await first.request(name, { signal: abort.signal }, async () => void order.push('too late'));
    checkEqual(order, ['next']);
  },
  'aborting does not take the lock from who has it': async ({ first, name }) => {
    const abort = new AbortController();
    const result: boolean[] = [];
    await first.request(name, { signal: abort.signal }, async (lost) => {
      abort.abort();
      await Promise.resolve();
      result.push(lost.aborted);
    });
    checkEqual(result, [false]);
  },
};

const stealing: Record<string, (world: LocksWorld) => Promise<void>> = {
  'stealing takes it at once, and the robbed is told': async ({ first, second, name }) => {
    const [entered, told] = [gate(), gate()];
    const robbed = first.request(name, { signal: never }, async (lost) => {
      lost.addEventListener('abort', told.open);
      entered.open();
      await told.opened;
    });
    await entered.opened;
    let stolen = false;
    await second.request(name, { signal: never, steal: true }, async (lost) => {
      stolen = !lost.aborted;
    });
    await robbed;
    checkEqual(stolen, true);
  },
  'the robbed who lingers keeps nobody out, and his leaving frees nothing': async ({ first, second, name }) => {
    const order: string[] = [];
    const [entered, linger, leave, inside] = [gate(), gate(), gate(), gate()];
    const robbed = first.request(name, { signal: never }, async () => {
      entered.open();
      await linger.opened;
    });
    await entered.opened;
    const thief = second.request(name, { signal: never, steal: true }, async () => {
      inside.open();
      await leave.opened;
      order.push('thief ends');
    });
    await inside.opened;
    const next = first.request(name, { signal: never }, async () => void order.push('next'));
    linger.open();
    await robbed;
    leave.open();
    await Promise.all([thief, next]);
    checkEqual(order, ['thief ends', 'next']);
  },
  'stealing a free lock is just taking it': async ({ first, name }) => {
    let held = false;
    await first.request(name, { signal: never, steal: true }, async () => void (held = true));
    checkEqual(held, true);
  },
};

/** The contract of the locks port. */
export function locksContract(createWorld: () => LocksWorld | Promise<LocksWorld>): readonly ContractCase[] {
  return casesOf(createWorld, { ...waiting, ...stealing });
}
