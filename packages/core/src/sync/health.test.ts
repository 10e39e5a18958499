import { describe, expect, it } from 'vitest';
import type { TransportResult } from '../ports.ts';
import { readHealth } from './health.ts';

const answer = (status: number, body: unknown = {}, type = 'application/json', headers = {}): TransportResult =>
  ({ ok: true, response: { status, headers: { 'content-type': type, ...headers }, body: JSON.stringify(body) } });
const NONE: TransportResult = { ok: false, failure: 'network', message: '' };
const WORKING = { connection: 'online', failures: 0, capabilities: null } as const;
const DOUBTS = [{ ...WORKING, failures: 1 }, { ...WORKING, connection: 'offline' }, { ...WORKING, connection: 'auth_required' }, { ...WORKING, capabilities: ['exchange'] }] as const;
const read = (result: TransportResult, state: Parameters<typeof readHealth>[1] = WORKING): ReturnType<typeof readHealth> => readHealth(result, state, 0);

describe('an answer to the health call', () => {
  it('that says how the server is says what it offers', () => {
    expect(read(answer(200, { status: 'healthy', capabilities: ['exchange'] }))).toEqual({ isWell: true, capabilities: ['exchange'] });
    expect(read(answer(200, { status: 'healthy', capabilities: [7] }))).toEqual({ isWell: true, capabilities: [] });
  });

  it('that lists nothing makes no basic server of one whose extensions work, as something before it may say that it is well', () => {
    const [working, failing] = [0, 1].map((failures) => ({ connection: 'online', failures, capabilities: ['exchange'] }) as const);
    expect(read(answer(200, { status: 'ok' }), working)).toEqual({ isWell: false, capabilities: null });
    expect(read(answer(200, { status: 'ok' }), failing)).toEqual({ isWell: true, capabilities: [] });
    expect(read(answer(200, { status: 'ok', capabilities: [] }), working)).toEqual({ isWell: true, capabilities: [] });
  });

  it('[C02] that is somebody else’s, or none, is no basic server', () => {
    for (const state of DOUBTS) for (const strange of [NONE, answer(302), answer(503), answer(200, {}, 'text/html')]) expect(read(strange, state)).toMatchObject({ kind: 'failed' });
  });

  it('that there is no such call, or none without a token, or in words of its own, makes a basic server where others work, unless there was one', () => {
    for (const strange of [...[404, 400, 422, 401, 403].map((status) => answer(status)), answer(200, { ok: 1 })]) {
      expect(read(strange)).toEqual({ isWell: false, capabilities: [] });
      for (const state of DOUBTS) expect(read(strange, state)).toEqual({ isWell: false, capabilities: null });
    }
    expect(read(answer(200, {}, 'text/html'))).toEqual({ isWell: false, capabilities: [] });
  });

  it('that does not come, or is a failure, where others are not, makes a basic server of one that never offered more', () => {
    for (const state of [WORKING, { ...WORKING, capabilities: [] }]) {
      for (const none of [NONE, ...[429, 500, 502, 503].map((status) => answer(status))]) expect(read(none, state)).toEqual({ isWell: false, capabilities: [] });
    }
  });

  it('of a server that wants to be left alone, or wants no more of this client, says so', () => {
    for (const status of [429, 503]) expect(read(answer(status, {}, 'application/json', { 'retry-after': '7' }))).toMatchObject({ kind: 'failed', retryAfterMs: 7000 });
    for (const status of [410, 426]) expect(read(answer(status))).toMatchObject({ kind: 'stopped' });
  });
});
