// Changes to recorded sessions in drawn worlds: amended, deleted, taken back, conflicts settled and settlements undone, on any device,
// also at once and offline. What must hold of it: everybody ends with what the server has, which is something that somebody asked for;
// and what was deleted, and by nobody touched since, stays deleted (I-25).
import type { Session, SyncEngine } from '../../api.ts';
import type { ConflictChoice } from '../../api-conflicts.ts';
import type { Action, Deed, DevicePlan, Word } from './action.ts';
import type { TrueSession } from './host.ts';
import { isVolatile } from './oracle/status.ts';
import { randomStream, type Random } from './random.ts';
import type { DeviceSlot, TabSlot, World } from './world.ts';

const MINUTE_MS = 60_000;
const MOST = 8;
const WORDS: readonly Word[] = ['category', 'project', 'note'];
const CHOICES = ['keep_one', 'trim', 'split', 'merge_span', 'merge_sum'] as const;

/** Early on, what two devices of one account recorded at one time: without a conflict nothing is settled. */
export function overlapActions(seed: number, devices: readonly DevicePlan[], horizonMs: number): Action[] {
  const random = randomStream(seed, 'overlaps');
  const first = random.int(0, devices.length - 1);
  const others = devices.flatMap(({ user }, index) => (index !== first && user === devices[first]?.user ? [index] : []));
  if (others.length === 0 || random.chance(0.4)) return [];
  return [first, random.pick(others)].map((device) => ({
    at: random.int(0, Math.round(horizonMs / 3)), do: 'record', device, tab: 0, start: -random.int(90, 100) * MINUTE_MS, minutes: random.int(12, 40),
  }));
}

/** When a person changes what was recorded: some of it at once on two devices, or right after one another. */
export function editActions(seed: number, devices: readonly DevicePlan[], horizonMs: number): Action[] {
  const random = randomStream(seed, 'edits');
  const words = randomStream(seed, 'words');
  let last = random.int(0, horizonMs);
  return Array.from({ length: random.int(1, MOST) }, () => {
    last = random.chance(0.4) ? last + random.int(0, 2000) : random.int(0, horizonMs);
    const device = random.int(0, devices.length - 1);
    const deed = editDeed(random, device, random.int(0, (devices[device]?.tabs ?? 1) - 1));
    // What is recorded comes first.
    if (deed.do === 'settle' || deed.do === 'undo') last = Math.max(last, random.int(Math.round(horizonMs / 2), horizonMs));
    const list: readonly Action[] = [{ at: last, ...deed, ...('minutes' in deed && words.chance(0.4) && { words: words.pick(WORDS) }) }];
    if (deed.do !== 'retry' && !(deed.do === 'discard' && deed.nth !== undefined)) return list;
    // What is mended or given up is often a change that waits for its end to come.
    const { tab, nth = 0 } = deed;
    return random.chance(0.6) ? [{ at: Math.max(0, last - random.int(0, 5000)), do: 'amend', device, tab, nth, minutes: random.int(110, 200) } as const, ...list] : list;
  }).flat();
}

/** When a person lets overlapping sessions stand side by side, or takes such a decision back. */
export function keepActions(seed: number, devices: readonly DevicePlan[], horizonMs: number): Action[] {
  const random = randomStream(seed, 'keeps');
  return Array.from({ length: random.int(1, 4) }, () => {
    const device = random.int(0, devices.length - 1);
    const place = { at: random.int(Math.round(horizonMs / 4), horizonMs), device, tab: random.int(0, (devices[device]?.tabs ?? 1) - 1), nth: random.int(0, 2) };
    return random.chance(0.75) ? { ...place, do: 'settle', choice: 'keep_all' } as const : { ...place, do: 'undo' } as const;
  });
}

function editDeed(random: Random, device: number, tab: number): Deed {
  const nth = random.int(0, 3);
  const dice = random.next();
  if (dice < 0.25) return { do: 'amend', device, tab, nth, minutes: random.int(51, 90) };
  if (dice < 0.45) return { do: 'delete', device, tab, nth };
  if (dice < 0.55) return { do: 'undelete', device, tab, nth };
  if (dice < 0.75) return { do: 'settle', device, tab, nth, choice: random.pick(CHOICES) };
  if (dice < 0.83) return { do: 'undo', device, tab, nth };
  if (dice < 0.86) return { do: 'retry', device, tab, nth, minutes: random.int(51, 90) };
  if (dice < 0.89) return { do: 'discard', device, tab, nth };
  if (dice < 0.91) return { do: 'discard', device, tab };
  return { do: 'sync', device, tab };
}

type MendDeed = Extract<Deed, { do: 'retry' | 'discard' }> & { readonly nth: number };

export function isMend(deed: Extract<Deed, { do: 'retry' | 'discard' }>): deed is MendDeed {
  return deed.nth !== undefined;
}

type EditDeed = Extract<Deed, { do: 'amend' | 'delete' | 'undelete' | 'settle' | 'undo' }> | MendDeed;

/** A promise of the engine that nobody took back. */
interface Last {
  readonly by: DeviceSlot;
  /** How the session is then; null when it is deleted. */
  readonly says: Partial<TrueSession> | null;
}

/** What was asked of one session beside recording it. */
interface Touched {
  /** Every start and end that anybody asked for. */
  readonly times: Set<string>;
  /** Somebody asked for something after which it is not there. */
  mayGo: boolean;
  /** Where anybody asked, null for a store that is gone. Of changes that two make without knowing of each other's the first to arrive holds. */
  readonly editors: Set<DeviceSlot | null>;
  /** What resolved, after which nobody asked for anything else. */
  last: Last | null;
  /** Grows with everything that is asked for. */
  asked: number;
  /** Grows with every answer. What is asked for at once may take effect in either order. */
  answered: number;
}

function forgetLast(touched: Touched): void {
  touched.last = null;
  touched.asked += 1;
}

async function answered(asked: readonly Touched[], act: Promise<unknown>): Promise<void> {
  await act.finally(() => {
    for (const touched of asked) touched.answered += 1;
  });
}

/** To be called when what is asked for now resolved: that is how the session must be, unless somebody asks for anything else. */
function standing(touched: Touched, by: DeviceSlot, engine: SyncEngine): (says: Last['says']) => void {
  const { asked } = touched;
  const isAlone = touched.answered === asked - 1;
  return (says) => {
    if (isAlone && touched.asked === asked && !isVolatile(engine.status.current)) touched.last = { by, says };
  };
}

/** What a person changes, and how the session is then. */
function changesOf({ minutes = 25, words }: { readonly minutes?: number | undefined; readonly words?: Word | undefined }, startTime: number, touched: Touched) {
  if (words !== undefined) {
    const changes = { [words]: `w${minutes}` };
    return { changes, says: changes };
  }
  const endTime = startTime + minutes * MINUTE_MS;
  touched.times.add(`${startTime} ${endTime}`);
  return { changes: { startTime, endTime }, says: { start: startTime, end: endTime } };
}

export class EditBook {
  readonly #world: World;
  readonly #touched = new Map<string, Touched>();
  /** Sessions that a settlement made. */
  readonly #kept = new Set<string>();
  readonly #made = new Set<string>();

  constructor(world: World) {
    this.#world = world;
  }

  do(deed: EditDeed, slot: TabSlot, engine: SyncEngine): void {
    this.#act(deed, slot, engine).catch((error: unknown) => this.#world.note('refused', `${deed.do} ${String((error as { code?: unknown } | null)?.code ?? error)}`));
  }

  async #act(deed: EditDeed, slot: TabSlot, engine: SyncEngine): Promise<void> {
    const { device } = slot;
    if (deed.do === 'retry' || deed.do === 'discard') return this.#mend(deed, slot, engine);
    if (deed.do === 'settle') return this.#settle(deed, device, engine);
    if (deed.do === 'undo') return this.#undo(deed.nth, device, engine);
    const states = deed.do === 'undelete' ? (['deleted'] as const) : (['queued', 'sending', 'confirmed'] as const);
    const list = await engine.sessions.list({ states, limit: 20 });
    const session = list[deed.nth % Math.max(1, list.length)];
    if (session === undefined) return;
    const { id, startTime } = session;
    const touched = this.#asks(device, session);
    const stands = standing(touched, device, engine);
    if (deed.do === 'amend') {
      const { changes, says } = changesOf(deed, startTime, touched);
      await answered([touched], engine.sessions.amend(id, changes));
      stands(says);
      this.#world.marks.hit('edit.amended');
    } else if (deed.do === 'delete') {
      touched.mayGo = true;
      await answered([touched], engine.sessions.delete(id));
      stands(null);
      this.#world.marks.hit('edit.deleted');
    } else {
      await answered([touched], engine.sessions.restore(id));
      this.#world.marks.hit('edit.restored');
    }
    this.#world.note('edited', `${deed.do} ${id}`);
  }

  /** Sends again with changes, or gives up, what was refused or waits for its end to come. */
  async #mend(deed: MendDeed, slot: TabSlot, engine: SyncEngine): Promise<void> {
    const { device } = slot;
    const { monitor, server, userIds } = this.#world;
    const list = await engine.sessions.list({ limit: 20 });
    const undecided = list.filter(({ pending, parked, endTime }) => parked !== null || (pending && (endTime ?? 0) > device.sim.clock.now()));
    const session = undecided[deed.nth % Math.max(1, undecided.length)];
    if (session === undefined) return;
    const { id, startTime } = session;
    const touched = this.#asks(device, session);
    if (deed.do === 'discard') {
      // Given up before anybody has it, it is nowhere; a change that is given up leaves it as it was.
      if (!server.stored(userIds[device.plan.user] ?? '').some((stored) => stored.id === id)) touched.mayGo = true;
      await answered([touched], monitor.whileByHand(id, engine.sessions.discard(id)));
      this.#world.marks.hit('edit.given-up');
    } else {
      const { changes, says } = changesOf(deed, startTime, touched);
      const stands = standing(touched, device, engine);
      monitor.retried(slot, id);
      await answered([touched], monitor.whileByHand(id, engine.sessions.retry(id, changes)));
      // A delete that was refused is sent again as it is.
      if (session.parked === null) stands(says);
      this.#world.marks.hit('edit.mended');
    }
    this.#world.note('edited', `${deed.do} ${id}`);
  }

  async #settle({ nth, choice: kind }: Extract<EditDeed, { do: 'settle' }>, device: DeviceSlot, engine: SyncEngine): Promise<void> {
    const { conflicts } = engine;
    const conflict = conflicts.current[nth % Math.max(1, conflicts.current.length)];
    if (conflict === undefined) return;
    const [first = ''] = conflict.sessionIds;
    const choice: ConflictChoice = kind === 'keep_all' || kind === 'merge_span' || kind === 'merge_sum' ? { kind } : { kind, sessionId: first };
    const plan = await conflicts.plan(conflict.id, choice);
    const asked: Touched[] = [];
    for (const { id, before, after } of kind === 'keep_all' ? [] : plan.preview.sessions) {
      if (before === null) this.#made.add(id);
      const touched = this.#asks(device, { id, ...(before ?? after ?? { startTime: 0, endTime: 0 }) });
      asked.push(touched);
      touched.mayGo = true;
      if (after !== null) touched.times.add(`${after.startTime} ${after.endTime}`);
    }
    if (kind === 'keep_all') for (const id of conflict.sessionIds) this.#kept.add(id);
    await answered(asked, conflicts.resolve(plan));
    this.#world.marks.hit('edit.settled');
    this.#world.note('edited', `${kind} ${conflict.sessionIds.join(' ')}`);
  }

  async #undo(nth: number, device: DeviceSlot, engine: SyncEngine): Promise<void> {
    const journal = engine.conflicts.journal.current;
    const settlement = journal[nth % Math.max(1, journal.length)];
    if (settlement === undefined) return;
    const asked = settlement.sessionIds.flatMap((id) => this.#touched.get(id) ?? []);
    for (const touched of asked) {
      touched.editors.add(device);
      forgetLast(touched);
    }
    await answered(asked, engine.conflicts.undo(settlement.id));
    this.#world.marks.hit('edit.undone');
  }

  /** Somebody asks there for something of that session. */
  #asks(device: DeviceSlot, session: Pick<Session, 'id' | 'startTime' | 'endTime'>): Touched {
    this.#world.ledger.edit(device.index, session.id);
    const touched = this.#touch(session);
    forgetLast(touched);
    touched.editors.add(device);
    return touched;
  }

  #touch({ id, startTime, endTime }: Pick<Session, 'id' | 'startTime' | 'endTime'>): Touched {
    let touched = this.#touched.get(id);
    if (touched === undefined) this.#touched.set(id, (touched = { times: new Set(), mayGo: false, editors: new Set(), last: null, asked: 0, answered: 0 }));
    touched.times.add(`${startTime} ${endTime}`);
    return touched;
  }

  /** Its store was taken away, and with it perhaps what it had to tell. */
  evicted(device: DeviceSlot): void {
    for (const touched of this.#touched.values()) {
      if (!touched.editors.has(device)) continue;
      touched.last = null;
      touched.editors.add(null);
    }
  }

  /** Every end of a session that anybody asked for. */
  get ends(): readonly number[] {
    return [...this.#touched.values()].flatMap(({ times }) => [...times].map((text) => Number(text.split(' ')[1])));
  }

  /** Touched, or kept side by side with others. */
  isDecided(id: string): boolean {
    return this.#touched.has(id) || this.#kept.has(id);
  }

  isTouched(id: string): boolean {
    return this.#touched.has(id);
  }

  /** Pairs that a device's journal says stand side by side. */
  keptBy({ conflicts }: SyncEngine): ReadonlySet<string> {
    const keeping = conflicts.journal.current.filter(({ kind, outcome, undoneAt }) => kind === 'keep_all' && outcome !== 'superseded' && undoneAt === null);
    return new Set(keeping.flatMap(({ sessionIds }) => sessionIds.flatMap((a) => sessionIds.flatMap((b) => (a < b ? [`${a} ${b}`] : [])))));
  }

  isMade(id: string): boolean {
    return this.#made.has(id);
  }

  /** Whether it may rightly be nowhere. */
  mayBeGone(id: string): boolean {
    return this.#touched.get(id)?.mayGo === true;
  }

  /** Whether somebody asked for these times. */
  allows(id: string, start: number, end: number): boolean {
    return this.#touched.get(id)?.times.has(`${start} ${end}`) === true;
  }

  /** @param shown what that device shows, by id. */
  checkQuiet(device: DeviceSlot, shown: ReadonlyMap<string, Session>): void {
    const { server, userIds } = this.#world;
    const stored = new Map(server.stored(userIds[device.plan.user] ?? '').map((session) => [session.id, session]));
    for (const [id, { last, editors }] of this.#touched) {
      const [here, there] = [shown.get(id), stored.get(id)];
      // On a copy of the profile the timer may still run, though it ended on the other one.
      if (here?.state === 'parked' || here?.state === 'running') continue;
      if (last?.by === device && editors.size === 1 && there !== undefined) this.#checkLast(id, last, there);
      if (there !== undefined && here === undefined) this.#world.violate('I-09', `device ${device.index} does not show session ${id}, which the server has`);
      if (there === undefined && here !== undefined) this.#world.violate('I-09', `device ${device.index} shows session ${id}, which the server does not have`);
      if (there && here && (there.start !== here.startTime || there.end !== here.endTime)) this.#world.violate('I-09', `device ${device.index} shows other times of session ${id} than the server`);
      if (there && here && WORDS.some((word) => there[word] !== here[word])) this.#world.violate('I-09', `device ${device.index} shows other words of session ${id} than the server`);
    }
  }
  #checkLast(id: string, { by, says }: Last, there: TrueSession): void {
    if (says === null) return this.#world.violate('I-25', `session ${id} was deleted on device ${by.index}, and is there again`);
    for (const name of Object.keys(says) as (keyof TrueSession)[]) {
      if (name === 'note' && this.#world.notes.has(id)) continue;
      if (there[name] !== says[name]) this.#world.violate('I-09', `device ${by.index} made the ${name} of session ${id} ${String(says[name])} last, and the server has ${String(there[name])}`);
    }
  }
}
