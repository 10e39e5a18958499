import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyUpdate, Doc, encodeStateAsUpdate, encodeStateVector } from 'yjs';
import { baseAuthor, baseOf, PREFERENCE_ROOTS, readPreferences, writePreference } from '@syncline/protocol/preferences';
import { type PreferenceName, PREFERENCE_NAMES } from '@syncline/protocol';
import { firstPreferences, syncPreferences } from './preferences-document.ts';

const NEVER = { retired: null, rewriteAbove: Number.POSITIVE_INFINITY };

const VALUES: Readonly<Partial<Record<PreferenceName, readonly unknown[]>>> = {
  daily_goal: [1, 8, 20], theme_preference: ['light', 'dark'], timezone: ['UTC', 'Europe/Berlin'], auto_start_breaks: [true, false],
};
const NAMES = Object.keys(VALUES) as (keyof typeof VALUES)[];

function setIn(doc: Doc, name: PreferenceName, value: unknown): void {
  doc.transact(() => writePreference(doc.getMap(PREFERENCE_ROOTS.values), doc.getMap(PREFERENCE_ROOTS.origins), name, value, { device_id: 'd', at: 1 }));
}

const viewOf = (doc: Doc) => readPreferences(doc.getMap(PREFERENCE_ROOTS.values), doc.getMap(PREFERENCE_ROOTS.origins));

describe('merging preferences', () => {
  it('[I-09] makes all devices and the server equal, whatever the order', () => {
    const deed = fc.record({
      device: fc.nat({ max: 2 }), kind: fc.constantFrom('set', 'set', 'sync', 'sync-unheard'), name: fc.constantFrom(...NAMES), pick: fc.nat({ max: 2 }),
      client: fc.integer({ min: 0x1_0001, max: 0xffff_ffff }),
    });
    fc.assert(fc.property(fc.array(deed, { maxLength: 30 }), (deeds) => {
      let server = firstPreferences({ timezone: 'UTC' }, 0);
      const docs = [new Doc(), new Doc(), new Doc()] as const;
      const sync = (doc: Doc, isHeard: boolean): void => {
        const outcome = syncPreferences({ ...NEVER, document: server.document, stateVector: encodeStateVector(doc), update: encodeStateAsUpdate(doc) });
        expect(outcome.refused).toBeNull();
        server = outcome.merged ?? server;
        if (isHeard && outcome.answer !== null) applyUpdate(doc, outcome.answer);
      };
      deeds.forEach(({ device, kind, name, pick }) => {
        const doc = docs[device] as Doc;
        const values = VALUES[name] ?? [];
        if (kind === 'set') setIn(doc, name, values[pick % values.length]);
        else sync(doc, kind === 'sync');
      });
      for (const doc of [...docs, ...docs]) sync(doc, true);
      for (const doc of docs) {
        expect(viewOf(doc)).toEqual(viewOf(docs[0]));
        expect(encodeStateVector(doc)).toEqual(server.stateVector);
      }
      expect(server.values).toEqual(viewOf(docs[0]).values);
    }), { numRuns: 150 });
  });

  it('[S-21, S-22] never throws on mutated updates, and takes none that says something else than documented values', () => {
    const doc = new Doc();
    for (const name of NAMES) setIn(doc, name, VALUES[name]?.[0]);
    const good = encodeStateAsUpdate(doc);
    const { document } = firstPreferences({ timezone: 'UTC' }, 0);
    const mutation = fc.array(fc.tuple(fc.nat({ max: good.length - 1 }), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 });
    fc.assert(fc.property(mutation, fc.nat({ max: good.length }), (changes, cut) => {
      const update = good.slice(0, cut === 0 ? good.length : cut);
      for (const [at, byte] of changes) if (at < update.length) update[at] = byte;
      const { merged } = syncPreferences({ ...NEVER, document, stateVector: new Uint8Array([0]), update });
      if (merged === null) return;
      expect(Object.keys(merged.values).filter((name) => !PREFERENCE_NAMES.includes(name as PreferenceName))).toEqual([]);
      const reopened = new Doc();
      applyUpdate(reopened, merged.document);
      expect(viewOf(reopened)).toMatchObject({ values: merged.values, issues: [] });
    }), { numRuns: 2_000 });
  });

  it('takes a change beside a value that was stored where more is known, like a newer time zone, and none that brings such a value', () => {
    const { document } = firstPreferences({ timezone: 'Mars/Base' }, 0);
    const changed = (name: PreferenceName, value: unknown) => {
      const doc = new Doc();
      applyUpdate(doc, document);
      setIn(doc, name, value);
      const { merged, refused } = syncPreferences({ ...NEVER, document, stateVector: encodeStateVector(doc), update: encodeStateAsUpdate(doc) });
      return [merged?.values, refused?.map(({ path }) => path)];
    };
    expect(changed('daily_goal', 8)).toEqual([{ daily_goal: 8, timezone: 'Mars/Base' }, undefined]);
    expect(changed('timezone', 'Europe/Berlin')).toEqual([{ timezone: 'Europe/Berlin' }, undefined]);
    expect(changed('timezone', 7)).toEqual([undefined, ['preferences.timezone']]);
    expect(changed('daily_goal', 21)).toEqual([undefined, ['preferences.daily_goal']]);
  });

  it('does not begin a document anew that holds what only a newer platform knows', () => {
    const { document } = firstPreferences({ timezone: 'Mars/Base' }, 0);
    const doc = new Doc();
    applyUpdate(doc, document);
    setIn(doc, 'timezone', 'Mars/Base');
    const { merged, isReplaced } = syncPreferences({ retired: null, rewriteAbove: 1, document, stateVector: encodeStateVector(doc), update: encodeStateAsUpdate(doc) });
    const stored = new Doc();
    applyUpdate(stored, merged?.document ?? new Uint8Array());
    expect([isReplaced, stored.getMap(PREFERENCE_ROOTS.values).get('timezone'), stored.getMap(PREFERENCE_ROOTS.origins).get('timezone')]).toEqual([false, 'Mars/Base', { device_id: 'd', at: 1 }]);
  });

  it('[S-22] refuses what would make the document larger than it may be', () => {
    let { document } = firstPreferences({ timezone: 'UTC' }, 0);
    let refused: unknown = null;
    // Each author's one change is another entry of the state vector, which must fit an exchange.
    for (let round = 0; refused === null && round < 40; round += 1) {
      const doc = new Doc();
      for (let i = 0; i < 500; i += 1) {
        doc.clientID = 2 ** 40 + round * 1_000 + i;
        setIn(doc, 'daily_goal', (i % 20) + 1);
      }
      const outcome = syncPreferences({ ...NEVER, document, stateVector: new Uint8Array([0]), update: encodeStateAsUpdate(doc) });
      document = outcome.merged?.document ?? document;
      refused = outcome.refused;
    }
    expect(refused).toEqual([{ path: 'update', message: 'makes the document too large' }]);
  });

  it('[S-22] refuses an update that can be read and not be written again', () => {
    const { document } = firstPreferences({ daily_goal: 3 }, 5);
    // A value whose parent is no root and nothing that is there.
    const update = Buffer.from('AgK/rwEAIQELcHJlZmVyZW5jZXMKZGFpbHlfZ29hbAQoAQdvcmlnaW5zCmRhaWx5X2dvYWwBdgIJZGV2aWNlX2lkfgJhdH0FAgcAob+vAQIBqAcAAX0FAr+vAQEAAQcBAAE=', 'base64');
    const { merged, refused } = syncPreferences({ ...NEVER, document, stateVector: new Uint8Array([0]), update });
    expect([merged, refused]).toEqual([null, [{ path: 'update', message: 'must be a Yjs V1 update' }]]);
  });

  it('[S-22] refuses an update that pretends to begin a generation', () => {
    const { document } = firstPreferences({ timezone: 'UTC' }, 0);
    const doc = new Doc();
    doc.clientID = baseAuthor(900_000, 'mine');
    setIn(doc, 'daily_goal', 3);
    const { merged, refused } = syncPreferences({ ...NEVER, document, stateVector: new Uint8Array([0]), update: encodeStateAsUpdate(doc) });
    expect([merged, refused]).toEqual([null, [{ path: 'update', message: 'must not begin a generation' }]]);
  });

  it('[A22] begins a document anew that grew, saying the same with the same origins, and tells the end of the old one', () => {
    const { document } = firstPreferences({ timezone: 'UTC' }, 0);
    const doc = new Doc();
    applyUpdate(doc, document);
    for (let i = 0; i < 50; i += 1) setIn(doc, 'daily_goal', 1 + (i % 20));
    const outcome = syncPreferences({ retired: null, rewriteAbove: 500, document, stateVector: encodeStateVector(doc), update: encodeStateAsUpdate(doc) });
    expect([outcome.isReplaced, outcome.answer, outcome.stateVector]).toEqual([true, null, encodeStateVector(doc)]);
    const next = new Doc();
    applyUpdate(next, outcome.merged?.document ?? new Uint8Array());
    expect(viewOf(next)).toEqual(viewOf(doc));
    expect(baseOf([...next.store.clients.keys()])?.generation).toBe(1);
    expect(outcome.merged?.document.length).toBeLessThan(200);
    const late = syncPreferences({ retired: outcome.merged?.retired ?? null, rewriteAbove: 500, document: outcome.merged?.document ?? document, stateVector: new Uint8Array([1, 5, 2]), update: null });
    expect([late.isReplaced, late.stateVector]).toEqual([true, encodeStateVector(doc)]);
  });
});
