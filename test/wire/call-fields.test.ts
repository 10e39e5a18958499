// Walks each field of each documented call through everything that may be wrong with it, over both stores.
// Faulty input is refused with the field named; it never reaches a 500.
import { type CallName, CALLS } from '@syncline/protocol';
import { buildOpenApi } from '@syncline/protocol/openapi';
import { afterAll, describe, expect, it } from 'vitest';
import { openEmbeddedStore } from '../../packages/server/src/store/sql/open.ts';
import { type ApiUser, type ApiWorld, createApiWorld, createMemoryStore } from '../../packages/server/src/testing/index.ts';
import { CALL_FIELDS, CALL_QUERIES, type CallFields } from './call-fields.ts';

const NOW = Date.UTC(2025, 7, 24, 15, 30);
let lastId = 0;
const freshId = (): string => `00000000-0000-4000-9000-${(lastId += 1).toString(16).padStart(12, '0')}`;

/** What the answer says, shown with what was sent. */
async function verdict(user: ApiUser, call: CallName, body: Readonly<Record<string, unknown>>): Promise<{ status: number; paths: string[] }> {
  const { status, body: answer } = await user.call(call, { body });
  const details = (answer['details'] ?? []) as unknown as readonly { path: string }[];
  return { status, paths: details.map(({ path }) => path) };
}

const fresh = ({ body }: CallFields): Record<string, unknown> => ({ ...body, ...('session_id' in body ? { session_id: freshId() } : {}) });
const shown = (value: unknown): string => (JSON.stringify(value) ?? 'undefined').slice(0, 60);

function walk(world: () => Promise<ApiWorld>): void {
  const signIn = async (): Promise<ApiUser> => {
    const user = await (await world()).signIn();
    // The device that calls about a device are about.
    await user.call('syncStatus', { headers: { 'X-Device-Id': 'device-0' } });
    return user;
  };

  describe.each(CALL_FIELDS)('$call', (table) => {
    const { call, fields } = table;

    it('[S-08] names each faulty field, and none other', async () => {
      const user = await signIn();
      for (const { name, bad, together = [] } of fields) {
        for (const value of together) {
          const { status, paths } = await verdict(user, call, { ...fresh(table), [name]: value });
          expect({ status, isNamed: paths.includes(name) }, `${name} = ${shown(value)}`).toEqual({ status: 400, isNamed: true });
        }
        for (const value of bad) {
          const { status, paths } = await verdict(user, call, { ...fresh(table), [name]: value });
          expect({ status, paths }, `${name} = ${shown(value)}`).toEqual({ status: 400, paths: [name] });
        }
      }
    });

    it('[S-08] accepts each field at its edges', async () => {
      const user = await signIn();
      for (const { name, good } of fields) {
        for (const value of good) {
          const { status } = await verdict(user, call, { ...fresh(table), [name]: value });
          expect(status, `${name} = ${shown(value)}`).toBe(call === 'login' ? 401 : CALLS[call].success);
        }
      }
    });

    it('[S-08] names each required field that is missing, all at once', async () => {
      const user = await signIn();
      const required = fields.filter((field) => field.required).map(({ name }) => name);
      if (required.length === 0) return;
      for (const name of required) {
        const { [name]: _, ...rest } = fresh(table);
        expect(await verdict(user, call, rest)).toEqual({ status: 400, paths: [name] });
      }
      const { status, paths } = await verdict(user, call, {});
      expect({ status, paths: paths.toSorted() }).toEqual({ status: 400, paths: required.toSorted() });
    });

    it('[S-08] is closed: a key it does not know is named', async () => {
      const user = await signIn();
      for (const key of ['user_id', 'notes', 'constructor', 'toString', '']) {
        const { status, paths } = await verdict(user, call, { ...fresh(table), [key]: 'x' });
        expect({ status, paths }, key).toEqual({ status: 400, paths: [key] });
      }
    });

    it('is walked through whole: the table has every field of the published description', () => {
      const description = buildOpenApi({ version: '0', refreshCookie: 'c' }) as { components: { schemas: Record<string, { properties: Record<string, unknown> }> } };
      const name = `${call[0]?.toUpperCase()}${call.slice(1)}Request`;
      expect(fields.map((field) => field.name).toSorted()).toEqual(Object.keys(description.components.schemas[name]?.properties ?? {}).toSorted());
    });
  });

  it.each(CALL_QUERIES)('[S-08] $call?$name is read at its edges and refused by name beyond', async ({ call, name, good, bad }) => {
    const user = await signIn();
    const ask = (value: string) => user.call(call, { query: new URLSearchParams({ [name]: value }).toString() });
    for (const value of good) expect((await ask(value)).status, value).toBe(200);
    for (const value of bad) {
      const { status, body } = await ask(value);
      expect({ status, paths: (body['details'] as unknown as { path: string }[]).map(({ path }) => path) }, value).toEqual({ status: 400, paths: [name] });
    }
  });

  it('[S-08] a faulty header is refused by name', async () => {
    const user = await signIn();
    for (const [name, value] of [['X-Sessions-Pending', '-1'], ['X-Sessions-Pending', 'many'], ['X-Device-Id', 'x'.repeat(129)]] as const) {
      const { status, body } = await user.call('syncStatus', { headers: { 'X-Device-Id': 'mac-1', [name]: value } });
      expect({ status, paths: (body['details'] as unknown as { path: string }[]).map(({ path }) => path) }, `${name}: ${value}`).toEqual({ status: 400, paths: [name] });
    }
  });
}

describe('over the store in memory', () => {
  const world = createApiWorld(createMemoryStore({ epoch: '00000000-0000-4000-8000-00000000e90c' }), NOW);
  walk(async () => world);
});

describe('over the embedded database', () => {
  let opened: Promise<ApiWorld> | undefined;
  afterAll(async () => (await opened)?.store.close());
  walk(() => (opened ??= openEmbeddedStore(null).then(({ store }) => createApiWorld(store, NOW))));
});
