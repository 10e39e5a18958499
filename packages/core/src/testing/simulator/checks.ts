// The invariants, judged by naive second implementations: what every status must satisfy when it is shown, and what the whole world
// must satisfy when it has become quiet.
import type { EngineStatus } from '../../api.ts';
import { slowGroups } from './oracle/overlap.ts';
import { contradictions } from './oracle/status.ts';
import type { Promised } from './ledger.ts';
import type { TabSlot, World } from './world.ts';

const WORDS: ReadonlySet<string> = new Set(['healthy', 'delayed', 'conflicts', 'offline']);

/** Each status, at the moment a tab shows it. */
export function checkStatus(world: World, slot: TabSlot, status: EngineStatus): void {
  const place = `tab ${slot.device.index}.${slot.index}`;
  const own = status.devices?.find(({ device_id: id }) => id === status.local.device_id);
  if (status.local.version <= slot.lastVersion) world.violate('I-12', `${place}: version ${status.local.version} after ${slot.lastVersion}`);
  slot.lastVersion = status.local.version;
  if (own === undefined) return world.violate('I-04', `${place}: no row for this device`);
  if (status.sync_status === 'healthy' && own.sessions_pending > 0) world.violate('I-03', `${place}: healthy with ${own.sessions_pending} pending`);
  const held = world.monitor.pendingAt(slot.device, status.local.version);
  if (held !== null && held !== own.sessions_pending) world.violate('I-04', `${place}: says ${own.sessions_pending} pending, its store holds ${held}`);
  if (status.sync_status === 'healthy' && held !== null && held > 0) world.violate('I-03', `${place}: healthy while its store holds ${held} unsent`);
  const otherPending = own.sessions_pending > 0;
  for (const wrong of contradictions(status, otherPending)) world.violate('I-13', `${place}: ${wrong}`);
  const text = JSON.stringify(status);
  world.userIds.forEach((_, user) => {
    if (user !== slot.device.plan.user && text.includes(`canary-${user}`)) world.violate('I-10', `${place}: text of account ${user}`);
  });
  if (WORDS.has(status.sync_status)) world.marks.hit(`status.${status.sync_status}` as 'status.healthy');
  if (status.devices?.some(({ sync_status: word }) => word === 'stale')) world.marks.hit('status.stale-device');
  if (status.local.parked > 0) world.marks.hit('parked');
  if (status.local.connection === 'auth_required' && own.sessions_pending > 0) world.marks.hit('token.none');
  world.note('status', `${place} ${status.sync_status} ${own.sessions_pending} ${status.local.phase} ${status.local.connection}`);
}

/** The whole world, once nothing moves any more. Resolves when every tab was asked. */
export async function checkQuiet(world: World): Promise<void> {
  const parked = await parkedSessions(world);
  for (let user = 0; user < world.plan.users; user += 1) checkAccount(world, user, parked);
  for (const device of world.devices) {
    for (const slot of device.tabs) if (slot.engine !== null) checkTab(world, slot, parked);
  }
}

async function parkedSessions(world: World): Promise<ReadonlyMap<string, number>> {
  const parked = new Map<string, number>();
  for (const device of world.devices) {
    const engine = device.tabs.find((slot) => slot.engine !== null)?.engine;
    if (!engine) continue;
    for (const { id } of await world.scheduler.drive(engine.sessions.list({ states: ['parked'], limit: 1000 }))) parked.set(id, device.index);
  }
  return parked;
}

function checkAccount(world: World, user: number, parked: ReadonlyMap<string, number>): void {
  const stored = world.server.stored(world.userIds[user] ?? '');
  const byId = new Map<string, (typeof stored)[number]>();
  for (const session of stored) {
    if (byId.has(session.id)) world.violate('I-01', `session ${session.id} is stored twice`);
    byId.set(session.id, session);
    const known = world.ledger.find(session.id);
    if (known === undefined) world.violate('I-01', `session ${session.id} was never recorded`);
    else if (known.user !== user) world.violate('I-10', `session ${session.id} of account ${known.user} is stored for account ${user}`);
    if (session.note.startsWith('canary-') && session.note !== `canary-${user}`) world.violate('I-10', `session ${session.id} holds text of another account`);
  }
  for (const session of world.ledger.owed.filter((item) => item.user === user)) {
    const found = byId.get(session.id);
    if (found === undefined) {
      if (parked.get(session.id) !== session.device) world.violate('I-01', `session ${session.id} of device ${session.device} is lost`);
    } else if (!isSame(session, found)) world.violate('I-01', `session ${session.id} was stored with other content`);
  }
  if (stored.length > 0) world.marks.hit('devices.two');
}

function isSame(a: Promised, b: Omit<Promised, 'user' | 'device'>): boolean {
  if (a.cancelled || b.cancelled) return a.cancelled === b.cancelled;
  return a.start === b.start && a.end === b.end && a.category === b.category && a.project === b.project && a.note === b.note;
}

function checkTab(world: World, slot: TabSlot, parked: ReadonlyMap<string, number>): void {
  const { engine, device } = slot;
  if (engine === null) return;
  const status = engine.status.current;
  const place = `tab ${device.index}.${slot.index}`;
  const pending = status.devices?.find(({ device_id: id }) => id === status.local.device_id)?.sessions_pending;
  const held = [...parked.values()].filter((index) => index === device.index).length;
  if (pending !== held) world.violate('I-04', `${place}: ${pending} pending when quiet, ${held} parked`);
  // A device knows everything the server has, and what it recorded itself.
  const stored = world.server.stored(world.userIds[device.plan.user] ?? '').filter(({ cancelled }) => !cancelled);
  const isStored = new Set(stored.map(({ id }) => id));
  const own = [...parked].filter(([id, at]) => at === device.index && !isStored.has(id)).flatMap(([id]) => world.ledger.find(id) ?? []).filter(({ cancelled }) => !cancelled);
  const expected = [...slowGroups([...stored, ...own])].map((group) => group.split(' ').sort().join(' ')).sort();
  const shown = engine.conflicts.current.map(({ sessionIds }) => [...sessionIds].sort().join(' ')).sort();
  if (JSON.stringify(shown) !== JSON.stringify(expected)) world.violate('I-06', `${place}: shows conflicts [${shown.join(' | ')}], there are [${expected.join(' | ')}]`);
}
