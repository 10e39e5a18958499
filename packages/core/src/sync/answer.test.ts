import { describe, expect, it } from 'vitest';
import { type Delivery, type Operation, UNTRIED } from '../model/operation.ts';
import type { TransportFailure, TransportResult } from '../ports.ts';
import { type AttemptContext, readDelivery } from './answer.ts';
import { wholeRefusal } from './exchange-result.ts';

const NOW = Date.UTC(2026, 0, 5, 9);
const session = {
  id: '6f0b1a52-0a1e-4c5e-9a55-0a2f1f6f0001', startTime: NOW - 3_600_000, endTime: NOW - 1_800_000, plannedDuration: null, category: 'work',
  project: 'Personal', note: 'a', source: 'web_timer', deviceId: null, displayId: null, version: 0, deletedAt: null, clock: null, cancelled: null,
};
const stored = { id: 451, start_time: '2026-01-05T08:00:00Z', end_time: '2026-01-05T10:30:00+02:00', category: 'work', project: 'Personal', note: 'a' };

function operation(delivery: Partial<Delivery> = {}, kind: Operation['kind'] = 'submit'): Operation {
  const cancelled = kind === 'cancel' ? { reason: null, note: '' } : null;
  return { opId: 'op', kind, change: null, owner: 'user', session: { ...session, cancelled }, at: NOW, delivery: { ...UNTRIED, ...delivery } };
}

function context(more: Partial<AttemptContext> = {}): AttemptContext {
  return { operation: operation(), hadUnknown: false, othersSucceeded: true, now: NOW, ...more };
}

function answered(status: number, body: unknown, headers: Record<string, string> = {}, type = 'application/json'): TransportResult {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { ok: true, response: { status, headers: { 'content-type': type, ...headers }, body: text } };
}

describe('an acknowledgement', () => {
  it.each([
    ['201 with an id', answered(201, { success: true, session_id: '451' }), '451'],
    ['200 of a repeat', answered(200, { success: true, session_id: '451', message: 'again' }), '451'],
    ['an id as a number', answered(201, { success: true, session_id: 451 }), '451'],
    ['fields nobody knows', answered(201, { success: true, session_id: '451', new_in_2027: [] }, {}, 'Application/JSON; charset=utf-8'), '451'],
  ])('%s', (_, result, displayId) => {
    expect(readDelivery(result, context())).toMatchObject({ kind: 'acknowledged', displayId });
  });

  it('of a cancellation is its own id, which is not the session number', () => {
    const cancel = context({ operation: operation({}, 'cancel') });
    expect(readDelivery(answered(201, { success: true, cancellation_id: '147' }), cancel)).toMatchObject({ kind: 'acknowledged', displayId: null });
    expect(readDelivery(answered(201, { success: true, session_id: '147' }), cancel)).toMatchObject({ kind: 'failed', counts: 'unclear' });
  });
});

describe('success that is no acknowledgement', () => {
  it.each([{}, { success: true }, { success: 'true', session_id: '1' }, { success: true, session_id: '' }, { success: false, session_id: '1' }])(
    '%j is tried again, and parked at the third',
    (body) => {
      expect(readDelivery(answered(200, body), context())).toMatchObject({ kind: 'failed', scope: 'item', counts: 'unclear', unknown: true });
      const third = context({ operation: operation({ unclear: 2 }) });
      expect(readDelivery(answered(200, body), third)).toMatchObject({ kind: 'parked', reason: { code: 'unclear_answer' } });
    },
  );
});

describe('nobody we know', () => {
  it.each([
    ['HTML with 200', answered(200, '<html>', {}, 'text/html')],
    ['HTML that claims to be JSON', answered(200, '<html>')],
    ['JSON that claims to be text', answered(201, { success: true, session_id: '1' }, {}, 'text/plain')],
    ['cut bytes', answered(201, '{"success":true,"sessi')],
    ['a list', answered(200, [])],
    ['301', answered(301, '')],
    ['304', answered(304, '')],
    ['404 of a proxy', answered(404, 'not here', {}, 'text/plain')],
    ['404 in JSON', answered(404, { error: 'Not found' })],
  ])('%s: unreachable, nothing is lost', (_, result) => {
    expect(readDelivery(result, context())).toMatchObject({ kind: 'failed', scope: 'connection', counts: null });
  });

  it.each<TransportFailure>(['network', 'timeout', 'aborted', 'redirected', 'too_large'])('%s: the outcome is unknown', (failure) => {
    expect(readDelivery({ ok: false, failure, message: 'no' }, context())).toMatchObject({ kind: 'failed', scope: 'connection', code: failure, unknown: true });
  });
});

describe('409', () => {
  const reused = (record: unknown): TransportResult => answered(409, { error: 'reused', code: 'session_id_reused', stored: record });
  it('with equal content is delivered, whoever wrote the times how', () => {
    expect(readDelivery(reused(stored), context())).toMatchObject({ kind: 'acknowledged', displayId: '451' });
    expect(readDelivery(reused({ ...stored, note: undefined }), context())).toMatchObject({ kind: 'acknowledged' });
  });
  it.each(['start_time', 'end_time', 'category', 'project', 'note'])('with another %s is parked, even after an unknown outcome', (field) => {
    const other = { ...stored, [field]: field.endsWith('time') ? '2026-01-05T08:00:01Z' : 'other' };
    expect(readDelivery(reused(other), context({ hadUnknown: true }))).toMatchObject({ kind: 'parked', reason: { code: 'session_id_reused' } });
  });
  it('without a record is delivered only after a try with an unknown outcome', () => {
    expect(readDelivery(answered(409, { error: 'Conflict' }), context())).toMatchObject({ kind: 'parked' });
    expect(readDelivery(answered(409, { error: 'Conflict' }), context({ hadUnknown: true }))).toMatchObject({ kind: 'acknowledged' });
    expect(readDelivery(answered(409, 'Conflict', {}, 'text/plain'), context({ hadUnknown: true }))).toMatchObject({ kind: 'acknowledged' });
  });
  it('that breaks off shows no record, and may have held one', () => {
    const cut: TransportResult = { ok: true, response: { status: 409, headers: { 'content-type': 'application/json' }, body: '{"error":"reused","code":"session_id' } };
    expect(readDelivery(cut, context({ hadUnknown: true }))).toMatchObject({ kind: 'failed', scope: 'item', code: 'unclear_answer', unknown: true, counts: 'unclear' });
  });
  it('of a session that was cancelled or deleted is parked', () => {
    const final = answered(409, { error: 'final', code: 'session_final' });
    expect(readDelivery(final, context({ hadUnknown: true }))).toMatchObject({ kind: 'parked', reason: { code: 'session_final' } });
  });
});

describe('a refusal', () => {
  it.each([400, 413, 415, 422])('%i parks that item, with the server\'s words', (status) => {
    const details = [{ path: 'note', message: 'must be shorter' }];
    expect(readDelivery(answered(status, { error: 'no', code: 'some_code', details }), context())).toEqual({
      kind: 'parked', reason: { code: 'some_code', message: 'no', details },
    });
    expect(readDelivery(answered(status, 'no', {}, 'text/plain'), context())).toMatchObject({ kind: 'parked', reason: { code: `http_${status}` } });
  });
  it('time_in_future is held, not parked', () => {
    expect(readDelivery(answered(400, { error: 'no', code: 'time_in_future' }), context())).toEqual({ kind: 'held' });
  });
  it('410 and 426 stop everything', () => {
    expect(readDelivery(answered(410, {}), context())).toMatchObject({ kind: 'stopped', why: 'gone' });
    expect(readDelivery(answered(426, {}), context())).toMatchObject({ kind: 'stopped', why: 'update_needed' });
  });
  it.each([401, 403] as const)('%i pauses and charges nobody', (status) => {
    expect(readDelivery(answered(status, { error: 'no' }), context())).toMatchObject({ kind: 'unauthorized', status });
  });
  it('words of the server are text, cut to a length, and never markup of ours', () => {
    const long = readDelivery(answered(400, { error: 'x'.repeat(10_000), details: 'none' }), context());
    expect(long).toMatchObject({ kind: 'parked', reason: { message: 'x'.repeat(500), details: [] } });
    expect(readDelivery(answered(400, { error: { toString: 1 } }), context())).toMatchObject({ reason: { message: 'The server refused it with 400' } });
  });
  it.each([400, 401, 404, 503])('what comes with %i where the code belongs and is none is passed over', (status) => {
    for (const [code, read] of [['E-17.b', 'E-17.b'], ['Book is closed', `http_${status}`], ['x'.repeat(129), `http_${status}`], [7, `http_${status}`]]) {
      const outcome = readDelivery(answered(status, { error: 'no', code }), context());
      expect(outcome.kind === 'parked' ? outcome.reason : outcome).toMatchObject({ code: read });
    }
  });
});

describe('a server in trouble', () => {
  it.each([408, 425, 429, 502, 503, 504, 599])('%i: everything waits', (status) => {
    expect(readDelivery(answered(status, { error: 'later' }), context())).toMatchObject({ kind: 'failed', scope: 'server', counts: null });
  });
  it.each([
    ['120', 120_000], ['0', 1000], ['99999', 3_600_000], ['Mon, 05 Jan 2026 09:02:00 GMT', 60_000], ['tomorrow', null], ['-5', null], ['1e3', null], ['', null],
  ])('Retry-After %j seen from the server\'s own date', (value, expected) => {
    const headers = { 'retry-after': value, date: 'Mon, 05 Jan 2026 09:01:00 GMT' };
    for (const status of [429, 503]) expect(readDelivery(answered(status, {}, headers), context())).toMatchObject({ retryAfterMs: expected });
    expect(readDelivery(answered(502, {}, headers), context())).toMatchObject({ retryAfterMs: null });
  });
  it.each([500, 405, 418, 451])('%i to an exchange of one operation is the same', (status) => {
    expect(wholeRefusal(status, { error: 'x' }, operation(), false)).toMatchObject({ kind: 'failed', scope: 'item', counts: 'fault' });
    expect(wholeRefusal(status, undefined, operation({ faults: 7 }), true)).toMatchObject({ kind: 'parked', reason: { code: 'server_fault' } });
  });
  it.each([500, 405, 418])('%i is the item\'s own fault: counted when others succeeded, parked at the eighth', (status) => {
    expect(readDelivery(answered(status, { error: 'x' }), context({ othersSucceeded: false }))).toMatchObject({ scope: 'item', counts: 'fault' });
    const again = operation({ faults: 1 });
    expect(readDelivery(answered(status, {}), context({ operation: again, othersSucceeded: false }))).toMatchObject({ counts: null });
    expect(readDelivery(answered(status, {}), context({ operation: again }))).toMatchObject({ counts: 'fault' });
    const seventh = operation({ faults: 7 });
    expect(readDelivery(answered(status, {}), context({ operation: seventh, othersSucceeded: false }))).toMatchObject({ kind: 'failed' });
    expect(readDelivery(answered(status, {}), context({ operation: seventh }))).toMatchObject({ kind: 'parked', reason: { code: 'server_fault' } });
  });
});
