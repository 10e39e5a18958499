import { describe, expect, it } from 'vitest';
import { parseExchange } from './exchange-answer.ts';
import { readSettlement } from './settlement-row.ts';

const MEMORY = { before: [{ session_id: 'a', note: 'anything a server adds', later: 1 }], created: ['b'], versions: [{ session_id: 'a', version: 2 }] };

const JUNK: readonly unknown[] = [
  null, 7, 'text', [], {}, { ...MEMORY, versions: undefined }, { ...MEMORY, versions: [null] }, { ...MEMORY, versions: [{ session_id: 'a' }] },
  { ...MEMORY, versions: [{ session_id: 'a', version: -1 }] }, { ...MEMORY, created: [1] }, { ...MEMORY, before: 'a' }, { ...MEMORY, before: [[]] },
];

const TOLD = { settlement_id: 's', kind: 'merge_sum', session_ids: ['a', 'b'], settled_at: '2026-07-01T08:00:00Z', undone_at: null, device_id: null };

function tell(memory: unknown) {
  const changes = [{ seq: 1, type: 'settlement', settlement: { ...TOLD, memory } }];
  return parseExchange({ success: true, epoch: 'e', head: 1, cursor: 'c', more: false, status_tag: 't', results: [], changes });
}

function stored(memory: unknown) {
  return {
    id: 's', kind: 'merge_sum', sessionIds: ['a', 'b'], settledAt: 1, undoneAt: null, deviceId: null, outcome: 'applied', before: [], created: [],
    ...(memory === undefined ? {} : { memory }),
  };
}

describe('what a settlement needs to be undone', () => {
  it('is kept as it was told, with what is not known here', () => {
    expect(tell(MEMORY)?.settlements[0]?.memory).toEqual(MEMORY);
    expect(readSettlement(stored(MEMORY))).toEqual(stored(MEMORY));
  });

  it.each(JUNK.map((memory) => [JSON.stringify(memory), memory]))('is none where it makes no sense, and the settlement stands all the same: %s', (_, memory) => {
    const [settlement] = tell(memory)?.settlements ?? [];
    expect(settlement).toMatchObject({ id: 's', kind: 'merge_sum' });
    expect(settlement).not.toHaveProperty('memory');
    expect(readSettlement(stored(memory))).toEqual(stored(undefined));
  });
});
