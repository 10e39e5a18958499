import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Account } from './account.ts';
import { App } from './app.tsx';
import { browserName } from './device-names.ts';
import { keepFocus } from './keep-focus.ts';
import { watchForNewest } from './newest-page.ts';
import { remember } from './remembered.ts';
import { restoreTheme } from './theme.ts';
import './styles.css';

interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
}

/** Keeps the page for offline use. With Trusted Types on, an address of a script needs a policy; this one knows a single address. */
function keepPage(): void {
  if (!('serviceWorker' in navigator) || !import.meta.env.PROD) return;
  watchForNewest();
  const worker = '/sw.js';
  const types = (window as { trustedTypes?: TrustedTypes }).trustedTypes;
  const policy = types?.createPolicy('syncline-worker', { createScriptURL: (url) => (url === worker ? url : '') });
  navigator.serviceWorker.register(policy?.createScriptURL(worker) ?? worker).catch(() => undefined);
}

restoreTheme();
// For the status board, which is another window of this device.
remember('deviceName', browserName(navigator.userAgent));
keepPage();
keepFocus();
const root = document.getElementById('app');
if (root) createRoot(root).render(<StrictMode><App account={new Account()} /></StrictMode>);
