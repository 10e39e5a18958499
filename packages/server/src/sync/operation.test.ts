import { expect, it } from 'vitest';
import type { Operation, SubmittedSession } from '@syncline/protocol';
import { uuidOf } from '../testing/contract-case.ts';
import { submitOf } from '../testing/session-requests.ts';
import { wantsOf } from './operation.ts';

it('[S-24] an interval that no session may have is looked up nowhere, whatever operation brings it: that would read a whole history', () => {
  const times = { start_time: '2000-01-01T00:00:00Z', end_time: '2025-08-24T12:00:00Z', duration: 25 };
  const session: SubmittedSession = submitOf(uuidOf(1), 0, 25, times);
  const head = { op_id: uuidOf(2), seq: 1 };
  const { source: _, ...settled } = session;
  const operations: readonly Operation[] = [
    { ...head, type: 'submit', session },
    { ...head, type: 'amend', session_id: uuidOf(1), base_version: 1, edit: times },
    { ...head, type: 'resolve', kind: 'split', sessions: [], plan: { edits: [{ session_id: uuidOf(1), edit: times }], deletes: [], creates: [session] } },
    { ...head, type: 'remember', settlement: {
      settlement_id: uuidOf(3), kind: 'trim', session_ids: [], settled_at: times.end_time, undone_at: null, device_id: null,
      memory: { before: [{ ...settled, tags: [] }], created: [], versions: [] },
    } },
  ];
  const reversed: Operation = { ...head, type: 'submit', session: { ...session, start_time: times.end_time, end_time: times.start_time } };
  expect([...operations, reversed].flatMap((operation) => wantsOf([operation]).intervals ?? [])).toEqual([]);
  expect(wantsOf([{ ...head, type: 'submit', session: submitOf(uuidOf(1), 0, 24 * 60) }]).intervals).toHaveLength(1);
});
