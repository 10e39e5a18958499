import { describe, expect, it } from 'vitest';
import type { EngineStatus } from '@syncline/core';
import type { DeviceStatus } from '@syncline/protocol';
import { boardOf, deviceLines } from './board.ts';

describe('the board', () => {
  it('says the whole in words', () => {
    const status = {
      sync_status: 'delayed', sync_lag: '2 minutes', recommendations: ['Do this'], data_summary: { unsynced_sessions: 1, total_sessions: 89 },
    } as unknown as EngineStatus;
    expect(boardOf(status)).toEqual({ word: 'delayed', overall: 'Catching up', detail: '1 session waiting · last contact 2 minutes ago · 89 sessions in all', advice: ['Do this'] });
  });

  it('keeps words and types it does not know', () => {
    const device = { device_id: 'x', device_type: 'ios_app', last_seen: null, sync_status: 'resting' as DeviceStatus['sync_status'], version: '1', sessions_pending: 2 };
    expect(deviceLines([device])).toEqual([{ word: 'resting', text: 'ios app: resting, 2 sessions waiting' }]);
  });
});
