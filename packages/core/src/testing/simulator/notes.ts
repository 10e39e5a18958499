// Notes of recorded sessions in drawn worlds: what people wrote into them, kept outside every engine, and what must hold of it once
// everything is quiet (I-09).
//
// Each edit puts one word into a note that no other edit uses, at its beginning or its end: so a word names the edit, and merging must
// keep each of them once, and what was there before once.
import type { Session, SyncEngine } from '../../api.ts';
import type { Action, Deed, DevicePlan } from './action.ts';
import { randomStream } from './random.ts';
import { isVolatile } from './oracle/status.ts';
import type { DeviceSlot, TabSlot, World } from './world.ts';

const MOST = 10;

interface Edit {
  readonly id: string;
  readonly device: number;
  readonly word: string;
  /** The engine promised that it is durable, and nobody took the store away since. */
  isOwed: boolean;
}

/** What people write in the world of that seed; mostly into one of a few sessions, so that edits meet. */
export function noteActions(seed: number, devices: readonly DevicePlan[], horizonMs: number): Action[] {
  const random = randomStream(seed, 'notes');
  let last = 0;
  return Array.from({ length: random.int(0, random.pick([3, 6, MOST])) }, () => {
    const device = random.int(0, devices.length - 1);
    const tab = random.int(0, (devices[device]?.tabs ?? 1) - 1);
    last = random.chance(0.4) ? last + random.int(0, 400) : random.int(0, horizonMs);
    return { do: 'annotate', device, tab, session: random.chance(0.6) ? 0 : random.int(1, 3), atEnd: random.chance(0.5), at: last } as const;
  });
}

export class NoteBook {
  readonly #world: World;
  readonly #edits: Edit[] = [];

  constructor(world: World) {
    this.#world = world;
  }

  write({ device }: TabSlot, engine: SyncEngine, { session: place, atEnd }: Extract<Deed, { do: 'annotate' }>, index: number): void {
    void this.#write(device, engine, place, atEnd, `(${index})`).catch((error: unknown) => this.#world.note('refused', `note ${String(error)}`));
  }

  async #write(device: DeviceSlot, engine: SyncEngine, place: number, atEnd: boolean, word: string): Promise<void> {
    const { poison } = this.#world;
    const list = await engine.sessions.list({ states: ['queued', 'sending', 'confirmed'], limit: 50 });
    const choice = list.filter(({ id }) => !poison.has(id)).sort((a, b) => (a.id < b.id ? -1 : 1));
    const session = choice[place % Math.max(1, choice.length)];
    if (session === undefined) return;
    const { id, note, tags } = session;
    const edit: Edit = { id, device: device.index, word, isOwed: false };
    this.#edits.push(edit);
    this.#world.ledger.edit(device.index, id);
    const isOwed = !isVolatile(engine.status.current);
    await engine.sessions.annotate(id, { note: atEnd ? note + word : word + note, tags: [...tags, word], seen: { note, tags } });
    edit.isOwed = isOwed;
    this.#world.note('annotated', `${id} ${word}`);
  }

  /** Whether anybody wrote into it: then its note is judged here. */
  has(id: string): boolean {
    return this.#edits.some((edit) => edit.id === id);
  }

  /** The platform took the device's store away: what was not sent may be gone. */
  evicted(device: DeviceSlot): void {
    for (const edit of this.#edits) if (edit.device === device.index) edit.isOwed = false;
  }

  /** Resolves when every tab was asked. */
  async checkQuiet(): Promise<void> {
    for (const [user, userId] of this.#world.userIds.entries()) {
      for (const { id, note } of this.#world.server.stored(userId)) if (this.has(id)) await this.#check(user, id, note);
    }
  }

  async #check(user: number, id: string, stored: string): Promise<void> {
    const { world, edits } = { world: this.#world, edits: this.#edits.filter((edit) => edit.id === id) };
    const count = (text: string): number => stored.split(text).length - 1;
    for (const { word, device, isOwed } of edits) {
      const times = count(word);
      if (times > 1) this.#violate(`${word} is ${times} times in the note of ${id}: ${stored}`);
      if (times === 0 && isOwed) this.#violate(`${word} of device ${device} is lost from the note of ${id}: ${stored}`);
    }
    const base = world.ledger.find(id)?.note ?? '';
    if (base !== '' && count(base) !== 1) this.#violate(`the first text is ${count(base)} times in the note of ${id}: ${stored}`);
    const rest = edits.reduce((text, { word }) => text.replace(word, ''), stored.replace(base, ''));
    if (rest !== '') this.#violate(`the note of ${id} holds what nobody wrote: ${stored}`);
    let tags: string | null = null;
    for (const slot of world.devices.filter(({ plan }) => plan.user === user).flatMap((device) => device.tabs)) {
      if (slot.engine === null) continue;
      const shown: Session | null = await world.scheduler.drive(slot.engine.sessions.get(id));
      // A copy of its profile may have ended what this device still runs, or sent what waits here for a person.
      if (shown === null || shown.state === 'running' || shown.state === 'parked') continue;
      const place = `tab ${slot.device.index}.${slot.index}`;
      if (shown.note !== stored) this.#violate(`${place} shows the note ${shown.note}, the server has ${stored}`);
      if (shown.pending) this.#violate(`${place} still has the note of ${id} pending`);
      tags ??= shown.tags.join(' ');
      if (shown.tags.join(' ') !== tags) this.#violate(`${place} shows the tags ${shown.tags.join(' ')}, another tab ${tags}`);
    }
  }

  #violate(what: string): void {
    this.#world.violate('I-09', what);
  }
}
