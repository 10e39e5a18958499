// The browser's own way to wake a service worker at once, as its developer tools do it.
import type { BrowserContext, CDPSession } from 'playwright';

interface Registration {
  readonly registrationId: string;
  readonly scopeURL: string;
}

export class SyncEvents {
  readonly #session: CDPSession;
  readonly #registrations = new Map<string, string>();

  constructor(session: CDPSession) {
    this.#session = session;
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }: { readonly registrations: readonly Registration[] }) => {
      for (const { scopeURL, registrationId } of registrations) this.#registrations.set(scopeURL, registrationId);
    });
  }

  /** Looks on from a page of its own, which is none of the app's. */
  static async open(context: BrowserContext): Promise<SyncEvents> {
    const session = await context.newCDPSession(await context.newPage());
    const events = new SyncEvents(session);
    await session.send('ServiceWorker.enable');
    return events;
  }

  async dispatch(origin: string, tag: string, lastChance = false): Promise<void> {
    const registrationId = this.#registrations.get(`${origin}/`);
    if (registrationId === undefined) throw new Error('no service worker is registered there');
    await this.#session.send('ServiceWorker.dispatchSyncEvent', { origin, registrationId, tag, lastChance });
  }
}
