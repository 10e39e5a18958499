// GET /api/sync/stream: news as server-sent events, for as long as the token lasts.
import type { StreamQuery } from '@syncline/protocol';
import type { Route } from '../http/route.ts';
import { readAndTouch } from './read-call.ts';
import { readCaller } from './write-call.ts';

export const streamRoute: Route = {
  call: 'stream',
  async handle(input) {
    const { ports: { store, clock }, user, open: { streams } } = input;
    const caller = readCaller(input);
    if (caller !== null) await readAndTouch(input, async () => undefined);
    const { cursor = null } = input.query as StreamQuery;
    const body = await streams.open(user.sid, {
      store, clock, userId: user.userId, deviceId: caller?.deviceId ?? '', cursor, expiresAt: user.expiresAt, stands: user.stands,
    });
    // The second header keeps nginx from holding events back.
    return { status: 200, body, headers: { 'Content-Type': 'text/event-stream; charset=utf-8', 'X-Accel-Buffering': 'no' } };
  },
};
