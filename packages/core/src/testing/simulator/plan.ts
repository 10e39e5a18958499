// Seed in, plan out. Draws the shape of the world, which kinds of fault this seed knows at all (swarm testing:
// a world with every fault at once hides most of them), and when everything happens.
import type { Action, Deed, DevicePlan, NetFault, Plan, Poison } from './action.ts';
import { editActions, keepActions, overlapActions } from './edits.ts';
import { noteActions } from './notes.ts';
import { preferenceActions } from './preferences.ts';
import { randomStream, type Random } from './random.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** Kinds of trouble that many worlds know where they are wanted at all, and how many of them. Each is drawn from a stream of its own, so that worlds without it are the same whether or not it is wanted. */
const OFTEN = [['restore', 0.7], ['clone', 0.7], ['upgrade', 0.4]] as const;
const AHEAD_MAX = 6 * HOUR;
/** How many of the pages that freeze are told so. */
const TOLD = 0.3;

/** The kinds of trouble that a seed may know or not know. */
export const FAULT_KINDS = [
  'net', 'edge', 'tabs', 'locks', 'channel', 'sleep', 'clock', 'power', 'evict', 'full', 'abort', 'handle', 'open',
  'server', 'server-clock', 'restore', 'clone', 'upgrade', 'token', 'sign-out', 'other-user', 'poison', 'hints',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** Bounds within which plans are drawn, whole numbers from 1 on; each has a default. */
export interface PlanShape {
  readonly maxUsers?: number | undefined;
  readonly maxDevices?: number | undefined;
  readonly maxTabs?: number | undefined;
  /** Most things that people do in one run, without what the following three add. */
  readonly maxDeeds?: number | undefined;
  /** Worlds in which people set preferences and edit notes too, with a server that offers the exchange; false by default. */
  readonly preferences?: boolean | undefined;
  /** Worlds in which people change, delete and settle what is recorded, with a server that offers the exchange; false by default. */
  readonly edits?: boolean | undefined;
  /** And in which they let overlapping sessions stand side by side; false by default. */
  readonly keeps?: boolean | undefined;
  /** Kinds of fault to draw from; all that the engine is built for by default. */
  readonly faults?: readonly FaultKind[] | undefined;
}

interface Draft {
  readonly seed: number;
  readonly horizonMs: number;
  readonly devices: readonly DevicePlan[];
  readonly users: number;
  readonly kinds: ReadonlySet<FaultKind>;
  /** Whether sessions may lie over one another; without it nothing is ever in conflict. */
  readonly overlapping: boolean;
}

/**
 * The plan of that seed. Equal arguments give equal plans.
 * @throws RangeError for a seed that is no whole number, a bound that is none, or a kind of fault that there is not.
 */
export function generatePlan(seed: number, shape: PlanShape = {}): Plan {
  checkShape(seed, shape);
  const draft = draw(seed, shape);
  const hasPreferences = shape.preferences === true;
  const wishes = hasPreferences ? [...preferenceActions(seed, draft.devices, draft.horizonMs), ...noteActions(seed, draft.devices, draft.horizonMs)] : [];
  const edits = shape.edits === true ? [...overlapActions(seed, draft.devices, draft.horizonMs), ...editActions(seed, draft.devices, draft.horizonMs)] : [];
  const keeps = shape.keeps === true ? keepActions(seed, draft.devices, draft.horizonMs) : [];
  const people = [...peopleActions(draft, shape.maxDeeds ?? 14), ...wishes, ...edits, ...keeps];
  const faults = faultActions(draft, people);
  const actions = [...people, ...faults].sort((a, b) => a.at - b.at);
  // A basic server has no epoch and knows no installations: nobody can know that it was set back, or that there are two of one id.
  const isBasic = !hasPreferences && shape.edits !== true && !draft.kinds.has('restore') && !draft.kinds.has('clone') && randomStream(seed, 'server').chance(0.5);
  const streams = !isBasic && randomStream(seed, 'stream').chance(0.5);
  return { seed, users: draft.users, isBasic, streams, ...(hasPreferences && { hasPreferences }), devices: draft.devices, actions };
}

function checkShape(seed: number, { maxUsers, maxDevices, maxTabs, maxDeeds, faults = [] }: PlanShape): void {
  if (!Number.isSafeInteger(seed)) throw new RangeError(`a seed is a whole number, and not ${seed}`);
  for (const [name, bound = 1] of Object.entries({ maxUsers, maxDevices, maxTabs, maxDeeds })) {
    if (!Number.isSafeInteger(bound) || bound < 1) throw new RangeError(`${name} must be a whole number from 1 on, and is ${bound}`);
  }
  for (const kind of faults) if (!FAULT_KINDS.includes(kind)) throw new RangeError(`there is no kind of fault called ${kind}`);
}

function draw(seed: number, shape: PlanShape): Draft {
  const random = randomStream(seed, 'shape');
  const wanted = shape.faults ?? FAULT_KINDS;
  const allowed = wanted.filter((kind) => !OFTEN.some(([often]) => often === kind));
  const share = random.pick([0, 0.1, 0.2, 0.35, 0.6]);
  const kinds = new Set<FaultKind>(allowed.filter(() => random.chance(share)));
  if (kinds.size === 0 && allowed.length > 0 && random.chance(0.8)) kinds.add(random.pick(allowed));
  for (const [kind, probability] of OFTEN) if (wanted.includes(kind) && randomStream(seed, kind).chance(probability)) kinds.add(kind);
  const maxDevices = shape.maxDevices ?? 8;
  const users = Math.min(shape.maxUsers ?? 3, maxDevices, random.pick([1, 1, 1, 2, 2, 3]));
  const count = Math.max(users, Math.min(maxDevices, random.pick([1, 1, 2, 2, 2, 3, 3, 4, 5, 8])));
  const tabsMax = Math.min(shape.maxTabs ?? 4, random.pick([1, 1, 2, 2, 3, 4]), count > 4 ? 1 : 4);
  const devices = Array.from({ length: count }, (_, index): DevicePlan => ({
    user: index < users ? index : random.int(0, users - 1),
    type: random.pick(['mac_app', 'windows_app', 'web_timer', 'web_timer']),
    tabs: random.int(1, tabsMax),
    ...clockOf(random, kinds.has('clock')),
    latencyMs: random.pick([0, 5, 40, 40, 200, 1500]),
  }));
  const horizonMs = random.pick([20 * SECOND, 90 * SECOND, 90 * SECOND, 5 * MINUTE, 15 * MINUTE]);
  return { seed, horizonMs, devices, users, kinds, overlapping: random.chance(0.4) || shape.keeps === true };
}

function clockOf(random: Random, wrong: boolean): Pick<DevicePlan, 'clockAheadMs' | 'driftPpm'> {
  const draws = [random.next(), random.next(), random.next()] as const;
  if (!wrong || draws[0] < 0.4) return { clockAheadMs: 0, driftPpm: 0 };
  const reach = draws[1] < 0.5 ? 3 * MINUTE : draws[1] < 0.8 ? HOUR : 400 * 24 * HOUR;
  // What is timed on a clock that is ahead waits for the server's to get there, and the world would run that long.
  const ahead = Math.min(AHEAD_MAX, Math.round((draws[2] - 0.75) * reach));
  return { clockAheadMs: ahead, driftPpm: Math.round((draws[2] - 0.5) * 400) };
}

/** Draws an instant; most things happen early, and some right after one another. */
function instants(random: Random, count: number, horizonMs: number): number[] {
  const list: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const last = list[index - 1];
    const close = random.chance(0.35);
    const at = random.int(0, horizonMs);
    list.push(close && last !== undefined ? last + random.int(0, 300) : at);
  }
  return list.sort((a, b) => a - b);
}

function peopleActions(draft: Draft, most: number): Action[] {
  const random = randomStream(draft.seed, 'people');
  const count = random.int(1, Math.min(most, random.pick([4, 8, most, most])));
  const slots = randomStream(draft.seed, 'slots');
  return instants(randomStream(draft.seed, 'times'), count, draft.horizonMs).map((at, index) => {
    const device = random.int(0, draft.devices.length - 1);
    const tab = random.int(0, (draft.devices[device]?.tabs ?? 1) - 1);
    return { at, ...personDeed(random, slots, draft, { device, tab, index }) };
  });
}

interface Place {
  readonly device: number;
  readonly tab: number;
  readonly index: number;
}

function personDeed(random: Random, slots: Random, draft: Draft, place: Place): Deed {
  const { device, tab } = place;
  const dice = random.next();
  if (dice < 0.62) return recordDeed(random, slots, draft, place);
  if (dice < 0.72) return { do: 'start', device, tab };
  if (dice < 0.8) return { do: 'complete', device, tab };
  if (dice < 0.83) return { do: 'cancel', device, tab };
  if (dice < 0.86) return { do: 'again', device, tab };
  if (dice < 0.89) return { do: 'look', device, tab };
  if (dice < 0.92) return { do: 'sync', device, tab };
  if (dice < 0.94) return { do: 'retry', device, tab };
  if (dice < 0.955) return { do: 'discard', device, tab };
  if (dice < 0.97) return { do: 'close', device, tab };
  if (dice < 0.985) return { do: 'hide', device, tab, forMs: random.int(1, 10) * MINUTE };
  return { do: 'open', device, tab: random.int(0, 3) };
}

function recordDeed(random: Random, slots: Random, draft: Draft, place: Place): Deed {
  const { device, tab, index } = place;
  const minutes = slots.int(1, 50);
  // Slots of an hour, before the run began: apart they never touch, overlapping they share three hours.
  const slot = draft.overlapping ? slots.int(1, 3) : 2 + index;
  const start = -slot * HOUR + (draft.overlapping ? slots.int(0, 30) * MINUTE : 0);
  const poison = draft.kinds.has('poison') && random.chance(0.3) ? random.pick<Poison>([400, 409, 413, 422, 500]) : undefined;
  return { do: 'record', device, tab, start, minutes, poison };
}

function faultActions(draft: Draft, people: readonly Action[]): Action[] {
  const actions: Action[] = [];
  for (const kind of draft.kinds) {
    const random = randomStream(draft.seed, 'faults', kind);
    const count = random.int(1, random.pick([1, 3, 5]));
    for (let index = 0; index < count; index += 1) {
      const deed = faultDeed(kind, random, draft);
      if (deed !== null) actions.push({ at: faultInstant(random, draft, people), ...deed });
    }
  }
  const told = randomStream(draft.seed, 'told');
  return actions.map((action) => (action.do === 'freeze' && told.chance(TOLD) ? { ...action, isTold: true } : action));
}

/** Faults hurt most just before or after somebody did something. */
function faultInstant(random: Random, draft: Draft, people: readonly Action[]): number {
  const anywhere = random.int(0, draft.horizonMs);
  const near = people.length > 0 && random.chance(0.65) ? random.pick(people).at : null;
  const offset = random.pick([-1000, -50, 0, 1, 10, 60, 100, 250, 1500, 4000]) + random.int(0, 40);
  return near === null ? anywhere : Math.max(0, near + offset);
}

const NET: readonly NetFault[] = ['cut', 'cut', 'lose-request', 'lose-answer', 'lose-answer', 'truncate', 'duplicate', 'slow', 'hang'];
const EDGE: readonly NetFault[] = [
  'portal', 'junk', 'redirect', 'status-408', 'status-429', 'status-500', 'status-502', 'status-503', 'status-401', 'status-403', 'status-404',
];

type DeedOf = (random: Random, device: number, tab: number, draft: Draft) => Deed | null;

const FAULT_DEEDS: Readonly<Record<FaultKind, DeedOf>> = {
  net: (random, device) => ({ do: 'net', device, fault: random.pick(NET), forMs: duration(random) }),
  edge: (random, device) => ({ do: 'net', device, fault: random.pick(EDGE), forMs: duration(random) }),
  tabs: (random, device, tab) =>
    random.chance(0.6) ? { do: 'kill', device, tab, point: random.pick([undefined, undefined, 'before-commit', 'committed']) } : { do: 'freeze', device, tab, forMs: duration(random) },
  locks: (_, device, tab) => ({ do: 'steal', device, tab }),
  channel: (random, device) => ({ do: 'deafen', device, forMs: duration(random) }),
  sleep: (random, device) => ({ do: 'sleep', device, forMs: random.pick([20 * SECOND, 10 * MINUTE, 3 * HOUR, 30 * HOUR]) }),
  clock: (random, device) => ({ do: 'clock', device, byMs: random.pick([-HOUR, -2 * MINUTE, -3 * SECOND, 3 * SECOND, 2 * MINUTE, 10 * MINUTE]) }),
  power: (_, device) => ({ do: 'power', device }),
  evict: (_, device) => ({ do: 'evict', device }),
  full: (random, device) => ({ do: 'full', device, forMs: duration(random) }),
  abort: (random, device) => ({ do: 'abort', device, count: random.int(1, 3) }),
  handle: (_, device) => ({ do: 'handle', device }),
  open: (random, device) => ({ do: 'refuse-open', device, forMs: duration(random) }),
  server: (random) => {
    if (random.chance(0.3)) return { do: 'server-down', forMs: duration(random) };
    const when = random.chance(0.5) ? 'before' : 'after';
    // Drawn for nothing: without it, all that is drawn after it would be something else.
    random.next();
    return { do: 'server-crash', when };
  },
  'server-clock': (random) => ({ do: 'server-clock', byMs: random.pick([-10 * MINUTE, -MINUTE, -SECOND, SECOND, MINUTE, 10 * MINUTE]) }),
  restore: (random) => (random.chance(0.5) ? { do: 'server-save' } : { do: 'server-restore' }),
  clone: (random, device, _tab, { devices }) => (devices.filter(({ user }) => user === devices[device]?.user).length > 1 ? { do: 'clone', device, nth: random.int(0, 2) } : null),
  upgrade: (random, device, tab) => ({ do: 'upgrade', device, tab, forMs: duration(random) }),
  token: (random, _device, _tab, draft) => ({ do: 'expire', user: random.int(0, draft.users - 1) }),
  'sign-out': (random, device) => ({ do: 'signed-out', device, forMs: duration(random) }),
  'other-user': (random, device, _tab, draft) => (draft.users > 1 ? { do: 'other-user', device, forMs: duration(random) } : null),
  poison: () => null,
  hints: (random, device) => ({ do: 'hint', device, online: random.chance(0.5) }),
};

function faultDeed(kind: FaultKind, random: Random, draft: Draft): Deed | null {
  const device = random.int(0, draft.devices.length - 1);
  const tab = random.int(0, (draft.devices[device]?.tabs ?? 1) - 1);
  return FAULT_DEEDS[kind](random, device, tab, draft);
}

function duration(random: Random): number {
  return random.pick([50, 500, 3 * SECOND, 10 * SECOND, 40 * SECOND, 2 * MINUTE, 6 * MINUTE]);
}
