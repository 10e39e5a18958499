// Whatever arrives, the server answers for itself: never a 500, always the error body, and it goes on.
import { type CallName, CALLS } from '@syncline/protocol';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbeddedStore } from '../../packages/server/src/store/sql/open.ts';
import { type ApiUser, type ApiWorld, createApiWorld } from '../../packages/server/src/testing/index.ts';
import { CALL_FIELDS, CALL_QUERIES } from './call-fields.ts';

const NOW = Date.UTC(2025, 7, 24, 15, 30);
let world: ApiWorld;
let user: ApiUser;

beforeAll(async () => {
  const { store } = await openEmbeddedStore(null);
  world = createApiWorld(store, NOW);
  user = await world.signIn();
});
afterAll(() => world.store.close());

const WRITES = CALL_FIELDS.map(({ call }) => call);
const NAMES = [...new Set(CALL_FIELDS.flatMap(({ fields }) => fields.map(({ name }) => name)))];
/** Values that have broken servers before, and anything else. */
const value = fc.oneof(
  fc.constantFrom<unknown>(...CALL_FIELDS.flatMap(({ fields }) => fields.flatMap(({ good, bad }) => [...good, ...bad]))),
  fc.jsonValue(),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.double(),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.uuid(),
);
const body = fc.dictionary(fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...NAMES) }, { weight: 1, arbitrary: fc.string() }), value, { maxKeys: 12 });

function expectAnswer(status: number, text: string, what: string): void {
  expect(status, what).toBeLessThan(500);
  if (status < 400) return;
  const { error, code, request_id: id } = JSON.parse(text) as Record<string, unknown>;
  expect([typeof error, typeof code, typeof id], what).toEqual(['string', 'string', 'string']);
  expect(text).not.toMatch(/\bat .+:\d+:\d+|select |insert into|node_modules/);
}

describe('any input', () => {
  it('[S-08] in a body of the right fields', async () => {
    await fc.assert(fc.asyncProperty(fc.constantFrom(...WRITES), body, async (call, sent) => {
      const template = CALL_FIELDS.find((table) => table.call === call)?.body ?? {};
      const { status, text } = await user.call(call, { body: { ...template, ...sent } });
      expectAnswer(status, text, `${call} ${JSON.stringify(sent)}`);
    }), { numRuns: 600 });
  });

  it('[S-08] in place of a body', async () => {
    await fc.assert(fc.asyncProperty(fc.constantFrom(...WRITES), fc.oneof(fc.string({ unit: 'binary' }), fc.json()), async (call, text) => {
      const { method, path } = CALLS[call];
      const answer = await world.app(new Request(`http://server.test${path}`, { method, headers: { 'Content-Type': 'application/json', Authorization: 'Bearer x' }, body: text }));
      expectAnswer(answer.status, await answer.text(), text);
    }), { numRuns: 300 });
  });

  it('[S-08, S-25] in the address and the headers', async () => {
    const calls = [...CALL_QUERIES.map(({ call }) => call), 'userData', 'health'] as const satisfies readonly CallName[];
    const parameters = fc.array(fc.tuple(fc.constantFrom('last_hours', 'days', 'include_devices', 'check_conflicts', 'x', '__proto__'), fc.string({ unit: 'binary' })), { maxLength: 4 });
    const header = fc.stringMatching(/^[\x20-\x7e]{0,200}$/);
    await fc.assert(fc.asyncProperty(fc.constantFrom(...calls), parameters, header, header, async (call, query, device, pending) => {
      const { status, text } = await user.call(call, { query: new URLSearchParams(query).toString(), headers: { 'X-Device-Id': device, 'X-Sessions-Pending': pending } });
      expectAnswer(status, text, `${call} ${JSON.stringify([query, device, pending])}`);
    }), { numRuns: 400 });
  });
});
