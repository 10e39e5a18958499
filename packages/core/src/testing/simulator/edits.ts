// Changes to recorded sessions in drawn worlds: amended, deleted, taken back, conflicts settled and settlements undone, on any device,
// also at once and offline. What must hold of it: everybody ends with what the server has, which is something that somebody asked for;
// and what was deleted, and by nobody touched since, stays deleted (I-25).
import type { Session, SyncEngine } from '../../api.ts';
import type { ConflictChoice } from '../../api-conflicts.ts';
import type { Action, Deed, DevicePlan } from './action.ts';
import { isVolatile } from './oracle/status.ts';
import { randomStream, type Random } from './random.ts';
import type { DeviceSlot, TabSlot, World } from './world.ts';

const MINUTE_MS = 60_000;
const MOST = 8;
const WORDS = ['category', 'project', 'note'] as const;
const CHOICES = ['keep_one', 'trim', 'split', 'merge_span', 'merge_sum'] as const;

/** When a person changes what was recorded: some of it at once on two devices, or right after one another. */
export function editActions(seed: number, devices: readonly DevicePlan[], horizonMs: number): Action[] {
  const random = randomStream(seed, 'edits');
  const words = randomStream(seed, 'words');
  let last = random.int(0, horizonMs);
  return Array.from({ length: random.int(1, MOST) }, () => {
    last = random.chance(0.4) ? last + random.int(0, 2000) : random.int(0, horizonMs);
    const device = random.int(0, devices.length - 1);
    const deed = editDeed(random, device, random.int(0, (devices[device]?.tabs ?? 1) - 1));
    return { at: last, ...deed, ...(deed.do === 'amend' && words.chance(0.4) && { words: words.pick(WORDS) }) };
  });
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
  if (dice < 0.91) return { do: 'discard', device, tab };
  return { do: 'sync', device, tab };
}

type EditDeed = Extract<Deed, { do: 'amend' | 'delete' | 'undelete' | 'settle' | 'undo' }>;

/** What was asked of one session beside recording it. */
interface Touched {
  /** Every start and end that anybody asked for. */
  readonly times: Set<string>;
  /** Somebody asked for something after which it is not there. */
  mayGo: boolean;
  /** Where anybody asked, null for a store that is gone. Of changes that two make without knowing of each other's the first to arrive holds. */
  readonly editors: Set<DeviceSlot | null>;
  /** The device on which a delete resolved after which nobody asked for anything else. */
  goneBy: DeviceSlot | null;
  /** Grows with everything that takes back what an earlier delete promised. */
  asked: number;
}

function forgetGone(touched: Touched | undefined): void {
  if (touched === undefined) return;
  touched.goneBy = null;
  touched.asked += 1;
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

  async #act(deed: EditDeed, { device }: TabSlot, engine: SyncEngine): Promise<void> {
    if (deed.do === 'settle') return this.#settle(deed, device, engine);
    if (deed.do === 'undo') return this.#undo(deed.nth, device, engine);
    const states = deed.do === 'undelete' ? (['deleted'] as const) : (['queued', 'sending', 'confirmed'] as const);
    const list = await engine.sessions.list({ states, limit: 20 });
    const session = list[deed.nth % Math.max(1, list.length)];
    if (session === undefined) return;
    const { id, startTime } = session;
    const touched = this.#touch(session);
    this.#world.ledger.edit(device.index, id);
    forgetGone(touched);
    touched.editors.add(device);
    if (deed.do === 'amend' && deed.words !== undefined) {
      await engine.sessions.amend(id, { [deed.words]: `w${deed.minutes}` });
      this.#world.marks.hit('edit.amended');
    } else if (deed.do === 'amend') {
      const endTime = startTime + deed.minutes * MINUTE_MS;
      touched.times.add(`${startTime} ${endTime}`);
      await engine.sessions.amend(id, { startTime, endTime });
      this.#world.marks.hit('edit.amended');
    } else if (deed.do === 'delete') {
      touched.mayGo = true;
      const { asked } = touched;
      await engine.sessions.delete(id);
      if (touched.asked === asked && !isVolatile(engine.status.current)) touched.goneBy = device;
      this.#world.marks.hit('edit.deleted');
    } else {
      await engine.sessions.restore(id);
      this.#world.marks.hit('edit.restored');
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
    for (const { id, before, after } of kind === 'keep_all' ? [] : plan.preview.sessions) {
      if (before === null) this.#made.add(id);
      this.#world.ledger.edit(device.index, id);
      const touched = this.#touch({ id, ...(before ?? after ?? { startTime: 0, endTime: 0 }) });
      forgetGone(touched);
      touched.mayGo = true;
      touched.editors.add(device);
      if (after !== null) touched.times.add(`${after.startTime} ${after.endTime}`);
    }
    if (kind === 'keep_all') for (const id of conflict.sessionIds) this.#kept.add(id);
    await conflicts.resolve(plan);
    this.#world.marks.hit('edit.settled');
    this.#world.note('edited', `${kind} ${conflict.sessionIds.join(' ')}`);
  }

  async #undo(nth: number, device: DeviceSlot, engine: SyncEngine): Promise<void> {
    const journal = engine.conflicts.journal.current;
    const settlement = journal[nth % Math.max(1, journal.length)];
    if (settlement === undefined) return;
    for (const id of settlement.sessionIds) {
      this.#touched.get(id)?.editors.add(device);
      forgetGone(this.#touched.get(id));
    }
    await engine.conflicts.undo(settlement.id);
    this.#world.marks.hit('edit.undone');
  }

  #touch({ id, startTime, endTime }: Pick<Session, 'id' | 'startTime' | 'endTime'>): Touched {
    let touched = this.#touched.get(id);
    if (touched === undefined) this.#touched.set(id, (touched = { times: new Set(), mayGo: false, editors: new Set(), goneBy: null, asked: 0 }));
    touched.times.add(`${startTime} ${endTime}`);
    return touched;
  }

  /** Its store was taken away, and with it perhaps what it had to tell. */
  evicted(device: DeviceSlot): void {
    for (const touched of this.#touched.values()) {
      if (!touched.editors.has(device)) continue;
      forgetGone(touched);
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
    for (const [id, { goneBy, editors }] of this.#touched) {
      const [here, there] = [shown.get(id), stored.get(id)];
      // On a copy of the profile the timer may still run, though it ended on the other one.
      if (here?.state === 'parked' || here?.state === 'running') continue;
      if (goneBy === device && editors.size === 1 && there !== undefined) this.#world.violate('I-25', `session ${id} was deleted on device ${device.index}, and is there again`);
      if (there !== undefined && here === undefined) this.#world.violate('I-09', `device ${device.index} does not show session ${id}, which the server has`);
      if (there === undefined && here !== undefined) this.#world.violate('I-09', `device ${device.index} shows session ${id}, which the server does not have`);
      if (there && here && (there.start !== here.startTime || there.end !== here.endTime)) this.#world.violate('I-09', `device ${device.index} shows other times of session ${id} than the server`);
      if (there && here && WORDS.some((word) => there[word] !== here[word])) this.#world.violate('I-09', `device ${device.index} shows other words of session ${id} than the server`);
    }
  }
}
