import { describe, expect, it } from 'vitest';
import { timerView } from './timer-view.ts';

const startTime = new Date(2026, 5, 10, 14, 0).getTime();
const session = { startTime, plannedDuration: 25, category: 'writing' };

describe('timerView', () => {
  it('counts down to the planned end', () => {
    expect(timerView(session, startTime + 60_000)).toEqual({
      clock: '24:00', isOver: false, fraction: 1 / 25, end: 'until 14:25', title: '24:00 · writing', plannedEnd: startTime + 1_500_000,
    });
  });

  it('counts up when the time is over, with the whole shown as done', () => {
    const view = timerView(session, startTime + 1_561_000);
    expect([view.clock, view.isOver, view.fraction, view.end, view.title]).toEqual(['+1:01', true, 1, 'planned until 14:25', '+1:01 over · writing']);
  });

  it('shows the whole time when the clock was put back', () => {
    expect(timerView(session, startTime - 60_000).clock).toBe('25:00');
  });

  it('counts up from the start without a plan', () => {
    expect(timerView({ ...session, plannedDuration: null }, startTime + 60_000)).toMatchObject({ clock: '1:00', end: 'since 14:00', plannedEnd: null });
  });
});
