// What every channel promises the engine. `first` and `second` stand for two tabs of one origin.
import type { Channel, ChannelFactory } from '../../ports.ts';
import { casesOf, checkEqual, type ContractCase, type ContractWorld } from './contract-case.ts';

export interface ChannelWorld extends ContractWorld {
  readonly first: ChannelFactory;
  readonly second: ChannelFactory;
  /** Different for every world, where channels are heard by whoever else runs on the machine. */
  readonly name: string;
}

/** Everything heard until `'end'`, which whoever speaks last must post. */
function heardBy(channel: Channel): Promise<readonly unknown[]> {
  const heard: unknown[] = [];
  return new Promise((resolve) => {
    channel.subscribe((message) => (message === 'end' ? resolve(heard) : heard.push(message)));
  });
}

const bodies: Record<string, (world: ChannelWorld) => Promise<void>> = {
  'others hear, in order': async ({ first, second, name }) => {
    const [here, there] = [first.open(name), second.open(name)];
    const heard = heardBy(there);
    for (const message of [1, { version: 2 }, 'end']) here.post(message);
    checkEqual(await heard, [1, { version: 2 }]);
    for (const channel of [here, there]) channel.close();
  },
  'nobody hears himself, nor what is said under another name': async ({ first, second, name }) => {
    const [here, there, elsewhere] = [first.open(name), second.open(name), second.open(`${name}-other`)];
    const heard = heardBy(here);
    here.post('mine');
    elsewhere.post('elsewhere');
    const gotThere = heardBy(there);
    here.post('end');
    await gotThere;
    there.post('end');
    checkEqual(await heard, []);
    for (const channel of [here, there, elsewhere]) channel.close();
  },
  'every listener hears, until it stops': async ({ first, second, name }) => {
    const [here, there] = [first.open(name), second.open(name)];
    const heard: unknown[] = [];
    const stop = there.subscribe((message) => heard.push(message));
    const all = heardBy(there);
    here.post(1);
    here.post('end');
    await all;
    stop();
    stop();
    const more = heardBy(there);
    here.post(2);
    here.post('end');
    await more;
    checkEqual(heard, [1, 'end']);
    for (const channel of [here, there]) channel.close();
  },
  'a closed channel says and hears nothing, without complaint': async ({ first, second, name }) => {
    const [here, closed, there] = [first.open(name), second.open(name), second.open(name)];
    const heard: unknown[] = [];
    closed.subscribe((message) => heard.push(message));
    const all = heardBy(there);
    closed.close();
    closed.close();
    closed.post('from the closed one');
    here.post(1);
    here.post('end');
    checkEqual(await all, [1]);
    checkEqual(heard, []);
    for (const channel of [here, there]) channel.close();
  },
  'messages are copies': async ({ first, second, name }) => {
    const [here, there] = [first.open(name), second.open(name)];
    const message = { version: 1 };
    const heard = heardBy(there);
    here.post(message);
    message.version = 2;
    here.post('end');
    checkEqual(await heard, [{ version: 1 }]);
    for (const channel of [here, there]) channel.close();
  },
};

/** The contract of the channel port. */
export function channelContract(createWorld: () => ChannelWorld | Promise<ChannelWorld>): readonly ContractCase[] {
  return casesOf(createWorld, bodies);
}
