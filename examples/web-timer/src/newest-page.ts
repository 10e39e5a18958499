// The newest release of this page. Its worker answers a reload with the page it keeps, and only looks for a newer one meanwhile: asked first, it has
// that before the page goes.

/** A server that does not answer keeps nobody from reloading for longer. */
const WAIT_MS = 10_000;

let isOutdated = false;

/** Notes when a newer release takes over. The very first worker, which comes with this page, is none. */
export function watchForNewest(): void {
  const { serviceWorker } = navigator;
  let isKept = serviceWorker.controller !== null;
  serviceWorker.addEventListener('controllerchange', () => {
    isOutdated = isKept;
    isKept = true;
  });
}

/** Resolves when a reload gives the newest release, as far as the server could be asked. Never rejects. */
async function fetchNewest(): Promise<void> {
  await Promise.race([look().catch(() => undefined), new Promise((resolve) => void setTimeout(resolve, WAIT_MS))]);
}

export async function reloadNewest(): Promise<void> {
  await fetchNewest();
  location.reload();
}

/**
 * For a page that the server finds too old: fetches the newest, and reloads once nobody looks at it. Else it would go on sending for the page of this
 * browser that was reloaded. @returns a function that gives it up.
 */
export function leaveWhenHidden(): () => void {
  const leave = (): void => {
    if (isOutdated && document.hidden) location.reload();
  };
  document.addEventListener('visibilitychange', leave);
  void fetchNewest().then(leave);
  return () => document.removeEventListener('visibilitychange', leave);
}

async function look(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  await registration?.update();
  const worker = registration?.installing ?? registration?.waiting;
  if (worker) await new Promise<void>((resolve) => {
    worker.addEventListener('statechange', () => {
      if (worker.state === 'activated' || worker.state === 'redundant') resolve();
    });
  });
}
