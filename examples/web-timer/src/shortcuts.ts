// Single keys for what is done often. They work outside fields and dialogs only, and can be switched off (some people speak to
// their computer, and a spoken word is many keys).
import { useEffect } from 'react';
import { recall, remember } from './remembered.ts';

export const SHORTCUTS = {
  s: 'Start a session', f: 'Finish the running session', x: 'Cancel the running session', a: 'Add a past session',
  y: 'Sync now', t: 'Change the theme', '?': 'Show this list',
} as const;

export type ShortcutKey = keyof typeof SHORTCUTS;

export function shortcutsOn(): boolean {
  return recall('shortcuts') !== 'off';
}

export function switchShortcuts(on: boolean): void {
  remember('shortcuts', on ? null : 'off');
}

type Press = Pick<KeyboardEvent, 'ctrlKey' | 'metaKey' | 'altKey' | 'repeat' | 'defaultPrevented'> & Partial<Pick<KeyboardEvent, 'key'>>;

/** Whether that key was pressed, by itself. A browser that fills in a field says `keydown` without a key. */
export function isPressed({ key, ctrlKey, metaKey, altKey, repeat, defaultPrevented }: Press, wanted: ShortcutKey): boolean {
  return key?.toLowerCase() === wanted && !ctrlKey && !metaKey && !altKey && !repeat && !defaultPrevented;
}

/** Runs `run` when the key is pressed while the calling component is shown. */
export function useShortcut(key: ShortcutKey, run: () => void): void {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (!isPressed(event, key) || !shortcutsOn() || isTaken(event.target) || document.querySelector('dialog[open]') !== null) return;
      event.preventDefault();
      run();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  });
}

function isTaken(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
