interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
}

/** Keeps the page for offline use. With Trusted Types on, an address of a script needs a policy; this one knows a single address. */
export function keepPage(): void {
  if (!('serviceWorker' in navigator) || !import.meta.env.PROD) return;
  const worker = '/status-board/sw.js';
  const types = (window as { trustedTypes?: TrustedTypes }).trustedTypes;
  const policy = types?.createPolicy('syncline-worker', { createScriptURL: (url) => (url === worker ? url : '') });
  navigator.serviceWorker.register(policy?.createScriptURL(worker) ?? worker).catch(() => undefined);
}
