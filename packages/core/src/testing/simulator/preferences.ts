// Preferences in drawn worlds: what people set, kept outside every engine, and what must hold of it once everything is quiet (I-09).
//
// No value is set twice, so a value names the act that set it, and what a tab showed at that moment says which act this one followed.
import type { PreferenceName, Preferences } from '@syncline/protocol';
import type { HttpRequest } from '../../ports.ts';
import type { EngineStatus, SyncEngine } from '../../api.ts';
import type { Action, DevicePlan } from './action.ts';
import { isVolatile } from './oracle/status.ts';
import { randomStream } from './random.ts';
import type { DeviceSlot, TabSlot, World } from './world.ts';

/** With room for as many values as one run sets. */
const NAMES = { default_duration: 5, long_break_duration: 5, short_break_duration: 1 } as const;
type WishName = keyof typeof NAMES;
const NAMES_LIST = Object.keys(NAMES) as readonly WishName[];
const MOST = 12;

interface Wish {
  readonly user: number;
  readonly device: number;
  readonly name: WishName;
  readonly value: number;
  /** What its tab showed then. */
  readonly knew: number | undefined;
  /** What any tab of its device showed then: they take turns in one store. */
  readonly deviceKnew: ReadonlySet<number | undefined>;
  /** The engine promised that it is durable, and nobody took the store away since. */
  isOwed: boolean;
}

/** What people set in the world of that seed; some of it right after one another, mostly one preference. */
export function preferenceActions(seed: number, devices: readonly DevicePlan[], horizonMs: number): Action[] {
  const random = randomStream(seed, 'preferences');
  const favourite = random.pick(NAMES_LIST);
  let last = 0;
  return Array.from({ length: random.int(1, random.pick([3, 6, MOST])) }, (_, index) => {
    const device = random.int(0, devices.length - 1);
    const tab = random.int(0, (devices[device]?.tabs ?? 1) - 1);
    const name = random.chance(0.7) ? favourite : random.pick(NAMES_LIST);
    last = random.chance(0.4) ? last + random.int(0, 400) : random.int(0, horizonMs);
    return { do: 'prefer', device, tab, name, value: NAMES[name] + index, at: last } as const;
  });
}

/** Pending preferences forbid `healthy`; a status tells of them in its last recommendation only. */
export function saysPreferencesWait({ recommendations }: EngineStatus): boolean {
  return recommendations.at(-1) === 'Preferences have changes waiting to sync';
}

export class PreferenceBook {
  readonly #world: World;
  readonly #wishes: Wish[] = [];
  /** Accounts of which a device took the server for one without documents, as after an answer of somebody else's to its health call. */
  readonly #documented = new Set<number>();
  /** What was perhaps unsent on two devices at once. */
  readonly #twice = new Set<Wish>();
  /** Accounts of which a device's journal of lost values may be gone with its store. */
  readonly #unlisted = new Set<number>();
  /** Devices whose preferences go by exchange now. */
  readonly #exchanging = new Set<number>();

  constructor(world: World) {
    this.#world = world;
  }

  set({ device }: TabSlot, engine: SyncEngine, name: WishName, value: number): void {
    const { preferences, status } = engine;
    if (preferences === null) return;
    const deviceKnew = new Set(device.tabs.map((tab) => tab.engine?.preferences?.get(name)));
    const wish: Wish = { user: device.plan.user, device: device.index, name, value, knew: preferences.get(name), deviceKnew, isOwed: false };
    this.#wishes.push(wish);
    const isDurable = !isVolatile(status.current);
    preferences.set(name, value).then(
      () => {
        wish.isOwed = isDurable;
        this.#world.note('preferred', `${name} ${value}`);
      },
      (error: unknown) => this.#world.note('refused', `${name} ${String(error)}`),
    );
  }

  /** The platform took the device's store away: what was not sent may be gone. */
  evicted(device: DeviceSlot): void {
    for (const wish of this.#wishes) if (wish.device === device.index) wish.isOwed = false;
    this.#unlisted.add(device.plan.user);
  }

  /** The profile of that device was copied: of what it had set and not sent, the copy's next word and its own may come to be concurrent. */
  copied(source: DeviceSlot): void {
    const { values } = this.#world.server.preferences(this.#world.userIds[source.plan.user] ?? '');
    for (const wish of this.#wishes) if (wish.device === source.index && values[wish.name] !== wish.value) this.#twice.add(wish);
  }

  /** A request of that device arrives. */
  saw({ plan, index }: DeviceSlot, { path }: HttpRequest): void {
    // It knows nothing of what others set.
    if (path === '/api/user/preferences') this.#documented.add(plan.user);
    if (path === '/api/sync/exchange') this.#exchanging.add(index);
    if (path === '/api/user/data') this.#exchanging.delete(index);
  }

  /** Of devices that have something which the server has not taken. */
  unsent(): string[] {
    return this.#world.devices.flatMap(({ index, tabs }) => (tabs.some(({ engine }) => engine?.preferences?.current.pending === true) ? [`device ${index} has preferences pending`] : []));
  }

  checkQuiet(): void {
    this.#world.userIds.forEach((_, user) => this.#checkUser(user));
  }

  #checkUser(user: number): void {
    const { devices, server, userIds } = this.#world;
    const tabs = devices.filter(({ plan }) => plan.user === user).flatMap((device) => device.tabs.filter(({ engine }) => engine?.preferences != null));
    const [first] = tabs;
    if (first === undefined) return;
    const { values: stored, isDocument } = server.preferences(userIds[user] ?? '');
    for (const device of new Set(tabs.map((slot) => slot.device))) {
      const isOwn = this.#exchanging.has(device.index) && documentsOf(device).some(isDocument);
      if (!isOwn && this.#exchanging.has(device.index)) this.#violate(`device ${device.index} holds another document than the server`);
    }
    for (const slot of tabs) {
      const shown = slot.engine?.preferences?.current;
      const place = `tab ${slot.device.index}.${slot.index}`;
      if (!isSame(shown?.values, stored)) this.#violate(`${place} shows ${JSON.stringify(shown?.values)}, the server has ${JSON.stringify(stored)}`);
      for (const name of NAMES_LIST) {
        const [one, other] = [shown?.details[name], first.engine?.preferences?.current.details[name]];
        // Whoever was last answered by something that is no server of ours takes it for one without documents, and those know no origins.
        const isKnown = one?.deviceId != null && other?.deviceId != null;
        if (isKnown && !isSame(one, other)) this.#violate(`${place} tells another origin of ${name} than another tab`);
      }
      const status = slot.engine?.status.current;
      if (status !== undefined && saysPreferencesWait(status)) this.#violate(`${place} says that preferences wait`);
      if (shown?.pending === true) this.#violate(`${place} still has preferences pending`);
    }
    for (const name of NAMES_LIST) this.#checkName(user, name, stored[name], tabs);
  }

  /** What holds is nobody's past: whoever set something later had not seen it. */
  #checkName(user: number, name: WishName, holds: number | undefined, tabs: readonly TabSlot[]): void {
    const wishes = this.#wishes.filter((wish) => wish.user === user && wish.name === name);
    const winner = wishes.find(({ value }) => value === holds);
    const owed = wishes.filter(({ isOwed }) => isOwed);
    if (winner === undefined && (holds !== undefined || owed.length > 0)) return this.#violate(`${name} is ${holds}, which this user never set, although ${owed.length} wishes are owed`);
    if (this.#documented.has(user)) return;
    const past = new Map(wishes.map(({ value, knew }) => [value, knew]));
    const isPastOf = (value: number | undefined, later: number): boolean => {
      for (let at = past.get(later); at !== undefined; at = past.get(at)) if (at === value) return true;
      return false;
    };
    const isTwice = winner !== undefined && this.#twice.has(winner);
    for (const { value } of owed) if (!isTwice && isPastOf(holds, value)) this.#violate(`${name} is ${holds}, but ${value} was set knowing that`);
    if (!this.#unlisted.has(user)) this.#checkJournal(name, holds, owed.filter(({ value }) => value !== holds && !wishes.some((other) => isPastOf(value, other.value))), wishes, tabs);
  }

  /** What lost without being known to whoever won is offered again on some device; within one device the later one simply holds. */
  #checkJournal(name: WishName, holds: number | undefined, losers: readonly Wish[], wishes: readonly Wish[], tabs: readonly TabSlot[]): void {
    for (const { device, value } of losers) {
      const isLast = wishes.findLast((other) => other.device === device)?.value === value;
      const wasSeen = wishes.some((other) => other.value !== value && other.deviceKnew.has(value));
      const isOffered = tabs.some(({ engine }) => engine?.preferences?.current.lost.some((lost) => lost.name === name && lost.value === value));
      if (isLast && !wasSeen && !isOffered) this.#violate(`${name} ${value} of device ${device} lost to ${holds} and is in nobody's journal`);
    }
  }

  #violate(what: string): void {
    this.#world.violate('I-09', what);
  }
}

/** What is stored in another order is the same. */
function isSame(a: object | undefined, b: object | undefined): boolean {
  return sorted(a) === sorted(b);
}

function sorted(value: object | undefined): string {
  return JSON.stringify(Object.entries(value ?? {}).sort(([x], [y]) => (x < y ? -1 : 1)));
}

/** The documents in the stores of a device: one, unless it has several accounts. */
function documentsOf({ sim: { disk } }: DeviceSlot): Uint8Array[] {
  return disk.names().flatMap((name) => {
    const rows = disk.data(name).read([{ table: 'documents', key: 'preferences' }])[0] ?? [];
    return rows.flatMap(({ value }) => {
      const { document } = value as { readonly document: unknown };
      return document instanceof Uint8Array ? [document] : [];
    });
  });
}

/** What a server truly stores of a user's preferences. */
export interface TruePreferences {
  readonly values: Readonly<Pick<Preferences, WishName>> & Readonly<Partial<Record<PreferenceName, unknown>>>;
  /** Whether these bytes are a document with all the changes that the server has, and no others. */
  readonly isDocument: (bytes: Uint8Array) => boolean;
}
