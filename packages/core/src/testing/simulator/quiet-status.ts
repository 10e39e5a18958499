// What the status of a tab says once nothing moves any more, held against what the world knows.
import type { EngineStatus, SyncEngine } from '../../api.ts';
import type { DeviceSlot, TabSlot, World } from './world.ts';

/** Problems that a device may rightly go on telling. */
const LASTING: ReadonlySet<string> = new Set(['clock_skew', 'device_cloned', 'possible_local_loss']);
/** How far a device may be wrong about its clock: answers take time, and it drifts. */
const CLOCK_NOISE_MS = 5000;

interface Ended {
  readonly end: number;
}

/** @param all completed sessions that this device can know of. */
export function checkQuietStatus(world: World, slot: TabSlot, engine: SyncEngine, all: readonly Ended[]): void {
  const status = engine.status.current;
  const place = `tab ${slot.device.index}.${slot.index}`;
  const wrong = (id: string, what: string): void => world.violate(id, `${place}: ${what}`);
  // What waits here for a person the server may have all the same: then it counts twice.
  if (status.local.parked === 0) checkTotals(status, all, wrong);
  checkWords(status, isAlone(slot), wrong);
  checkTabs(slot, wrong);
  if (world.plan.isBasic) return;
  const skew = skewOf(world, slot);
  if (!isSkew(status, skew)) wrong('B11', `says its clock is ${String(status.local.clock_skew_ms)} ms ahead, it is ${skew} ms`);
  for (const device of world.devices) if (device !== slot.device && device.plan.user === slot.device.plan.user) checkOther(status, device, wrong);
}

/** How far the clock of a tab is ahead of the server's, ms. */
export function skewOf({ scheduler, serverClockMs }: World, { page }: TabSlot): number {
  return (page?.clock.now() ?? 0) - scheduler.now - serverClockMs;
}

/** Whether that is what the status says. */
export function isSkew({ local: { clock_skew_ms: told } }: EngineStatus, skew: number): boolean {
  return Math.abs((told ?? 0) - skew) <= CLOCK_NOISE_MS;
}

type Wrong = (id: string, what: string) => void;

function checkTotals({ data_summary: { total_sessions: total, last_session: last } }: EngineStatus, all: readonly Ended[], wrong: Wrong): void {
  if (total !== all.length) wrong('I-13', `says ${total} sessions in all, there are ${all.length}`);
  const newest = all.length === 0 ? null : Math.max(...all.map(({ end }) => end));
  if ((last === null ? null : Date.parse(last)) !== newest) wrong('I-13', `says the last session ended ${String(last)}, it ended ${newest === null ? 'never' : new Date(newest).toISOString()}`);
}

/** @param mayBeFull nothing was written since that could tell a device of one tab that there is room. */
function checkWords({ local: { connection, phase, progress, next_attempt_at: next, last_error: error, problems } }: EngineStatus, mayBeFull: boolean, wrong: Wrong): void {
  const says = [connection, phase, progress, next, error?.code ?? null].join(' ');
  if (says !== 'online idle   ') wrong('I-13', `is quiet, and says ${says}`);
  const odd = problems.filter((code) => !LASTING.has(code) && !(mayBeFull && code === 'storage_full'));
  if (odd.length > 0) wrong('I-13', `is quiet, and says ${odd.join(' ')}`);
}

const isAlone = ({ device: { tabs } }: TabSlot): boolean => tabs.filter(({ engine }) => engine !== null).length === 1;

/** One tab leads, and all show the same. */
function checkTabs({ device }: TabSlot, wrong: Wrong): void {
  if (shownBy(device).filter(({ local }) => local.leader).length !== 1) wrong('B02', 'not one tab of its device leads');
  if (!isShownAlike(device)) wrong('B05', 'another tab of its device shows another status');
}

function shownBy({ tabs }: DeviceSlot): readonly EngineStatus[] {
  return tabs.flatMap(({ engine, page }) => (engine !== null && page?.tab.running ? [engine.status.current] : []));
}

/** Whether all tabs of a device show the same. */
export function isShownAlike(device: DeviceSlot): boolean {
  return new Set(shownBy(device).map(sharedBy)).size <= 1;
}

/** Seconds of a lag are those of the last change: tabs that heard of it a moment apart may tell another one. */
function sharedBy({ local: { leader: _leader, version: _version, storage: _storage, ...local }, sync_lag: lag, ...rest }: EngineStatus): string {
  return JSON.stringify({ ...rest, lag: lag?.replace(/^\d+ seconds?$/, 'seconds'), local });
}

/** What is said of another device is what that device says of itself. */
function checkOther({ devices = [] }: EngineStatus, { index, tabs }: DeviceSlot, wrong: Wrong): void {
  const there = tabs.find(({ engine }) => engine !== null)?.engine;
  const pendingOf = (rows: EngineStatus['devices']): unknown => rows?.find(({ device_id: id }) => id === there?.deviceId)?.sessions_pending;
  const [said, is] = [pendingOf(devices), pendingOf(there?.status.current.devices)];
  if (said !== is) wrong('I-05', `says that device ${index} holds ${String(said)}, that one says ${String(is)}`);
}
