// Light, dark, or as the system says. Kept in this browser.
export type Theme = 'auto' | 'light' | 'dark';

const KEY = 'syncline.theme';
const THEMES: readonly Theme[] = ['auto', 'light', 'dark'];

export function currentTheme(): Theme {
  return THEMES.find((theme) => theme === localStorage.getItem(KEY)) ?? 'auto';
}

export function setTheme(theme: Theme): void {
  localStorage.setItem(KEY, theme);
  restoreTheme();
}

export function nextTheme(theme: Theme): Theme {
  return THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'auto';
}

export function restoreTheme(): void {
  const theme = currentTheme();
  if (theme === 'auto') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}
