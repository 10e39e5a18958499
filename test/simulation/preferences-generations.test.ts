// A preferences document that is edited for years: the server begins it anew when it grew, and nobody loses a word by that.
// The parts of devices and of the server that know documents, passing what each would send, without anything else around them.
import type { Preferences, PreferencesAnswer, PreferencesExchange } from '@syncline/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Device } from '../../packages/core/src/preferences/device.test-support.ts';
import type { StoredPreferences, UserSummary } from '../../packages/server/src/ports.ts';
import { exchangePreferences, setPreferences } from '../../packages/server/src/sync/preferences.ts';
import { inlineDocuments } from '../../packages/server/src/testing/index.ts';

/** Room for a few values and not for many changes of them. */
const SMALL = 500;
const NAMES = ['daily_goal', 'default_duration', 'short_break_duration'] as const;
const FIRST: StoredPreferences = { values: { timezone: 'UTC' }, updatedAt: null, document: null, stateVector: null, digest: null, retired: null };

class World {
  stored: StoredPreferences = FIRST;
  readonly devices: readonly Device[];
  /** How often the document was begun anew. */
  generations = 0;
  largest = 0;
  readonly #rewriteAbove: number;
  #clock = 1_756_000_000_000;

  constructor(devices: number, rewriteAbove: number) {
    this.#rewriteAbove = rewriteAbove;
    this.devices = Array.from({ length: devices }, (_, i) => new Device(`device-${i}`, i + 1, () => this.now()));
  }

  now(): number {
    return (this.#clock += 1000);
  }

  get context() {
    const summary = { preferencesUpdated: this.stored.updatedAt } as UserSummary;
    return { documents: inlineDocuments(this.#rewriteAbove), now: this.now(), deviceId: null, summary };
  }

  async #answer(sent: PreferencesExchange): Promise<PreferencesAnswer> {
    const { answer, changes } = await exchangePreferences(this.stored, sent, this.context);
    this.#keep(changes.preferences);
    return answer;
  }

  #keep(next: StoredPreferences | undefined): void {
    if (next === undefined) return;
    if (next.retired !== this.stored.retired) this.generations += 1;
    this.stored = next;
    this.largest = Math.max(this.largest, next.document?.length ?? 0);
  }

  put(values: Preferences): void {
    this.#keep(setPreferences(this.stored, values, this.context, '00000000-0000-4000-8000-0000000000ff')?.preferences);
  }

  async exchange(device: Device, isAnswerLost = false): Promise<void> {
    const sent = await device.part.outgoing();
    if (sent === undefined) return;
    const answer = await this.#answer(sent);
    if (isAnswerLost) return;
    await device.commit(device.part.incoming(answer));
    device.part.follow();
  }

  async settle(devices: readonly Device[] = this.devices): Promise<void> {
    for (let round = 0; round < 8; round += 1) for (const device of devices) await this.exchange(device);
  }
}

/** So many changes of one device, each told at once. */
async function change(world: World, device: Device, times: number, name: (typeof NAMES)[number] = 'default_duration'): Promise<void> {
  for (let i = 0; i < times; i += 1) {
    await device.api.set(name, 5 + ((device.api.get(name) ?? 5) - 4) % 16);
    await world.settle([device]);
  }
}

function bytesOf(value: unknown): number {
  return JSON.stringify(value, (_, part: unknown) => (part instanceof Uint8Array ? 'x'.repeat(part.length) : part)).length;
}

describe('a preferences document that grew', () => {
  it('[A22, I-26] ten thousand exchanged edits leave less than 64 kB on each device and on the server', async () => {
    const world = new World(2, inlineDocuments().rewriteAbove);
    await world.settle();
    for (let i = 0; i < 1000; i += 1) {
      const device = world.devices[i % 2] as Device;
      const [sound, theme, mode, isEven] = [(['bell', 'soft'] as const)[i % 2], (['dark', 'light'] as const)[i % 2], (['strict', 'relaxed'] as const)[i % 2], i % 2 === 0];
      await device.api.set({
        daily_goal: 1 + (i % 20), default_duration: 5 + (i % 50), short_break_duration: 1 + (i % 30), long_break_duration: 5 + (i % 50), public_leaderboard: isEven,
        email_notifications: isEven, slack_notifications: isEven, notification_sound: sound, theme_preference: theme, focus_mode: mode,
      });
      await world.exchange(device);
    }
    await world.settle();
    const [a, b] = world.devices as [Device, Device];
    for (const { stored } of world.devices) expect(bytesOf(stored.document)).toBeLessThan(65_536 / 4);
    expect(bytesOf(world.stored)).toBeLessThan(65_536 / 2);
    expect(world.generations).toBeGreaterThan(10);
    expect(a.api.current.values).toEqual(b.api.current.values);
    expect(devicesWait(world)).toEqual([false, false]);
  }, 60_000);

  it('a device that was away for one generation keeps what it set, and nothing is offered that nobody contested', async () => {
    const { world, a, b } = await two();
    await b.api.set({ daily_goal: 7, theme_preference: 'dark' });
    await world.settle();
    await b.api.set('focus_mode', 'strict');
    await nextGeneration(world, a);
    await world.settle();
    expect(b.api.current).toMatchObject({ pending: false, lost: [], values: { focus_mode: 'strict', daily_goal: 7, theme_preference: 'dark' } });
    expect(a.api.current.values).toEqual(b.api.current.values);
    expect(a.api.current.lost).toEqual([]);
  });

  it('what arrived with an answer that was lost is not set again over what followed it knowingly', async () => {
    const { world, a, b } = await two();
    await b.api.set('daily_goal', 7);
    await world.exchange(b, true);
    await world.exchange(a);
    await a.api.set('daily_goal', 9);
    await nextGeneration(world, a);
    await world.settle();
    for (const { api } of [a, b]) expect(api.current).toMatchObject({ pending: false, lost: [], values: { daily_goal: 9 } });
  });

  it('one name set on both sides of a new generation has one winner, and the other value is offered once', async () => {
    const { world, a, b } = await two();
    await b.api.set('theme_preference', 'light');
    await a.api.set('theme_preference', 'dark');
    await nextGeneration(world, a);
    await world.settle();
    const winner = world.stored.values['theme_preference'];
    expect([a, b].map(({ api }) => api.get('theme_preference'))).toEqual([winner, winner]);
    expect([a, b].flatMap(({ api }) => api.current.lost)).toMatchObject([{ name: 'theme_preference', value: winner === 'dark' ? 'light' : 'dark' }]);
  });

  it('a device that missed two generations is offered its own last values where others hold', async () => {
    const { world, a, b } = await two();
    await b.api.set({ daily_goal: 7, theme_preference: 'dark' });
    await world.settle();
    await b.api.set('focus_mode', 'strict');
    await nextGeneration(world, a);
    await nextGeneration(world, a);
    await a.api.set('theme_preference', 'light');
    await world.settle();
    expect(b.api.current).toMatchObject({ pending: false, values: { focus_mode: 'strict', daily_goal: 7, theme_preference: 'light' } });
    expect(b.api.current.lost).toMatchObject([{ name: 'theme_preference', value: 'dark', deviceId: 'device-1' }]);
  });

  it('[D01] a server that was restored to an earlier generation is told again what its devices know to be newer', async () => {
    const { world, a, b } = await two();
    await a.api.set({ daily_goal: 7, focus_mode: 'strict' });
    await world.settle();
    const backup = world.stored;
    await nextGeneration(world, a);
    await b.api.set('daily_goal', 8);
    await world.settle();
    world.stored = backup;
    await world.settle();
    for (const { api } of [a, b]) expect(api.current).toMatchObject({ pending: false, values: { daily_goal: 8, focus_mode: 'strict' } });
    expect(world.stored.values).toEqual(a.api.current.values);
  });
});

async function two() {
  const world = new World(2, SMALL);
  const [a, b] = world.devices as [Device, Device];
  await world.settle();
  return { world, a, b };
}

async function nextGeneration(world: World, device: Device): Promise<void> {
  for (const before = world.generations; world.generations === before;) await change(world, device, 1);
}

const devicesWait = ({ devices }: World) => devices.map(({ api }) => api.current.pending);

describe('any interleaving of edits, lost answers, plain calls and generations', () => {
  const step = fc.record({
    device: fc.nat(2), kind: fc.constantFrom('set', 'set', 'set', 'exchange', 'exchange', 'lost', 'put'),
    name: fc.constantFrom(...NAMES), value: fc.integer({ min: 5, max: 20 }),
  });

  it('[I-09, A22] all devices and the server say the same, and every last word that nobody contested stands', async () => {
    let most = 0;
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), fc.constantFrom(400, 500, 700), async (steps, rewriteAbove) => {
      const world = new World(3, rewriteAbove);
      const setters = new Map<string, Set<number>>();
      const last = new Map<string, number>();
      for (const { device: index, kind, name, value } of steps) {
        const device = world.devices[index] as Device;
        if (kind === 'exchange' || kind === 'lost') await world.exchange(device, kind === 'lost');
        else {
          if (kind === 'put') world.put({ [name]: value });
          else await device.api.set(name, value);
          setters.set(name, new Set(setters.get(name)).add(kind === 'put' ? -1 : index));
          last.set(name, value);
        }
      }
      await world.settle();
      most = Math.max(most, world.generations);
      for (const { api } of world.devices) {
        expect(api.current.pending).toBe(false);
        expect(api.current.values).toEqual(world.stored.values);
      }
      for (const [name, who] of setters) if (who.size === 1) expect(world.stored.values[name]).toBe(last.get(name));
    }), { numRuns: 200 });
    expect(most).toBeGreaterThan(3);
  }, 60_000);
});
