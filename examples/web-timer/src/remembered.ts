// The few words this browser keeps between visits. Never a token. Where storage is forbidden they last as long as the page.
const KEYS = { user: 'syncline.lastUser', theme: 'syncline.theme', shortcuts: 'syncline.shortcuts', deviceName: 'syncline.deviceName', deviceNames: 'syncline.deviceNames', signOutOwed: 'syncline.signOutOwed' } as const;

export type Remembered = keyof typeof KEYS;

const unsaved = new Map<Remembered, string | null>();

export function recall(name: Remembered): string | null {
  try {
    return unsaved.has(name) ? (unsaved.get(name) ?? null) : localStorage.getItem(KEYS[name]);
  } catch {
    return null;
  }
}

export function remember(name: Remembered, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(KEYS[name]);
    else localStorage.setItem(KEYS[name], value);
    unsaved.delete(name);
  } catch {
    unsaved.set(name, value);
  }
}

/** Calls when another tab of this browser remembered something else under that name. */
export function onRememberedElsewhere(name: Remembered, run: () => void): void {
  addEventListener('storage', ({ key }) => {
    if (key === KEYS[name] || key === null) run();
  });
}
