import { describe, expect, it } from 'vitest';
import type { TransportResult } from '../ports.ts';
import { readHealth } from './health.ts';

const answer = (status: number, body: unknown = {}, type = 'application/json'): TransportResult => ({ ok: true, response: { status, headers: { 'content-type': type }, body: JSON.stringify(body) } });
const NEW = { failures: 0, problems: [], capabilities: null };
const kindOf = (result: TransportResult, state: Parameters<typeof readHealth>[1] = NEW): string => readHealth(result, state, 0).kind;

describe('an answer to the health call', () => {
  it('that says how the server is says what it offers', () => {
    expect(readHealth(answer(200, { status: 'healthy', capabilities: ['exchange'] }), NEW, 0)).toEqual({ kind: 'well', capabilities: ['exchange'] });
    expect(readHealth(answer(200, { status: 'healthy', capabilities: [7] }), NEW, 0)).toEqual({ kind: 'well', capabilities: [] });
  });

  it('[C02] that is somebody else’s is no basic server', () => {
    for (const other of [answer(200, { ok: 1 }), answer(200, {}, 'text/html'), answer(302), { ok: false, failure: 'network', message: '' } as const]) expect(kindOf(other)).toBe('failed');
  });

  it('that there is no such call makes a basic server, unless there was one, or others fail or are forbidden', () => {
    for (const status of [404, 400, 422]) expect(kindOf(answer(status))).toBe('absent');
    expect(kindOf(answer(404), { ...NEW, failures: 1 })).toBe('suspect');
    expect(kindOf(answer(404), { ...NEW, problems: ['forbidden'] })).toBe('suspect');
    expect(kindOf(answer(404), { ...NEW, capabilities: ['exchange'] })).toBe('suspect');
  });

  it('that asks for a token comes from something between', () => {
    for (const status of [401, 403]) expect(kindOf(answer(status))).toBe('suspect');
  });

  it('of a server that fails, or wants no more of this client, says so', () => {
    for (const status of [408, 429, 500, 502, 503, 410, 426]) expect(kindOf(answer(status))).toBe('failed');
  });
});
