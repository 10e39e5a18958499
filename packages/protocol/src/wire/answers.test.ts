import { describe, expect, it } from 'vitest';
import conflictsFixture from '../fixtures/sync-status.conflicts.json' with { type: 'json' };
import healthyFixture from '../fixtures/sync-status.healthy.json' with { type: 'json' };
import { exchangeProtocolOf, exchangeResponse } from './exchange.ts';
import { HEADERS, parseCallerHeaders } from './headers.ts';
import { parseWith } from './parse.ts';
import { submitResponse } from './session-calls.ts';
import { errorResponse, syncStatusResponse } from './status-call.ts';
import { exportLine, streamEvent } from './stream.ts';
import { EXAMPLES } from '../openapi-examples.ts';
import { ERRORS, isErrorCode } from '../errors.ts';

describe('answers of a status call', () => {
  it('takes both documented samples', () => {
    expect(parseWith(syncStatusResponse, healthyFixture.expect)).toEqual({ ok: true, value: healthyFixture.expect });
    const conflicts = { ...healthyFixture.expect, ...conflictsFixture.expect_subset };
    expect(parseWith(syncStatusResponse, conflicts)).toEqual({ ok: true, value: conflicts });
  });

  it('takes words it does not know, a lag as a number, no devices', () => {
    const { devices: _devices, ...rest } = healthyFixture.expect;
    expect(parseWith(syncStatusResponse, { ...rest, sync_status: 'rebuilding', sync_lag: 120 }).ok).toBe(true);
    expect(parseWith(syncStatusResponse, { ...rest, sync_lag: null, last_sync: null }).ok).toBe(true);
    expect(parseWith(syncStatusResponse, { ...rest, total_devices: '3' }).ok).toBe(false);
  });
});

describe('answers of a submit', () => {
  it('needs success and an id; nothing else decides', () => {
    const good = EXAMPLES.submit?.response as object;
    expect(parseWith(submitResponse, { ...good, success: false }).ok).toBe(false);
    expect(parseWith(submitResponse, { ...good, session_id: 451 }).ok).toBe(false);
  });
});

describe('error bodies', () => {
  it('takes the one documented field alone', () => {
    expect(parseWith(errorResponse, { error: 'Token required' }).ok).toBe(true);
    expect(parseWith(errorResponse, {}).ok).toBe(false);
  });
});

describe('ERRORS', () => {
  it('prints the documented lines to the letter', () => {
    expect(ERRORS.token_required).toMatchObject({ status: 403, message: 'Token required' });
    expect(ERRORS.token_invalid).toMatchObject({ status: 401, message: 'Invalid or expired token' });
    expect(ERRORS.invalid_credentials).toMatchObject({ status: 401, message: 'Invalid credentials' });
  });

  it('knows its own codes and no inherited names', () => {
    for (const code of Object.keys(ERRORS)) expect(isErrorCode(code)).toBe(true);
    for (const code of ['toString', '__proto__', 'teapot']) expect(isErrorCode(code)).toBe(false);
  });
});

describe('answers of the extension', () => {
  it('tells event and line types apart, and refuses one without what it needs', () => {
    expect(parseWith(streamEvent, { type: 'bye', reason: 'restart' }).ok).toBe(true);
    expect(parseWith(streamEvent, { type: 'changed', head: '7' }).ok).toBe(false);
    expect(parseWith(streamEvent, { type: 'fireworks' }).ok).toBe(false);
    expect(parseWith(exportLine, { type: 'end', lines: 12 }).ok).toBe(true);
    expect(parseWith(exportLine, { type: 'session' }).ok).toBe(false);
  });

  it('takes changes and results of kinds and codes it does not know', () => {
    const answer = EXAMPLES.exchange?.response as object;
    const newer = {
      ...answer,
      changes: [{ seq: 1, type: 'badge', badge: { name: 'Early bird' } }],
      results: [{ op_id: 'x', status: 'rejected', code: 'moon_phase' }],
      reset: 'planned',
    };
    expect(parseWith(exchangeResponse, newer)).toEqual({ ok: true, value: newer });
    expect(parseWith(exchangeResponse, { ...answer, results: [{ op_id: 'x', status: 'perhaps' }] }).ok).toBe(false);
  });

  it('keeps an idle exchange below 1 kB each way', () => {
    const request = {
      protocol: 1,
      device: {
        device_id: 'd'.repeat(36), device_type: 'windows_app', version: '1.2.3', name: 'Computer in the office', sessions_pending: 0,
        oldest_pending: null, incarnation: 'f81d4fae-7dec-41d0-a765-00a0c91e6bf6', run: 'f81d4fae-7dec-41d0-a765-00a0c91e6bf6',
      },
      cursor: 'f81d4fae-7dec-41d0-a765-00a0c91e6bf6.123456', epoch: 'f81d4fae-7dec-41d0-a765-00a0c91e6bf6', operations: [],
      preferences: { state_vector: Buffer.alloc(60).toString('base64') }, status_tag: '123456',
    };
    const response = {
      success: true, protocol: 1, epoch: request.epoch, server_time: '2025-08-24T15:32:45.123Z', head: 123_456, device: { ack_seq: 123_456 },
      results: [], changes: [], cursor: request.cursor, more: false, preferences: request.preferences, status_tag: '123456',
    };
    expect(parseWith(exchangeResponse, response).ok).toBe(true);
    expect(Buffer.byteLength(JSON.stringify(request))).toBeLessThan(1000);
    expect(Buffer.byteLength(JSON.stringify(response))).toBeLessThan(1000);
  });

  it('reads the claimed protocol of any body', () => {
    expect(exchangeProtocolOf({ protocol: 7, new_field: 1 })).toBe(7);
    for (const body of [null, [], {}, { protocol: '1' }]) expect(exchangeProtocolOf(body)).toBeNull();
  });
});

describe('parseCallerHeaders', () => {
  const parse = (headers: Record<string, string>) => parseCallerHeaders((name) => new Headers(headers).get(name));

  it('reads what is there', () => {
    expect(parse({})).toEqual({ ok: true, value: {} });
    expect(parse({ [HEADERS.deviceId]: 'mac-app-v1.2.3', [HEADERS.sessionsPending]: '2', [HEADERS.appIdentifier]: 'RegardingWork-Mac-v1.0' })).toEqual({
      ok: true, value: { deviceId: 'mac-app-v1.2.3', sessionsPending: 2, appIdentifier: 'RegardingWork-Mac-v1.0' },
    });
  });

  it('names a faulty header by its name', () => {
    expect(parse({ [HEADERS.sessionsPending]: '-1', [HEADERS.deviceId]: 'x'.repeat(129) })).toMatchObject({
      ok: false, issues: [{ path: 'X-Device-Id' }, { path: 'X-Sessions-Pending' }],
    });
  });
});
