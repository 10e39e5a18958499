// Runs in the page: an engine that a server knows, with a history as long as a benchmark wants. The server has not got that history, and is
// not asked for it: what it told this device once is all that an exchange goes on from.
import { history, recorded } from './data.ts';
import type { Account } from './drain.ts';
import { EngineContender } from './engine.ts';
import { check, type Measured, times } from './works.ts';

const IDLE_TURNS = 20;
const PART = 10_000;

let isSignedIn = true;

const contenderOf = ({ userId, token }: Account, deviceId: string): EngineContender =>
  new EngineContender({ user: userId, deviceId, token: () => (isSignedIn ? token : null) });

let contender: EngineContender | null = null;

function opened(): EngineContender {
  if (contender === null) throw new Error('not open');
  return contender;
}

async function sync(sent: number): Promise<void> {
  const { reason, sent: found } = await opened().engine.sync();
  check('sync', [reason, found], ['done', sent]);
}

const works = {
  /** Opens, and meets the server or catches up with it. */
  async open(account: Account, deviceId: string): Promise<void> {
    contender = contenderOf(account, deviceId);
    await contender.open();
    await sync(0);
  },
  /** Has so many sessions from earlier. */
  async fill(count: number): Promise<void> {
    for (let at = 0; at < count; at += PART) await opened().fill(history(count, at, Math.min(count, at + PART)));
    await opened().close();
  },
  /** A look at a server that has nothing new, there and back. */
  async idle(): Promise<Measured> {
    await sync(0);
    return { 'idle sync ms': await times(IDLE_TURNS, () => sync(0)) };
  },
  /** So many wait, from a time without the server on. @param from the first one's number */
  async hold(from: number, count: number): Promise<void> {
    isSignedIn = false;
    await Promise.all(Array.from({ length: count }, (_, n) => opened().write(recorded(from + n))));
    await opened().engine.sync();
    check('waiting', opened().pending(), count);
  },
  async drain(count: number): Promise<void> {
    isSignedIn = true;
    await sync(count);
    check('waiting', opened().pending(), 0);
  },
  /** The newest sessions that it shows. */
  async newest(count: number): Promise<number> {
    return (await opened().engine.sessions.list({ states: ['confirmed'], limit: count })).filter(({ startTime }) => startTime >= recorded(0).startTime).length;
  },
};

Object.assign(globalThis, { works });
