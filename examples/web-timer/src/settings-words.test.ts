import { describe, expect, it } from 'vitest';
import { PREFERENCE_NAMES, preferenceFault } from '@syncline/protocol';
import { CHOICES, lostWords, NUMBERS, optionsOf, SWITCHES, valueWords } from './settings-words.ts';

describe('the settings page', () => {
  it('offers every documented preference, and only values that are accepted', () => {
    const offered = [...NUMBERS.map(([name]) => name), ...CHOICES.map(([name]) => name), ...SWITCHES];
    expect([...offered].sort()).toEqual([...PREFERENCE_NAMES].sort());
    for (const [name, min, max] of NUMBERS) expect([min - 1, min, max, max + 1].map((value) => preferenceFault(name, value) === null)).toEqual([false, true, true, false]);
    for (const [name, words] of CHOICES) expect(words.filter((word) => preferenceFault(name, word) !== null)).toEqual([]);
  });

  it('shows the time zone that holds, also by the name of the two that this browser does not list', () => {
    const [, zones = []] = CHOICES.find(([name]) => name === 'timezone') ?? [];
    const [known, other] = zones.includes('Asia/Kolkata') ? ['Asia/Kolkata', 'Asia/Calcutta'] : ['Asia/Calcutta', 'Asia/Kolkata'];
    expect([optionsOf(zones, known), optionsOf(zones, undefined), optionsOf(zones, other)]).toEqual([zones, zones, [other, ...zones]]);
  });

  it('says of a value that gave way which one holds, and names both in what can be done', () => {
    expect(lostWords({ name: 'daily_goal', value: 4 }, { daily_goal: 3 })).toEqual({ what: '“Sessions a day” was changed in two places: 3 holds, 4 gave way.', use: 'Use 4', keep: 'Keep 3' });
    expect(lostWords({ name: 'auto_start_breaks', value: false }, { auto_start_breaks: true })).toMatchObject({ use: 'Use off', keep: 'Keep on' });
  });

  it('writes values as people read them', () => {
    expect(['auto', 'dark', 'Europe/Berlin', 'true', '25'].map(valueWords)).toEqual(['As the system', 'Dark', 'Europe/Berlin', 'on', '25']);
  });
});
