// The part of the exchange without the exchange: devices and a server that keeps the document, passing what each would send.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PreferencesAnswer } from '@syncline/protocol';
import { PREFERENCE_ROOTS } from '@syncline/protocol/preferences';
import { Doc, encodeStateAsUpdate } from 'yjs';
import { fromBase64, toBase64 } from './base64.ts';
import { Device } from './device.test-support.ts';
import { lackOf, mergeUpdate, readDocument, vectorOf } from './document.ts';

class Server {
  document: Uint8Array | null = null;
  /** Why it takes no update; null when it does. */
  refusal: PreferencesAnswer['rejected'] | null = null;

  async exchange(device: Device, isAnswerLost = false): Promise<void> {
    const sent = await device.part.outgoing();
    if (sent === undefined) return;
    const update = sent.update === undefined ? null : fromBase64(sent.update);
    const rejected = update === null ? null : this.refusal;
    if (update !== null && rejected === null) this.document = mergeUpdate(this.document, update)?.bytes ?? this.document;
    if (isAnswerLost) return;
    const lack = lackOf(this.document, fromBase64(sent.state_vector) ?? vectorOf(null));
    const answer: PreferencesAnswer = { state_vector: toBase64(vectorOf(this.document)), ...(lack === null ? {} : { update: toBase64(lack) }), ...(rejected !== null && { rejected }) };
    await device.commit(device.part.incoming(answer));
    device.part.follow();
  }
}

function world(devices: number) {
  let clock = 1_756_000_000_000;
  const now = (): number => (clock += 1000);
  return { server: new Server(), devices: Array.from({ length: devices }, (_, i) => new Device(`device-${i}`, i + 1, now)) };
}

async function settle(server: Server, devices: readonly Device[]): Promise<void> {
  for (let round = 0; round < 3; round += 1) for (const device of devices) await server.exchange(device);
}

describe('preferences in the exchange', () => {
  it('different names all survive; one name has one winner, and the loser is offered on the device that set it', async () => {
    const { server, devices } = world(2);
    const [a, b] = devices as [Device, Device];
    await settle(server, devices);
    await a.api.set({ theme_preference: 'dark', daily_goal: 3 });
    await b.api.set({ theme_preference: 'light', focus_mode: 'strict' });
    await settle(server, devices);
    expect(a.api.current.values).toEqual(b.api.current.values);
    expect(a.api.current.values).toMatchObject({ daily_goal: 3, focus_mode: 'strict' });
    const winner = a.api.get('theme_preference');
    const [loser, lost] = winner === 'dark' ? [b, 'light'] : [a, 'dark'];
    expect(devices.map(({ api }) => api.current.lost.length).sort()).toEqual([0, 1]);
    expect(loser.api.current.lost).toMatchObject([{ name: 'theme_preference', value: lost }]);
    await loser.api.restore(loser.api.current.lost[0]?.id ?? '');
    await settle(server, devices);
    expect(devices.map(({ api }) => [api.get('theme_preference'), api.current.lost.length, api.current.pending])).toEqual([[lost, 0, false], [lost, 0, false]]);
  });

  it('what was set before the first meeting holds, and what it replaced there is offered once on the device that did so', async () => {
    const { server, devices } = world(2);
    const [a, b] = devices as [Device, Device];
    await a.api.set({ theme_preference: 'dark', daily_goal: 3 });
    await settle(server, [a]);
    await b.api.set({ theme_preference: 'light', daily_goal: 3 });
    await settle(server, devices);
    for (const { api } of devices) expect(api.current.values).toEqual({ theme_preference: 'light', daily_goal: 3 });
    expect(a.api.current.lost).toEqual([]);
    expect(b.api.current.lost).toMatchObject([{ name: 'theme_preference', value: 'dark', deviceId: 'device-0' }]);
  });

  it('what was set knowing the other is no conflict, and a lost answer makes none', async () => {
    const { server, devices } = world(2);
    const [a, b] = devices as [Device, Device];
    await settle(server, devices);
    await a.api.set('theme_preference', 'dark');
    await server.exchange(a, true);
    await server.exchange(b);
    await b.api.set('theme_preference', 'auto');
    await settle(server, devices);
    expect(devices.map(({ api }) => [api.get('theme_preference'), api.current.lost.length])).toEqual([['auto', 0], ['auto', 0]]);
  });

  it('[B11] what a slow clock sets after another device is later than that, and was set by now as this device tells it', async () => {
    const { server, devices } = world(1);
    const slow = new Device('slow', 9, () => 1_000_000);
    await devices[0]?.api.set('daily_goal', 3);
    await settle(server, [...devices, slow]);
    await slow.api.set('daily_goal', 4);
    expect(slow.api.current.details.daily_goal?.at).toBe((devices[0]?.api.current.details.daily_goal?.at ?? 0) + 1);
    expect(slow.stored.row?.changedAt).toBe(1_000_000);
  });

  it.each([Number.POSITIVE_INFINITY, 2 ** 60, 1e300, 0.5, -1])('what a document says was set at %s was set at no time, and what is set after it is kept and sent', async (at) => {
    const { server, devices: [a] } = world(1) as { server: Server; devices: [Device] };
    const doc = new Doc();
    doc.getMap(PREFERENCE_ROOTS.values).set('daily_goal', 3);
    doc.getMap(PREFERENCE_ROOTS.origins).set('daily_goal', { device_id: 'other', at });
    server.document = encodeStateAsUpdate(doc);
    await settle(server, [a]);
    expect(a.api.current.details.daily_goal).toMatchObject({ deviceId: 'other', at: null });
    await a.api.set('daily_goal', 4);
    await a.keep()();
    expect(a.api.current).toMatchObject({ values: { daily_goal: 4 }, pending: true });
    await settle(server, [a]);
    expect(readDocument(server.document).get('daily_goal')).toMatchObject({ value: 4, at: a.api.current.details.daily_goal?.at });
  });

  it('[D04] every device that writes has an author of its own', async () => {
    const { server, devices } = world(4);
    await settle(server, devices);
    for (const [i, { api }] of devices.entries()) await api.set('daily_goal', i + 1);
    await settle(server, devices);
    expect(vectorOf(server.document)[0]).toBe(4);
  });

  it('[D04] a store that went back behind what was sent goes on under another author, so nothing is taken for known', async () => {
    const { server, devices } = world(2);
    const [a, b] = devices as [Device, Device];
    await settle(server, devices);
    await a.api.set('daily_goal', 3);
    await server.exchange(a);
    const goBack = a.keep();
    await a.api.set('daily_goal', 4);
    await server.exchange(a);
    await goBack();
    await a.api.set('focus_mode', 'strict');
    await settle(server, devices);
    for (const { api } of [a, b]) expect(api.current.values).toEqual({ daily_goal: 4, focus_mode: 'strict' });
  });

  it('what the server refuses is set again into its document, and parked in its words when it refuses it for good', async () => {
    const { server, devices } = world(2);
    const [a, b] = devices as [Device, Device];
    await settle(server, devices);
    await b.api.set('theme_preference', 'dark');
    await server.exchange(b);
    server.refusal = { code: 'invalid_request', message: 'Not that', details: [{ path: 'preferences.daily_goal', message: 'must be even' }] };
    await a.api.set({ daily_goal: 3, focus_mode: 'strict' });
    for (let round = 0; round < 4; round += 1) await server.exchange(a);
    expect(a.api.current.values).toEqual({ daily_goal: 3, focus_mode: 'strict', theme_preference: 'dark' });
    expect(a.api.current.details.daily_goal?.parked).toBeNull();
    for (let round = 0; round < 5; round += 1) await server.exchange(a);
    expect(a.api.current.details.daily_goal?.parked).toMatchObject({ code: 'invalid_request', message: 'Not that', details: [{ message: 'must be even' }] });
    expect(a.api.current.details.focus_mode).toMatchObject({ pending: true, parked: null });
    server.refusal = null;
    await settle(server, devices);
    expect(b.api.current.values).toEqual({ focus_mode: 'strict', theme_preference: 'dark' });
    await a.api.set('daily_goal', 4);
    await settle(server, devices);
    expect(b.api.current.values).toMatchObject({ daily_goal: 4 });
    expect(a.api.current.pending).toBe(false);
  });

  it.each(['__proto__', 'constructor', 'prototype'])('[S-21] an update with the name %s is refused whole', (name) => {
    const doc = new Doc();
    doc.getMap(PREFERENCE_ROOTS.values).set(name, { polluted: 1 });
    doc.getMap(PREFERENCE_ROOTS.values).set('daily_goal', 5);
    expect(mergeUpdate(null, encodeStateAsUpdate(doc))).toBeNull();
    expect('polluted' in {}).toBe(false);
  });

  it('[S-22] an update that is none, too large or of another document changes nothing', () => {
    for (const bytes of [new Uint8Array([1, 2, 3]), new Uint8Array(1_048_577), new Uint8Array([255, 255, 255, 255, 255])]) expect(mergeUpdate(null, bytes)).toBeNull();
  });

  it('[S-22] an update that can be read and not be written again changes nothing', async () => {
    const { server, devices } = world(1);
    const [a] = devices as [Device];
    await settle(server, devices);
    await a.part.outgoing();
    // What it follows is said to be of an author whose number is none.
    const update = 'AgG54ICAgICACAAhAQtwcmVmZXJlbmNlcwpkYWlseV9nb2FsAQFNAKi54ICAgICAUgABfQQBueCAgICAgAgBAAE=';
    await a.commit(a.part.incoming({ state_vector: toBase64(vectorOf(null)), update }));
    await a.api.set('daily_goal', 3);
    await settle(server, devices);
    expect(a.api.current).toMatchObject({ values: { daily_goal: 3 }, pending: false });
  });

  it('[I-09] all devices and the server say the same after any interleaving, and every last word that was not contested stands', async () => {
    const names = ['daily_goal', 'default_duration', 'short_break_duration'] as const;
    const step = fc.record({ device: fc.nat(2), kind: fc.constantFrom('set', 'set', 'exchange', 'lost'), name: fc.constantFrom(...names), value: fc.integer({ min: 5, max: 20 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const { server, devices } = world(3);
        const setters = new Map<string, Set<number>>();
        const last = new Map<string, number>();
        for (const { device: index, kind, name, value } of steps) {
          const device = devices[index] as Device;
          if (kind !== 'set') await server.exchange(device, kind === 'lost');
          else {
            await device.api.set(name, value);
            setters.set(name, new Set(setters.get(name)).add(index));
            last.set(name, value);
          }
        }
        await settle(server, devices);
        const [first] = devices as [Device];
        for (const { api } of devices) {
          expect(api.current.values).toEqual(first.api.current.values);
          expect(api.current.pending).toBe(false);
        }
        const kept = Object.fromEntries([...readDocument(server.document)].map(([name, { value }]) => [name, value]));
        expect(first.api.current.values).toEqual(kept);
        for (const [name, who] of setters) if (who.size === 1) expect(kept[name]).toBe(last.get(name));
      }),
      { numRuns: 150 },
    );
  });
});
