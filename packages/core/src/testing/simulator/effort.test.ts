import { expect, it } from 'vitest';
import { Effort } from './effort.ts';

it('[I-16] who follows a tab that died right after its last failure cannot know of it, and may ask freely; otherwise nobody may', () => {
  const wrongAfter = (diedMs: number | null): readonly string[] => {
    const effort = new Effort();
    for (let at = 0; at < 6000; at += 1000) effort.heard(null, { ok: false, failure: 'network', message: '' }, at, 0, { isAlone: false, noted: 'noted' });
    if (diedMs !== null) effort.senderDied(5000 + diedMs);
    effort.heard(null, { ok: false, failure: 'network', message: '' }, 5100, 1, { isAlone: false, noted: 'noted' });
    return effort.sent(null, '/api/health', 5200, 1);
  };
  expect(wrongAfter(50)).toEqual([]);
  expect(wrongAfter(null)).toEqual(['asked /api/health 100 ms after 7 failures in a row']);
});
