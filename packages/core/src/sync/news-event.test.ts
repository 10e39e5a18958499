import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseNewsEvent } from './news-event.ts';

const read = (value: unknown): unknown => parseNewsEvent(JSON.stringify(value));
const running = { session_id: 's', device_id: 'd', device_type: 'mac_app', device_name: null, start_time: '2025-08-24T15:30:00Z', category: 'work', project: null, planned_duration: 25 };

describe('an event of the stream', () => {
  it('is read by its type', () => {
    expect(read({ type: 'hello', epoch: 'e', head: 3, status_tag: 't', running: [running] })).toMatchObject({ epoch: 'e', head: 3, tag: 't', running: [{ id: 's' }] });
    expect(read({ type: 'changed', head: 4 })).toEqual({ type: 'changed', head: 4, tag: null });
    expect(read({ type: 'running', running: [] })).toEqual({ type: 'running', running: [] });
    expect(read({ type: 'bye', reason: 'auth' })).toEqual({ type: 'bye', reason: 'auth' });
  });

  it('counts for nothing when it has another shape', () => {
    const faulty = [
      { type: 'hello', epoch: '', head: 3, running: [] }, { type: 'hello', epoch: 'e', head: -1, running: [] }, { type: 'hello', epoch: 'e', head: '3', running: [] },
      { type: 'changed' }, { type: 'changed', head: 1.5 }, { type: 'running', running: [{ ...running, start_time: 'soon' }] }, { type: 'later', head: 1 }, 7, null, [],
    ];
    expect(faulty.map(read)).toEqual(faulty.map(() => null));
  });

  it('never throws, whatever the text is', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void parseNewsEvent(text)));
  });
});
