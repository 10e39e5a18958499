// Executes a plan: what happens when it says so, then everything heals, then all must become quiet and true.
import type { SyncEngine, SyncEngineOptions } from '../../api.ts';
import type { RealStores } from '../real-disk.ts';
import type { Plan } from './action.ts';
import { checkQuiet, checkStatus, type Outcome, sharedIds } from './checks.ts';
import { Deeds } from './deeds.ts';
import type { SimServerFactory } from './host.ts';
import type { Mark } from './marks.ts';
import { isVolatile } from './oracle/status.ts';
import { isSkew, skewOf } from './quiet-status.ts';
import { type DeviceSlot, World } from './world.ts';

/** Room for the last back-off, the last poll, and a token. */
const QUIET_WITHIN_MS = 15 * 60_000;
/** An item that the server answers with 500 for ever is parked after eight tries with growing pauses. */
const POISON_WITHIN_MS = 90 * 60_000;
const FUTURE_LEEWAY_MS = 300_000;
const STEP_MS = 20_000;
/** A screen is right about other devices one poll later. */
const LAST_POLL_MS = 130_000;
/** A device without its store, or with one that took nothing in, that found no health call, takes the server for a basic one until it looks again. */
const HEALTH_AGAIN_MS = 310_000;
const EVENTS_MAX = 60_000;

export interface RunOptions {
  readonly createEngine: (options: SyncEngineOptions) => Promise<SyncEngine>;
  readonly createServer: SimServerFactory;
  /** Makes real stores for one device; without it all is in memory. */
  readonly realStores?: (() => RealStores) | undefined;
  readonly settle?: (() => Promise<void>) | undefined;
  readonly keepTrace?: boolean | undefined;
}

export interface RunResult {
  readonly violations: readonly { readonly id: string; readonly what: string }[];
  /** Equal for equal plans, engines and servers. */
  readonly hash: string;
  readonly marks: Readonly<Record<Mark, number>>;
  readonly lines: readonly string[];
  /** Null where the run broke off. */
  readonly outcome: Outcome | null;
}

/** Never rejects for what an engine does: that is a violation. */
export async function runPlan(plan: Plan, options: RunOptions): Promise<RunResult> {
  const world = await World.create(plan, { ...options, onStatus: (slot, status) => checkStatus(world, slot, status) });
  const deeds = new Deeds(world);
  let outcome: Outcome | null = null;
  try {
    for (const device of world.devices) {
      for (let tab = 0; tab < device.plan.tabs; tab += 1) {
        const slot = world.slot(device.index, tab);
        if (slot !== null) world.open(slot);
      }
    }
    plan.actions.forEach((action, index) => world.scheduler.schedule(world.start + action.at, () => deeds.do(action, index)));
    await runUntil(world, world.start + (plan.actions.at(-1)?.at ?? 0) + 1000);
    await heal(world, deeds);
    await becomeQuiet(world);
    outcome = await checkQuiet(world);
    world.preferences.checkQuiet();
    await world.notes.checkQuiet();
  } catch (error) {
    world.violate('run', error instanceof Error ? error.message : String(error));
  }
  for (const device of world.devices) for (const slot of device.tabs) world.kill(slot);
  const hash = world.trace.hash();
  for (const { index, sim } of world.devices) for (const what of await sim.disk.differences()) world.violate('store', `device ${index}: ${what}`);
  return { violations: world.violations, hash, marks: world.marks.toRecord(), lines: world.trace.lines, outcome };
}

async function heal(world: World, deeds: Deeds): Promise<void> {
  for (const device of world.devices) for (const slot of device.tabs) slot.dieAt = null;
  deeds.heal();
  world.server.setAvailable(true);
  // Whoever was told that a good token is bad signs in again.
  for (let user = 0; user < world.plan.users; user += 1) world.renewToken(user);
  for (const device of world.devices) {
    device.way.heal();
    device.signedOutUntil = 0;
    device.otherUserUntil = 0;
    device.sim.disk.full = false;
    device.sim.disk.unavailable = false;
    world.statusWatch.trouble(device);
    const open = device.tabs.filter(({ page }) => page !== null);
    const slot = world.slot(device.index, 0);
    if (open.length === 0 && slot !== null) world.open(slot);
  }
  await runUntil(world, world.scheduler.now + 1000);
  for (const device of world.devices) {
    for (const page of device.sim.pages) {
      page.show();
      page.lifecycle.emit('online');
    }
  }
}

async function becomeQuiet(world: World): Promise<void> {
  const hasSlowPoison = [...world.poison.values()].includes(500);
  const deadline = Math.max(world.scheduler.now, lastHeldUntil(world)) + (hasSlowPoison ? POISON_WITHIN_MS : QUIET_WITHIN_MS);
  // A request that hung when everything healed fails a minute later.
  do {
    while (!isQuiet(world)) {
      if (world.scheduler.now >= deadline) {
        world.violate('I-14', `not quiet in time: ${unquiet(world).join('; ')}`);
        return;
      }
      await runUntil(world, world.scheduler.now + STEP_MS);
    }
    const isAnew = world.devices.some((device) => world.monitor.wasEvicted(device) || isUntold(world, device));
    await runUntil(world, world.scheduler.now + (isAnew ? HEALTH_AGAIN_MS : LAST_POLL_MS));
  } while (!isQuiet(world));
}

/** Whether a device has not come to the exchange yet, which would have told it the time, and others of it. */
function isUntold(world: World, { plan: { user }, tabs }: DeviceSlot): boolean {
  const { plan, devices } = world;
  const told = devices.flatMap((other) => (other.plan.user === user ? other.tabs.flatMap(({ engine }) => (engine?.status.current.devices ? [engine.status.current.devices] : [])) : []));
  const isMissing = (id: string): boolean => told.some((rows) => !rows.some((row) => row.device_id === id));
  return plan.isBasic !== true && tabs.some((slot) => {
    const { engine } = slot;
    if (engine === null) return false;
    const { current } = engine.status;
    return current.local.clock_skew_ms === null || !isSkew(current, skewOf(world, slot)) || isMissing(engine.deviceId);
  });
}

/** Until when the server refuses a session as being in its future. */
function lastHeldUntil(world: World): number {
  return Math.max(world.ledger.lastEnd, ...world.edits.ends) - FUTURE_LEEWAY_MS - world.serverClockMs;
}

const isQuiet = (world: World): boolean => unquiet(world).length === 0;

function unquiet(world: World): string[] {
  return [...world.preferences.unsent(), ...unsent(world), ...sharedIds(world)];
}

function unsent(world: World): string[] {
  return world.devices.flatMap((device) => {
    const engine = device.tabs.find((slot) => slot.engine !== null)?.engine;
    if (!engine) return [`device ${device.index} has no engine`];
    if (world.monitor.isRescuing(device)) return [`device ${device.index} may still bring back what its store lost`];
    const { local, devices = [] } = engine.status.current;
    const pending = devices.find(({ device_id: id }) => id === local.device_id)?.sessions_pending ?? 0;
    if (isVolatile(engine.status.current)) return [`device ${device.index} does without its store`];
    // A request that was under way when everything healed may have failed since, and the next one may be under way now.
    if (local.phase === 'backing_off' || local.connection === 'unreachable') return [`device ${device.index} is ${local.phase} and ${local.connection}`];
    if (world.monitor.isMoving(device)) return [`device ${device.index} has something on its way`];
    return pending > local.parked ? [`device ${device.index} has ${pending} pending, ${local.phase}, ${local.connection}`] : [];
  });
}

async function runUntil(world: World, at: number): Promise<void> {
  const { scheduler } = world;
  let events = 0;
  await scheduler.settle();
  for (let next = scheduler.nextAt; next !== null && next <= at; next = scheduler.nextAt) {
    await scheduler.runNext();
    if ((events += 1) > EVENTS_MAX) throw new Error(`more than ${EVENTS_MAX} events before ${at - world.start} ms`);
  }
  await scheduler.runUntil(at);
}
