import { describe, expect, it } from 'vitest';
import { isPressed } from './shortcuts.ts';

const event = { key: 's', ctrlKey: false, metaKey: false, altKey: false, repeat: false, defaultPrevented: false };

describe('a shortcut', () => {
  it('is its key alone, in either case, once', () => {
    expect(isPressed(event, 's') && isPressed({ ...event, key: 'S' }, 's')).toBe(true);
    for (const other of [{ key: 'f' }, { ctrlKey: true }, { metaKey: true }, { altKey: true }, { repeat: true }, { defaultPrevented: true }]) {
      expect(isPressed({ ...event, ...other }, 's')).toBe(false);
    }
  });

  it('is no event without a key, as filling in a form by itself sends one', () => {
    const { key: _, ...filled } = event;
    expect(isPressed(filled, 's')).toBe(false);
  });
});
