interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
}

let isOutdated = false;
let isTooOld = false;

/** Keeps the page for offline use. With Trusted Types on, an address of a script needs a policy; this one knows a single address. */
export function keepPage(): void {
  if (!('serviceWorker' in navigator) || !import.meta.env.PROD) return;
  const worker = '/status-board/sw.js';
  const types = (window as { trustedTypes?: TrustedTypes }).trustedTypes;
  const policy = types?.createPolicy('syncline-worker', { createScriptURL: (url) => (url === worker ? url : '') });
  const { serviceWorker } = navigator;
  let isKept = serviceWorker.controller !== null;
  // Reloaded past its worker, the page has none, and the next is not the first all the same.
  void serviceWorker.getRegistration().then((known) => void (isKept ||= Boolean(known?.active)), () => undefined);
  serviceWorker.addEventListener('controllerchange', () => {
    isOutdated = isKept;
    isKept = true;
    leave();
  });
  serviceWorker.register(policy?.createScriptURL(worker) ?? worker).catch(() => undefined);
}

/**
 * This page is too old for the server, or for the store: it looks for a newer one, and goes on as that. Nothing is typed here that could be lost, and
 * while it stays it sends for every other page of this browser.
 */
export function becomeNewest(): void {
  isTooOld = true;
  leave();
  look().catch(() => undefined);
}

/** Where there is a worker it takes over with what it finds; without one, as on a page without TLS, the server has the page. */
async function look(): Promise<void> {
  if ('serviceWorker' in navigator) {
    const registration = await navigator.serviceWorker.getRegistration();
    await registration?.update();
    return;
  }
  const page = await (await fetch(location.pathname, { cache: 'no-store' })).text();
  isOutdated = page.includes('</html>') && ![...document.scripts].every(({ src }) => page.includes(`"${src.slice(location.origin.length)}"`));
  leave();
}

function leave(): void {
  if (isOutdated && isTooOld) location.reload();
}
