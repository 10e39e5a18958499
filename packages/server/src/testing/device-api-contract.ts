// Looking after devices, over any store.
import type { DeviceRecord } from '@syncline/protocol';
import { type ApiAnswer, type ApiUser, type ApiWorld, createApiWorld } from './api-world.ts';
import { casesOf, check, checkEqual, type ContractCase } from './contract-case.ts';
import { devicesOf, submit } from './exchange-api-contract.ts';
import { HOUR, NOON, submitOf } from './session-requests.ts';
import { TestDevice } from './test-device.ts';
import { openStream } from './test-stream.ts';

const AT: number = NOON + 6 * HOUR;

async function listOf(user: ApiUser): Promise<readonly DeviceRecord[]> {
  return (await user.call('devices')).body['devices'] as unknown as readonly DeviceRecord[];
}

/** Two devices of one user, each with a login of its own. */
async function pairOf(w: ApiWorld): Promise<{ mac: TestDevice; web: TestDevice; macUser: ApiUser; webUser: ApiUser }> {
  const { user: macUser } = await devicesOf(w, 0);
  const webUser = await w.signInAgain(macUser.userId);
  const mac = new TestDevice({ user: macUser, newId: w.newId, deviceId: 'mac/1' });
  const web = new TestDevice({ user: webUser, newId: w.newId, deviceId: 'web-1', deviceType: 'web_timer' });
  await mac.exchange();
  await web.exchange();
  return { mac, web, macUser, webUser };
}

const params = (deviceId: string) => ({ params: { device_id: deviceId } });

export function deviceApiContract(world: () => Promise<ApiWorld>): readonly ContractCase[] {
  return [...casesOf(world, SHOWN), ...casesOf(world, ENDED)];
}

const SHOWN: Readonly<Record<string, (w: ApiWorld) => Promise<void>>> = {
  'the list has every device, newest contact first, with its backlog and since when that is known': async (w) => {
    const { mac, macUser } = await pairOf(w);
    w.clock.set(AT + 60_000);
    await mac.exchange([], { device: { ...mac.request([]).device, sessions_pending: 3, oldest_pending: '2025-08-24T10:00:00Z' } });
    w.clock.set(AT + 2 * HOUR);
    await macUser.call('syncStatus', { headers: { 'X-Device-Id': 'mac/1' } });
    const [first, second] = await listOf(macUser);
    checkEqual(first, {
      device_id: 'mac/1', device_type: 'mac_app', version: '1.0', name: null, status: 'pending', last_seen: '2025-08-24T20:00:00Z', sessions_pending: 3,
      pending_as_of: '2025-08-24T18:01:00Z', oldest_pending: '2025-08-24T10:00:00Z', created_at: '2025-08-24T18:00:00Z', signed_in: true,
    });
    checkEqual([second?.device_id, second?.status, second?.pending_as_of], ['web-1', 'stale', '2025-08-24T18:00:00Z']);
    await macUser.call('syncStatus', { headers: { 'X-Device-Id': 'mac/1', 'X-Sessions-Pending': '0' } });
    const [emptied] = await listOf(macUser);
    checkEqual([emptied?.sessions_pending, emptied?.pending_as_of, emptied?.oldest_pending], [0, '2025-08-24T20:00:00Z', null], 'of what it does not hold, none is the oldest');
  },
  'a name given by a person stays, whatever the device calls itself, until it is taken back': async (w) => {
    const { mac, web, macUser } = await pairOf(w);
    const before = (await web.exchange()).status_tag;
    const named = await macUser.call('deviceName', { ...params('mac/1'), body: { name: 'Küche' } });
    checkEqual([named.status, named.body['device']?.['name']], [200, 'Küche']);
    await mac.exchange([], { device: { ...mac.request([]).device, name: 'MacBook of Jane' } });
    const answer = await web.exchange();
    check(answer.status_tag !== before, 'the others are not told');
    checkEqual((await listOf(macUser)).find(({ device_id: id }) => id === 'mac/1')?.name, 'Küche');
    await macUser.call('deviceName', { ...params('mac/1'), body: { name: null } });
    checkEqual((await listOf(macUser)).find(({ device_id: id }) => id === 'mac/1')?.name, 'MacBook of Jane');
  },
  'a device nobody knows cannot be looked after': async (w) => {
    const { macUser } = await pairOf(w);
    for (const [call, body] of [['deviceName', { name: 'x' }], ['deviceSignOut', {}], ['deviceForget', undefined]] as const) {
      checkEqual((await macUser.call(call, { ...params('unknown'), ...(body === undefined ? {} : { body }) })).status, 404, call);
    }
  },
  '[S-06, S-07] nor can a device of somebody else': async (w) => {
    const { webUser } = await pairOf(w);
    const stranger = await w.signIn();
    for (const [call, body] of [['deviceName', { name: 'mine now' }], ['deviceSignOut', {}], ['deviceForget', undefined]] as const) {
      checkEqual((await stranger.call(call, { ...params('web-1'), ...(body === undefined ? {} : { body }) })).status, 404, call);
    }
    // One that has a device of that very id touches his own only.
    await stranger.call('syncStatus', { headers: { 'X-Device-Id': 'web-1' } });
    checkEqual((await stranger.call('deviceForget', params('web-1'))).status, 200);
    checkEqual([(await webUser.call('userData')).status, (await listOf(webUser)).map(({ device_id: id, name }) => [id, name])], [200, [['mac/1', null], ['web-1', null]]]);
  },
};

const ENDED: Readonly<Record<string, (w: ApiWorld) => Promise<void>>> = {
  '[S-03] a device that was signed out is told so at once, and the one that did it goes on': async (w) => {
    const { mac, web, macUser, webUser } = await pairOf(w);
    const stream = await openStream(webUser);
    await stream.nextOf('hello');
    checkEqual((await macUser.call('deviceSignOut', { ...params('web-1'), body: {} })).body['logins_ended'], 1);
    checkEqual((await stream.rest()).at(-1), { type: 'bye', reason: 'auth' });
    const refused = await web.send(web.request([]));
    checkEqual([refused.status, refused.body['code']], [401, 'token_invalid']);
    await mac.exchange();
    checkEqual((await listOf(macUser)).map(({ device_id: id, signed_in: signedIn }) => [id, signedIn]), [['mac/1', true], ['web-1', false]]);
    checkEqual((await macUser.call('deviceSignOut', { ...params('web-1'), body: {} })).body['logins_ended'], 0);
  },
  '[D17] a forgotten device is told that it is gone, and is listed no longer': async (w) => {
    const { web, macUser, webUser } = await pairOf(w);
    const operations = web.number(submit(w.newId(), 0, 25));
    checkEqual((await macUser.call('deviceForget', params('web-1'))).body['logins_ended'], 1);
    checkEqual((await listOf(macUser)).map(({ device_id: id }) => id), ['mac/1']);
    const refused = await web.send(web.request(operations));
    checkEqual([refused.status, refused.body['code']], [410, 'gone']);
    checkEqual((await webUser.call('syncStatus', { headers: { 'X-Device-Id': 'web-1' } })).status, 410);
    checkEqual((await webUser.call('syncStatus', { headers: { 'X-Device-Id': 'another' } })).status, 401);
  },
  'a forgotten device does not come back by a call at a process that had believed its login a moment ago': async (w) => {
    const headers = { 'X-Device-Id': 'web-1' };
    const calls: readonly ((elsewhere: ApiUser, web: TestDevice) => Promise<ApiAnswer>)[] = [
      (elsewhere, web) => elsewhere.call('exchange', { body: web.request([]) }),
      (elsewhere) => elsewhere.call('syncStatus', { headers }),
      (elsewhere) => elsewhere.call('submit', { body: submitOf(w.newId(), 0, 25), headers }),
      (elsewhere) => elsewhere.call('preferences', { body: { daily_goal: 3 }, headers }),
    ];
    for (const call of calls) {
      const { web, macUser, webUser } = await pairOf(w);
      const elsewhere = createApiWorld(w.store, AT).here(webUser);
      check((await call(elsewhere, web)).status < 300, 'it is known there');
      await macUser.call('deviceForget', params('web-1'));
      const { status, body } = await call(elsewhere, web);
      checkEqual([status, body['code'], (await listOf(macUser)).map(({ device_id: id }) => id)], [410, 'gone', ['mac/1']]);
    }
  },
  '[D10] a forgotten device that signs in again delivers what it kept': async (w) => {
    const { web, macUser } = await pairOf(w);
    const operations = web.number(submit(w.newId(), 0, 25));
    await macUser.call('deviceForget', params('web-1'));
    const again = await w.signInAgain(macUser.userId);
    const answer = await again.call('exchange', { body: web.request(operations) });
    checkEqual([answer.status, (answer.body['results'] as unknown as { status: string }[])[0]?.status], [200, 'applied']);
    checkEqual((await listOf(macUser)).map(({ device_id: id }) => id).sort(), ['mac/1', 'web-1']);
  },
};
