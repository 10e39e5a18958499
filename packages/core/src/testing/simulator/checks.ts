// The invariants, judged by naive second implementations: what every status must satisfy when it is shown, and what the whole world
// must satisfy when it has become quiet.
import type { EngineStatus, Session, SyncEngine } from '../../api.ts';
import { slowGroups } from './oracle/overlap.ts';
import { contradictions, isVolatile } from './oracle/status.ts';
import { checkQuietStatus, isShownAlike } from './quiet-status.ts';
import { saysPreferencesWait } from './preferences.ts';
import type { TrueSession } from './host.ts';
import type { Promised } from './ledger.ts';
import { carriesOther, checkTaint } from './taint.ts';
import type { DeviceSlot, TabSlot, World } from './world.ts';

/** For so long a loss is told at least. */
const TOLD_MS = 20 * 3_600_000;
/** All tabs of a device show the same after so long. */
const NEWS_MS = 100;
const WORDS: ReadonlySet<string> = new Set(['healthy', 'delayed', 'conflicts', 'offline']);

/** Each status, at the moment a tab shows it. */
export function checkStatus(world: World, slot: TabSlot, status: EngineStatus): void {
  const place = `tab ${slot.device.index}.${slot.index}`;
  const own = status.devices?.find(({ device_id: id }) => id === status.local.device_id);
  if (status.local.version <= slot.lastVersion) world.violate('I-12', `${place}: version ${status.local.version} after ${slot.lastVersion}`);
  slot.lastVersion = status.local.version;
  world.statusWatch.told(slot, status);
  if (own === undefined) {
    // With a profile came the skew of another machine's clock: by that a device may be retired until a server tells it the time.
    if (!world.monitor.wasCopied(slot.device)) world.violate('I-04', `${place}: no row for this device`);
    return;
  }
  if (status.sync_status === 'healthy' && own.sessions_pending > 0) world.violate('I-03', `${place}: healthy with ${own.sessions_pending} pending`);
  if (slot.engine !== null && slot.engine.sessions.elsewhere.current.length > 0) world.marks.hit('session.running-elsewhere');
  // To a server that was set back a device offers what it holds of the others, too; and a copy holds what another recorded.
  const holders = world.monitor.wasRestored ? world.devices.flatMap(({ index, plan }) => (plan.user === slot.device.plan.user ? [index] : [])) : world.monitor.holdersOf(slot.device.index);
  // What a store that does not open is thought to hold may be the same that is held in memory: nobody can tell.
  const asked = world.ledger.countAsked(holders) * (isVolatile(status) ? 2 : 1);
  if (own.sessions_pending > asked) world.violate('I-04', `${place}: says ${own.sessions_pending} pending, only ${asked} were ever recorded there`);
  const unsent = countUnsent(world, slot, isVolatile(status));
  if (own.sessions_pending < unsent) world.violate('I-04', `${place}: says ${own.sessions_pending} pending, it alone holds ${unsent}`);
  // A store in memory for want of a real one has versions of its own.
  const held = isVolatile(status) || world.monitor.isRescuing(slot.device) ? null : world.monitor.pendingAt(slot.device, status.local.version);
  if (held !== null && held !== own.sessions_pending) world.violate('I-04', `${place}: says ${own.sessions_pending} pending, its store holds ${held}`);
  if (status.sync_status === 'healthy' && held !== null && held > 0) world.violate('I-03', `${place}: healthy while its store holds ${held} unsent`);
  if (!isVolatile(status) && !world.monitor.isRescuing(slot.device) && world.monitor.isAhead(slot.device, status.local.version)) {
    world.violate('I-04', `${place}: shows what its store has not committed`);
  }
  checkLossTold(world, slot, status);
  world.monitor.saidLost.set(slot.device.index, Math.max(world.monitor.saidLost.get(slot.device.index) ?? 0, status.local.possibly_lost));
  // What was settled in memory, no store tells, and no version of it is one of the store's.
  const isSettling = isVolatile(status) ? status.local.closing.others : world.monitor.isSettlingAt(slot.device, status.local.version);
  const otherPending = own.sessions_pending > 0 || saysPreferencesWait(status) || isSettling;
  for (const wrong of contradictions(status, otherPending)) world.violate('I-13', `${place}: ${wrong}`);
  if (world.plan.users > 1) checkTaint(world, slot.device, 'a status', JSON.stringify(status));
  if (WORDS.has(status.sync_status)) world.marks.hit(`status.${status.sync_status}` as 'status.healthy');
  if (status.local.parked > 0) world.marks.hit('parked');
  if (status.local.problems.includes('device_cloned')) {
    world.marks.hit('profile.renamed');
    if (!world.monitor.wasCopied(slot.device)) world.violate('I-21', `${place}: takes itself for a clone, and was never copied`);
  }
  if (status.local.connection === 'auth_required' && own.sessions_pending > 0) world.marks.hit('token.none');
  world.note('status', `${place} ${status.sync_status} ${own.sessions_pending} ${status.local.phase} ${status.local.connection}`);
}

/** A loss is told where there can be one, and goes on being told. */
function checkLossTold(world: World, slot: TabSlot, status: EngineStatus): void {
  const { monitor, elapsed } = world;
  const { device } = slot;
  const { possibly_lost: lost, closing } = status.local;
  const place = `tab ${device.index}.${slot.index}`;
  // Of a memory that others may still hold, nobody can tell.
  // Nor of what a copy of the profile announced in its name.
  if ((isVolatile(status) && closing.word === 'lost') || monitor.wasCopied(device)) monitor.mayHaveLost.add(device.index);
  if (lost > 0 && !monitor.mayHaveLost.has(device.index)) world.violate('I-02', `${place}: says that ${lost} sessions may be lost, and nothing was ever taken away`);
  if (lost < slot.lost && elapsed < TOLD_MS && !monitor.isRescuing(device)) world.violate('I-02', `${place}: says that ${lost} sessions may be lost, and said ${slot.lost}`);
  slot.lost = lost;
}

/**
 * What this tab alone can hold, given up by nobody: sessions promised without its store that the device's disk does not have, or everything
 * where it is the only tab that ever was. The server has none of these.
 */
function countUnsent({ server, userIds, monitor, ledger, edits }: World, { device, inMemory }: TabSlot, isInMemory: boolean): number {
  const isOnly = device.tabs.reduce((count, { generation }) => count + generation, 0) === 1;
  // What a server had acknowledged before it was set back, a tab rightly takes for sent.
  if (monitor.wasRestored || (isInMemory ? inMemory.size === 0 : !isOnly)) return 0;
  const stored = new Set(server.stored(userIds[device.plan.user] ?? '').map(({ id }) => id));
  const unsent = ledger.kept.filter(({ id, device: at }) => at === device.index && !stored.has(id) && !monitor.byHand.has(id) && !edits.mayBeGone(id));
  return unsent.filter(({ id }) => (isInMemory ? inMemory.has(id) && !device.sim.disk.holds(id) : true)).length;
}

/** What a device shows when asked for its sessions, by id. */
type Shown = ReadonlyMap<string, Session>;

/** What a world came to once it was quiet, in an order of its own: equal where only the way there was another. */
export interface Outcome {
  /** What the server has of each account. */
  readonly stored: readonly (readonly TrueSession[])[];
  /** What each device shows: session, state, times. */
  readonly shown: readonly (readonly string[])[];
  /** The conflicts that each tab lists. */
  readonly conflicts: readonly (readonly string[])[];
}

/** Devices that have one id between them, as after a profile was copied, and a server that tells them apart. */
export function sharedIds({ devices, plan }: World): string[] {
  if (plan.isBasic) return [];
  const open = devices.map(({ index, tabs }) => ({ index, id: tabs.find(({ engine }) => engine !== null)?.engine?.deviceId }));
  return open.flatMap(({ index, id }, at) => {
    const twin = open.slice(0, at).find((other) => id !== undefined && other.id === id);
    return twin === undefined ? [] : [`devices ${twin.index} and ${index} are both ${id}`];
  });
}

/** The whole world, once nothing moves any more. Resolves when every device was asked. */
export async function checkQuiet(world: World): Promise<Outcome> {
  const shown: Shown[] = [];
  for (const what of sharedIds(world)) world.violate('I-21', what);
  for (const device of world.devices) shown.push(await shownBy(world, device));
  // One tab may have learned something while they were asked.
  if (!world.devices.every(isShownAlike)) await world.scheduler.runFor(NEWS_MS);
  for (const device of world.devices) checkParked(world, device, shown[device.index]);
  for (let user = 0; user < world.plan.users; user += 1) {
    checkAccount(world, user, shown);
    checkKept(world, user);
  }
  for (const device of world.devices) {
    world.edits.checkQuiet(device, shown[device.index] ?? new Map());
    checkShown(world, device, shown[device.index]);
    checkLoss(world, device, shown);
    for (const slot of device.tabs) {
      checkTab(world, slot, shown[device.index]);
      checkSummary(world, slot);
    }
  }
  return outcomeOf(world, shown);
}

function outcomeOf(world: World, shown: readonly Shown[]): Outcome {
  const engines = world.devices.flatMap(({ tabs }) => tabs.flatMap(({ engine }) => (engine === null ? [] : [engine])));
  return {
    stored: world.userIds.map((userId) => world.server.stored(userId).toSorted((a, b) => (a.id < b.id ? -1 : 1))),
    shown: shown.map((list) => [...list.values()].map(({ id, state, startTime, endTime }) => `${id} ${state} ${startTime} ${endTime}`).sort()),
    conflicts: engines.map(({ conflicts }) => conflicts.current.map(({ sessionIds }) => sessionIds.join(' ')).sort()),
  };
}

async function shownBy(world: World, device: DeviceSlot): Promise<Shown> {
  const engine = device.tabs.find((slot) => slot.engine !== null)?.engine;
  const list = engine ? await world.scheduler.drive(engine.sessions.list({ limit: 1000 })) : [];
  // On a copy of the profile the timer may still run, though it ended on the other one.
  const ended = list.filter(({ state }) => state !== 'running');
  const twice = ended.length - new Set(ended.map(({ id }) => id)).size;
  if (twice > 0) world.violate('I-01', `device ${device.index} shows ${twice} sessions twice`);
  return new Map(list.map((session) => [session.id, session]));
}

/** Codes for which one item may be parked: what a world's server refuses for ever, and what counts up to it. */
const REFUSES_ONE = /^(?:poison_\d+|http_4(?:00|09|13|22)|server_fault|unclear_answer)$/;

function checkParked(world: World, device: DeviceSlot, shown: Shown = new Map()): void {
  const stored = new Set(world.server.stored(world.userIds[device.plan.user] ?? '').map(({ id }) => id));
  const isOneGone = (): boolean => world.ledger.promised.some((one) => world.devices[one.device]?.plan.user === device.plan.user && !stored.has(one.id));
  for (const { id, parked } of shown.values()) {
    // A change of a session that itself was refused, or that nobody has any more, finds none; a settlement names the first of its sessions.
    const isOrphan = parked?.code === 'not_found' && world.edits.isDecided(id) && (!stored.has(id) || world.poison.size > 0 || isOneGone());
    // Of two ends the first one to arrive stands.
    const isSecondEnd = world.ledger.accounts(id).length > 1 && (parked?.code === 'session_final' || parked?.code === 'session_id_reused');
    // Of two that were one profile each may have changed it before it was sent.
    const isTwins = parked?.code === 'session_id_reused' && world.monitor.wasCopied(device);
    if (parked !== null && !isOrphan && !isSecondEnd && !isTwins && !REFUSES_ONE.test(parked.code)) world.violate('I-15', `device ${device.index} parked session ${id} for ${parked.code}, which refuses no single item`);
  }
}

/** What a device recorded it goes on showing, unless its store was taken away. */
function checkShown(world: World, device: DeviceSlot, shown: Shown | undefined): void {
  if (world.monitor.wasEvicted(device)) return;
  for (const { id, device: at } of world.ledger.owed) {
    if (at === device.index && shown?.has(id) === false && !world.edits.mayBeGone(id) && !world.ledger.isForgotten(id)) world.violate('I-19', `device ${at} does not show session ${id} any more`);
  }
}

/** What went with a store without having been sent was said to be lost, at least as much as it was. */
function checkLoss(world: World, device: DeviceSlot, shown: readonly Shown[]): void {
  // What a server had acknowledged before it was set back, a device rightly takes for sent.
  if (world.monitor.wasRestored) return;
  const stored = new Set(world.server.stored(world.userIds[device.plan.user] ?? '').map(({ id }) => id));
  const lost = world.ledger.excused(device.index).filter(({ id }) => !stored.has(id) && !world.edits.mayBeGone(id) && !shown.some((list) => list.has(id)));
  const said = world.monitor.saidLost.get(device.index) ?? 0;
  if (lost.length > said) world.violate('I-02', `device ${device.index} lost ${lost.length} sessions with its store, and said ${said}`);
}

function checkAccount(world: World, user: number, shown: readonly Shown[]): void {
  const stored = world.server.stored(world.userIds[user] ?? '');
  const byId = new Map<string, (typeof stored)[number]>();
  for (const session of stored) {
    if (byId.has(session.id)) world.violate('I-01', `session ${session.id} is stored twice`);
    byId.set(session.id, session);
    const known = world.ledger.find(session.id);
    if (known === undefined && world.edits.isMade(session.id)) continue;
    if (known === undefined) world.violate('I-01', `session ${session.id} was never recorded`);
    else if (known.user !== user) world.violate('I-10', `session ${session.id} of account ${known.user} is stored for account ${user}`);
    if (carriesOther(world, user, session.note)) world.violate('I-10', `session ${session.id} holds text of another account`);
  }
  for (const session of world.ledger.owed.filter((item) => item.user === user)) {
    const found = byId.get(session.id);
    if (found === undefined) {
      if (world.edits.mayBeGone(session.id)) continue;
      if (!world.monitor.holdersOf(session.device).some((index) => shown[index]?.get(session.id)?.state === 'parked')) world.violate('I-01', `session ${session.id} of device ${session.device} is lost`);
    } else if (!world.ledger.accounts(session.id).some((account) => isSame(account, world.notes.has(session.id) ? { ...found, note: account.note } : found)) && !world.edits.allows(session.id, found.start, found.end)) {
      world.violate('I-01', `session ${session.id} was stored with other content`);
    }
  }
}

/** Which sessions stand side by side, and how conflicts were settled, is no matter of the device that one looks at. */
function checkKept(world: World, user: number): void {
  const engines = world.devices.filter(({ plan }) => plan.user === user).flatMap(({ tabs }) => tabs.flatMap(({ engine }) => engine ?? []));
  const [first, ...others] = engines.map((engine) => [...world.edits.keptBy(engine)].sort().join(', '));
  for (const other of others) if (other !== first) world.violate('I-06', `devices of account ${user} know other pairs to be kept: [${first}] and [${other}]`);
  // A settlement over what waits for a person waits with it.
  if (engines.some(({ status }) => status.current.local.parked > 0)) return;
  const [journal, ...journals] = engines.map(journalOf);
  for (const other of journals) if (other !== journal) world.violate('I-06', `devices of account ${user} know other settlements: [${journal}] and [${other}]`);
}

function journalOf({ conflicts }: SyncEngine): string {
  const standing = conflicts.journal.current.filter(({ outcome }) => outcome !== 'superseded');
  return standing.map(({ id, kind, undoneAt, outcome }) => `${kind} ${id} ${outcome}${undoneAt === null ? '' : ', undone'}`).sort().join(' | ');
}

/** I-05: with the exchange a device counts what the server has. */
function checkSummary(world: World, { engine, device, index }: TabSlot): void {
  if (world.plan.isBasic || engine === null || engine.status.current.local.parked > 0) return;
  const stored = world.server.stored(world.userIds[device.plan.user] ?? '').filter(({ cancelled }) => !cancelled);
  const { total_sessions: total, last_session: last } = engine.status.current.data_summary;
  const newest = stored.length === 0 ? null : Math.max(...stored.map(({ end }) => end));
  const said = last === null ? null : Date.parse(last);
  if (total !== stored.length || said !== newest) world.violate('I-05', `tab ${device.index}.${index}: counts ${total} sessions to ${said}, the server has ${stored.length} to ${newest}`);
}

function isSame(a: Promised, b: Omit<Promised, 'user' | 'device'>): boolean {
  if (a.cancelled || b.cancelled) return a.cancelled === b.cancelled;
  return a.start === b.start && a.end === b.end && a.category === b.category && a.project === b.project && a.note === b.note;
}

function checkTab(world: World, slot: TabSlot, shown: Shown = new Map()): void {
  const { engine, device } = slot;
  if (engine === null) return;
  const status = engine.status.current;
  const place = `tab ${device.index}.${slot.index}`;
  const pending = status.devices?.find(({ device_id: id }) => id === status.local.device_id)?.sessions_pending;
  const held = [...shown.values()].filter(({ state }) => state === 'parked').length;
  // What was changed and then refused is pending and parked in ways of its own; and so is the second end of a session that two copies ended.
  if ([...shown.values()].some(({ id, state }) => state === 'parked' && (world.edits.isDecided(id) || world.ledger.accounts(id).length > 1))) return;
  if (pending !== held) world.violate('I-04', `${place}: ${pending} pending when quiet, ${held} parked`);
  // With the exchange a device knows everything the server has; a basic server tells of its conflicts alone, and where both speak of one
  // session it is one conflict.
  const stored = world.server.stored(world.userIds[device.plan.user] ?? '').filter(({ cancelled }) => !cancelled);
  const holders = world.monitor.holdersOf(device.index);
  // On a copy of the profile the timer may still run, though it ended on the other one, or have been cancelled first.
  const isEnded = (id: string): boolean => !['running', 'cancelled'].includes(shown.get(id)?.state ?? 'running');
  const own = world.ledger.known.filter(({ id, cancelled, device: at }) => holders.includes(at) && !cancelled && isEnded(id)).map((session) => asShown(session, world.edits.isTouched(session.id) ? shown.get(session.id) : undefined));
  const expected = world.plan.isBasic ? joined([...slowGroups(stored), ...slowGroups(own)]) : slowGroups([...new Map([...own, ...stored].map((session) => [session.id, session])).values()], world.edits.keptBy(engine));
  checkQuietStatus(world, slot, engine, [...new Map([...own, ...stored].map((session) => [session.id, session])).values()]);
  const listed = engine.conflicts.current.map(({ sessionIds }) => [...sessionIds].sort().join(' ')).sort();
  if (JSON.stringify(listed) !== JSON.stringify(expected)) world.violate('I-06', `${place}: shows conflicts [${listed.join(' | ')}], there are [${expected.join(' | ')}]`);
}

/** A session as it is after somebody changed it. */
function asShown(session: Promised, shown: Session | undefined): Promised {
  return shown === undefined ? session : { ...session, start: shown.startTime, end: shown.endTime ?? session.end };
}

/** Groups that share a session, made one. */
function joined(groups: readonly string[]): string[] {
  const sets = groups.map((group) => new Set(group.split(' ')));
  for (let i = 0; i < sets.length; i += 1) {
    for (let j = i + 1; j < sets.length; j += 1) {
      const [a, b] = [sets[i], sets[j]];
      if (!a || !b || ![...b].some((id) => a.has(id))) continue;
      for (const id of b) a.add(id);
      sets.splice(j, 1);
      j = i;
    }
  }
  return sets.map((set) => [...set].sort().join(' ')).sort();
}
