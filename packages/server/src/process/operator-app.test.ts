import { expect, it } from 'vitest';
import { createMemoryStore } from '../store/memory/memory-store.ts';
import { createCountingIds, createSettableClock, createSimulatedPorts } from '../testing/simulated-ports.ts';
import { createOperatorApp, OPERATOR_PATH } from './operator-app.ts';

it('says of a password that is much too long what is wrong with it, not with the name', async () => {
  const store = createMemoryStore({ epoch: '00000000-0000-4000-8000-00000000e90c' });
  const app = createOperatorApp(createSimulatedPorts(store, createSettableClock(0), createCountingIds()), 'key');
  const ask = async (action: string, username: string): Promise<unknown> => {
    const body = JSON.stringify({ action, username, password: 'walnut harbour 12'.repeat(200) });
    return (await app.request(OPERATOR_PATH, { method: 'POST', headers: { Authorization: 'Bearer key' }, body })).json();
  };
  expect(await ask('add', 'amir')).toEqual({ ok: false, why: 'The password must have at most 256 characters.' });
  expect(await ask('password', 'bea')).toEqual({ ok: false, why: 'There is no account "bea".' });
});
