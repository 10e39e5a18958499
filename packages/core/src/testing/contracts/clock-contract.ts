// What every clock promises the engine.
import type { Clock } from '../../ports.ts';
import { casesOf, check, checkEqual, type ContractCase, type ContractWorld } from './contract-case.ts';

export interface ClockWorld extends ContractWorld {
  readonly clock: Clock;
}

const DAY = 86_400_000;
// Platforms round the two clocks they compare here, each in its own way.
const ROUNDING_MS = 2;

const after = (clock: Clock, ms: number): Promise<void> => new Promise((resolve) => void clock.setTimer(ms, resolve));

const bodies: Record<string, (world: ClockWorld) => Promise<void>> = {
  'shows a plausible instant in milliseconds': async ({ clock }) => {
    check(clock.now() > Date.UTC(2000, 0) && clock.now() < Date.UTC(2200, 0), `${clock.now()} is no time of ours`);
  },
  'monotonic never goes back': async ({ clock }) => {
    let last = clock.monotonic();
    for (let turn = 0; turn < 5; turn += 1) {
      await after(clock, 1);
      check(clock.monotonic() >= last, 'it went back');
      last = clock.monotonic();
    }
  },
  'a timer fires once, not early, and never inside setTimer': async ({ clock }) => {
    const begun = clock.monotonic();
    let fired = 0;
    clock.setTimer(20, () => void (fired += 1));
    checkEqual(fired, 0, 'fired at once');
    await after(clock, 30);
    checkEqual(fired, 1, 'times fired');
    check(clock.monotonic() - begun >= 30 - ROUNDING_MS, 'too early');
  },
  'a delay of 0 does not fire inside setTimer': async ({ clock }) => {
    const order: string[] = [];
    const fired = new Promise<void>((resolve) => void clock.setTimer(0, () => (order.push('timer'), resolve())));
    order.push('after');
    await fired;
    checkEqual(order, ['after', 'timer']);
  },
  'a cancelled timer never fires, and cancelling twice or too late is nothing': async ({ clock }) => {
    let fired = 0;
    const cancel = clock.setTimer(5, () => void (fired += 1));
    const keep = clock.setTimer(5, () => void (fired += 10));
    cancel();
    cancel();
    await after(clock, 15);
    keep();
    checkEqual(fired, 10);
  },
  'the sooner timer fires first': async ({ clock }) => {
    const order: number[] = [];
    clock.setTimer(25, () => order.push(25));
    clock.setTimer(5, () => order.push(5));
    await after(clock, 40);
    checkEqual(order, [5, 25]);
  },
  'a delay of weeks does not fire at once': async ({ clock }) => {
    let fired = 0;
    const cancels = [30 * DAY, 400 * DAY].map((delay) => clock.setTimer(delay, () => void (fired += 1)));
    await after(clock, 10);
    for (const cancel of cancels) cancel();
    checkEqual(fired, 0);
  },
};

/** The contract of the clock port. */
export function clockContract(createWorld: () => ClockWorld | Promise<ClockWorld>): readonly ContractCase[] {
  return casesOf(createWorld, bodies);
}
