// The newest release of this page. Its worker answers a reload with the page it keeps, and only looks for a newer one meanwhile: asked first, it has
// that before the page goes.

/** A server that does not answer keeps nobody from reloading for longer. */
const WAIT_MS = 10_000;

let isOutdated = false;
/** Somebody did something here that a reload could take away. */
let isUsed = false;

/** Notes when a newer release takes over, and when somebody begins to use the page. The very first worker, which comes with this page, is no newer one. */
export function watchForNewest(): void {
  const { serviceWorker } = navigator;
  let isKept = serviceWorker.controller !== null;
  // Reloaded past its worker, the page has none, and the next is not the first all the same.
  void serviceWorker.getRegistration().then((known) => void (isKept ||= Boolean(known?.active)), () => undefined);
  serviceWorker.addEventListener('controllerchange', () => {
    isOutdated = isKept;
    isKept = true;
  });
  for (const type of ['pointerdown', 'keydown', 'click', 'input']) addEventListener(type, () => void (isUsed = true), { capture: true, once: true });
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
 * For a page that the server finds too old: fetches the newest, and reloads once nobody looks at it, or at once where nobody has used it yet, as after
 * a reload that came too soon. @returns a function that gives it up.
 */
export function leaveWhenIdle(): () => void {
  const leave = (): void => {
    if (isOutdated && (document.hidden || !isUsed)) location.reload();
  };
  document.addEventListener('visibilitychange', leave);
  navigator.serviceWorker?.addEventListener('controllerchange', leave);
  leave();
  void fetchNewest();
  return () => {
    document.removeEventListener('visibilitychange', leave);
    navigator.serviceWorker?.removeEventListener('controllerchange', leave);
  };
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
