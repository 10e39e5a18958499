// What the stream promises over any store: no news is lost between watching and reading, time and logins end it, nobody's buffer grows.
import type { ApiWorld } from './api-world.ts';
import { casesOf, check, checkEqual, type ContractCase } from './contract-case.ts';
import { devicesOf, submit } from './exchange-api-contract.ts';
import { HOUR, NOON } from './session-requests.ts';
import { openStream } from './test-stream.ts';

const KEEP_ALIVE_MS = 20_000;
/** Where `devicesOf` puts the clock. */
const AT: number = NOON + 6 * HOUR;

const start = (world: ApiWorld, category = 'work') => ({
  type: 'start' as const, session_id: world.newId(), start_time: '2025-08-24T17:50:00Z', planned_duration: 25, category, source: 'mac_app',
});

export function streamApiContract(world: () => Promise<ApiWorld>): readonly ContractCase[] {
  return [...casesOf(world, NEWS), ...casesOf(world, ENDS)];
}

const NEWS: Readonly<Record<string, (world: ApiWorld) => Promise<void>>> = {
  'a stream says hello, then what another device does': async (world) => {
    const { user, devices: [mac] } = await devicesOf(world, 1);
    await mac?.apply(submit(world.newId(), 0, 25));
    const stream = await openStream(user);
    checkEqual(stream.headers.get('Content-Type'), 'text/event-stream; charset=utf-8');
    checkEqual(stream.headers.get('Cache-Control'), 'no-store');
    const hello = await stream.nextOf('hello');
    checkEqual([hello.head, hello.epoch, hello.running, hello.server_time], [1, await world.store.epoch(), [], '2025-08-24T18:00:00Z']);
    await mac?.apply(start(world));
    const [changed, running] = [await stream.nextOf('changed'), await stream.nextOf('running')];
    checkEqual([changed.head, running.running.map(({ device_id }) => device_id)], [2, ['device-0']]);
    check(changed.status_tag !== hello.status_tag, 'the tag did not move');
    await stream.close();
  },

  'the tag is that of an exchange, so a device that is up to date sees that it is': async (world) => {
    const { user, devices: [mac] } = await devicesOf(world, 1);
    await mac?.exchange();
    const stream = await openStream(user, { headers: { 'X-Device-Id': 'device-0' } });
    checkEqual((await stream.nextOf('hello')).status_tag, mac?.statusTag);
    await stream.close();
  },

  'a cursor that stands behind is told so at once, another is not': async (world) => {
    const { user, devices: [mac, web] } = await devicesOf(world, 2);
    await mac?.exchange();
    const query = new URLSearchParams({ cursor: mac?.cursor ?? '' }).toString();
    const level = await openStream(user, { query });
    await level.nextOf('hello');
    await web?.apply(start(world));
    checkEqual((await level.nextOf('changed')).head, 1, 'the first change heard of');
    const behind = await openStream(user, { query });
    checkEqual([(await behind.next())?.type, (await behind.next())?.type], ['hello', 'changed']);
    const unknown = await openStream(user, { query: 'cursor=of-another-server' });
    checkEqual([(await unknown.next())?.type, (await unknown.next())?.type], ['hello', 'changed']);
    await Promise.all([level.close(), behind.close(), unknown.close()]);
  },

  'many commits at once are told in few words, and the last is never missed': async (world) => {
    const { user, devices } = await devicesOf(world, 8);
    const stream = await openStream(user);
    await stream.nextOf('hello');
    await Promise.all(devices.map((device) => device.apply(start(world))));
    let head = 0;
    while (head < devices.length) head = (await stream.nextOf('changed')).head;
    checkEqual(head, devices.length);
    await stream.close();
  },

  '[S-06] nobody hears of others': async (world) => {
    const [{ user: ann, devices: [annsMac] }, { devices: [bosMac] }] = [await devicesOf(world, 1), await devicesOf(world, 1)];
    const stream = await openStream(ann);
    await stream.nextOf('hello');
    await bosMac?.apply(start(world, 'of another'));
    await annsMac?.apply(start(world, 'own'));
    const running = await stream.nextOf('running');
    checkEqual(running.running.map(({ category }) => category), ['own']);
    await stream.close();
  },
};

const ENDS: Readonly<Record<string, (world: ApiWorld) => Promise<void>>> = {
  'a comment keeps it alive': async (world) => {
    const { user } = await devicesOf(world, 0);
    const stream = await openStream(user);
    for (const round of [1, 2, 3]) {
      world.clock.set(AT + round * KEEP_ALIVE_MS);
      await stream.nextComment();
      checkEqual(stream.comments, round);
    }
    await stream.close();
  },

  '[C11] it ends with the token, to the millisecond': async (world) => {
    const { user } = await devicesOf(world, 0);
    const stream = await openStream(await world.signInAgain(user.userId, AT + 25_000));
    world.clock.set(AT + 24_999);
    await stream.nextComment();
    world.clock.set(AT + 25_000);
    checkEqual(await stream.rest(), [{ type: 'bye', reason: 'auth' }]);
  },

  '[S-03] it ends with the login': async (world) => {
    const { user } = await devicesOf(world, 0);
    const [stream, other] = [await openStream(user), await openStream(await world.signInAgain(user.userId))];
    await world.store.accounts.revokeLogin(user.sid, AT);
    world.clock.set(AT + KEEP_ALIVE_MS);
    checkEqual((await stream.rest()).at(-1), { type: 'bye', reason: 'auth' });
    await other.nextComment();
    await other.close();
  },

  'a stream needs a token, and takes no other parameter': async (world) => {
    const { user } = await devicesOf(world, 0);
    checkEqual((await world.app(new Request('http://server.test/api/sync/stream'))).status, 403);
    checkEqual((await user.call('stream', { query: 'token=x' })).status, 400);
    checkEqual((await user.call('stream', { query: 'cursor=' })).status, 400);
  },
};
