// Clocks that are wrong in every way, and overlaps that are told from the difference of two of them.
import fc from 'fast-check';
import type { Session, SyncEngine } from '@syncline/core';
import type { SimDevice } from '@syncline/core/testing';
import { describe, expect, it } from 'vitest';
import { ExchangeWorld } from './exchange-world.ts';

const SECOND = 1000;
const MINUTE = 60_000;

/** When something truly happened. */
interface Truth {
  readonly from: number;
  readonly to: number;
}

interface Skew {
  readonly offsetMs: number;
  readonly driftPpm: number;
  readonly isMonotonicInSleep: boolean;
  /** Milliseconds of each way of a request. */
  readonly up: number;
  readonly down: number;
}

type Deed =
  | { readonly do: 'work'; readonly device: number; readonly gapMs: number; readonly ms: number }
  | { readonly do: 'step'; readonly device: number; readonly byMs: number }
  | { readonly do: 'sleep'; readonly device: number; readonly ms: number }
  | { readonly do: 'offline'; readonly device: number; readonly is: boolean };

interface Bench {
  readonly world: ExchangeWorld;
  readonly engines: readonly SyncEngine[];
  readonly devices: readonly SimDevice[];
  readonly truth: Map<string, Truth>;
}

async function bench(skews: readonly Skew[]): Promise<Bench> {
  const world = await ExchangeWorld.create();
  const devices = skews.map(({ offsetMs, driftPpm, isMonotonicInSleep }) => world.device(undefined, { offsetMs, driftPpm, monotonicInSleep: isMonotonicInSleep }));
  const engines: SyncEngine[] = [];
  for (const [i, device] of devices.entries()) {
    engines.push(await world.open(device));
    const page = device.pages[0];
    const { up, down } = skews[i] as Skew;
    if (page) page.transport.policy = () => (world.offline.has(device) ? { loseRequest: 'error' } : { requestDelayMs: up, responseDelayMs: down });
  }
  await world.run(15 * SECOND);
  return { world, engines, devices, truth: new Map() };
}

/** Somebody works for so long, by the true clock. */
async function work({ world, engines, truth }: Bench, device: number, gapMs: number, ms: number): Promise<Session | null> {
  const engine = engines[device] as SyncEngine;
  await world.run(gapMs);
  const from = world.scheduler.now;
  const started = await world.drive(engine.sessions.start({ plannedDuration: 25, category: 'work', beside: true }).catch(() => null));
  if (started === null) return null;
  await world.run(ms);
  const to = world.scheduler.now;
  truth.set(started.id, { from, to });
  return world.drive(engine.sessions.complete(started.id));
}

/** Two timers, one on each device, the second begun so long after the first ended (or before, when negative). */
async function twoTimers(skews: readonly Skew[], gapMs: number): Promise<Bench> {
  const at = await bench(skews);
  const [a, b] = at.engines as [SyncEngine, SyncEngine];
  const { world, truth } = at;
  const first = await world.drive(a.sessions.start({ plannedDuration: 25, category: 'work' }));
  const begun = world.scheduler.now;
  await world.run(10 * MINUTE + Math.min(0, gapMs));
  if (gapMs >= 0) await finish(at, a, first.id, begun);
  await world.run(Math.max(0, gapMs));
  const second = await world.drive(b.sessions.start({ plannedDuration: 25, category: 'work', beside: true }));
  const secondBegun = world.scheduler.now;
  await world.run(Math.max(0, -gapMs));
  if (gapMs < 0) await finish(at, a, first.id, begun);
  await world.run(10 * MINUTE);
  await finish(at, b, second.id, secondBegun);
  await everywhere(at);
  expect(truth.size).toBe(2);
  return at;
}

async function finish({ world, truth }: Bench, engine: SyncEngine, id: string, from: number): Promise<void> {
  truth.set(id, { from, to: world.scheduler.now });
  await world.drive(engine.sessions.complete(id));
}

async function everywhere({ world, engines }: Bench): Promise<void> {
  world.offline.clear();
  await world.run(MINUTE);
  for (const engine of [...engines, ...engines]) await world.drive(engine.sync());
}

const good: Skew = { offsetMs: 0, driftPpm: 0, isMonotonicInSleep: false, up: 20, down: 20 };
const words = ({ engines }: Bench): readonly (readonly string[])[] => engines.map(({ conflicts }) => conflicts.current.map(({ certainty }) => certainty));

describe('an overlap of two devices', () => {
  it('is certain where it is longer than what their clocks may be wrong, and the same on both', async () => {
    expect(words(await twoTimers([good, { ...good, offsetMs: 40 * SECOND }], -2 * MINUTE))).toEqual([['certain'], ['certain']]);
  });

  it('that only 40 seconds between two clocks made is within their error', async () => {
    const at = await twoTimers([{ ...good, offsetMs: 40 * SECOND }, good], 5 * SECOND);
    expect(words(at)).toEqual([['within_clock_error'], ['within_clock_error']]);
    expect(at.engines[0]?.explain().filter(({ of }) => of === 'conflicts')).toMatchObject([
      { state: 'within_clock_error', cause: 'clocks_differ', value: 1, unit: 'count', action: 'settle_conflicts' },
    ]);
  });

  it('is possible where a device never measured its clock, or the server keeps nothing of clocks', async () => {
    const at = await bench([good, good]);
    const [a, b] = at.engines as [SyncEngine, SyncEngine];
    await at.world.drive(a.sessions.record(at.world.session(500, 30)));
    await at.world.drive(b.sessions.record(at.world.session(490, 30)));
    await everywhere(at);
    expect(words(at)).toEqual([['possible'], ['possible']]);
    expect(a.explain().filter(({ of }) => of === 'conflicts')).toMatchObject([{ state: 'possible', cause: 'clock_not_known', value: 1 }]);
  });

  it('loses its certainty when a person writes other times', async () => {
    const at = await twoTimers([good, good], -2 * MINUTE);
    const [a] = at.engines as [SyncEngine];
    const [first] = a.conflicts.current[0]?.sessionIds ?? [];
    const session = await at.world.drive(a.sessions.get(first ?? ''));
    expect(session?.clockBound?.errorMs).toBeLessThan(SECOND);
    await at.world.drive(a.sessions.amend(first ?? '', { startTime: (session?.startTime ?? 0) - MINUTE }));
    expect(a.conflicts.current.map(({ certainty }) => certainty)).toEqual(['possible']);
    await everywhere(at);
    expect(words(at)).toEqual([['possible'], ['possible']]);
  });
});

describe('a sweep of skews', () => {
  const offset = fc.oneof(fc.constant(0), fc.integer({ min: -90 * SECOND, max: 90 * SECOND }), fc.integer({ min: -40 * MINUTE, max: 4 * MINUTE }));
  const skew: fc.Arbitrary<Skew> = fc.record({
    offsetMs: offset, driftPpm: fc.integer({ min: -200, max: 200 }), isMonotonicInSleep: fc.boolean(), up: fc.integer({ min: 1, max: 4000 }), down: fc.integer({ min: 1, max: 4000 }),
  });
  const device = fc.integer({ min: 0, max: 2 });
  const deed: fc.Arbitrary<Deed> = fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('work' as const), device, gapMs: fc.integer({ min: 0, max: 20 * SECOND }), ms: fc.integer({ min: SECOND, max: 8 * MINUTE }) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('step' as const), device, byMs: fc.integer({ min: -2 * MINUTE, max: 5 * SECOND }) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('sleep' as const), device, ms: fc.integer({ min: SECOND, max: 20 * MINUTE }) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('offline' as const), device, is: fc.boolean() }) },
  );

  async function perform(at: Bench, one: Deed): Promise<void> {
    const { world, devices } = at;
    const machine = devices[one.device] as SimDevice;
    if (one.do === 'step') machine.clock.step(one.byMs);
    else if (one.do === 'offline' && one.is) world.offline.add(machine);
    else if (one.do === 'offline') world.offline.delete(machine);
    else if (one.do === 'work') await work(at, one.device, one.gapMs, one.ms);
    else {
      machine.sleep();
      await world.run(one.ms);
      machine.wake();
    }
  }

  /** A timer on each of two devices, and what happens meanwhile. */
  async function overlapping(at: Bench, lag: number, meanwhile: readonly Deed[]): Promise<void> {
    const { world, engines } = at;
    const begun: { readonly engine: SyncEngine; readonly id: string; readonly from: number }[] = [];
    for (const engine of engines.slice(0, 2)) {
      const from = world.scheduler.now;
      const session = await world.drive(engine.sessions.start({ plannedDuration: 25, category: 'work', beside: true }).catch(() => null));
      if (session !== null) begun.push({ engine, id: session.id, from });
      await world.run(lag);
    }
    for (const one of meanwhile) if (one.do !== 'work' || one.device === 2) await perform(at, one);
    for (const { engine, id, from } of begun) await finish(at, engine, id, from);
  }

  it('[B11] [B12] yields no certain overlap of sessions that did not overlap, and every device says the same', async () => {
    const said = { certain: 0, possible: 0, within_clock_error: 0 };
    await fc.assert(fc.asyncProperty(fc.tuple(skew, skew, skew), fc.array(deed, { minLength: 3, maxLength: 9 }), fc.integer({ min: 0, max: 30 * SECOND }), async (skews, deeds, lag) => {
      const at = await bench(skews);
      await overlapping(at, lag, deeds.slice(0, 2));
      for (const one of deeds) await perform(at, one);
      await everywhere(at);
      for (const { conflicts } of at.engines) {
        for (const { certainty, sessionIds } of conflicts.current) {
          said[certainty] += 1;
          if (certainty !== 'certain') continue;
          const truths = sessionIds.map((id) => at.truth.get(id) as Truth);
          expect(truths.some((a, i) => truths.some((b, j) => i < j && a.from < b.to && b.from < a.to))).toBe(true);
        }
      }
      expect(new Set(words(at).map((list) => list.join())).size).toBe(1);
    }), { numRuns: 8, seed: 20_261_125 });
    for (const count of Object.values(said)) expect(count).toBeGreaterThan(0);
  }, 60_000);
});
