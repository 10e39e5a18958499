// Keeps the page itself for offline use, and sends what the last page left, where the browser has Background Sync. A request of the page to the
// API is never touched, let alone answered, here.
import { userOfTag } from '@syncline/core/background';
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute, type PrecacheEntry } from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';
import { clientsClaim } from 'workbox-core';
import { sendLater } from './send-later.ts';

interface SyncEvent extends Event {
  readonly tag: string;
  readonly lastChance: boolean;
  waitUntil(work: Promise<unknown>): void;
}

declare const self: {
  readonly pageFiles: readonly PrecacheEntry[];
  skipWaiting(): void;
  addEventListener(type: 'sync', run: (event: SyncEvent) => void): void;
};

self.skipWaiting();
clientsClaim();
cleanupOutdatedCaches();
precacheAndRoute([...self.pageFiles]);
registerRoute(new NavigationRoute(createHandlerBoundToURL('/'), { denylist: [/^\/(api|docs|status-board|openapi\.json)/] }));
self.addEventListener('sync', (event) => {
  const user = userOfTag(event.tag);
  if (user !== null) event.waitUntil(sendLater(user, event.lastChance));
});
