// Keeps this page for offline use, and nothing else. The web timer's worker has the whole site and leaves this folder to this one.
import { createHandlerBoundToURL, precacheAndRoute, type PrecacheEntry } from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';
import { clientsClaim, setCacheNameDetails } from 'workbox-core';

declare const self: { readonly pageFiles: readonly PrecacheEntry[]; skipWaiting(): void };

// Not the usual name: the web timer's worker clears away old caches by it, and this page's scope lies within its own.
setCacheNameDetails({ prefix: 'syncline', precache: 'status-board', suffix: '' });
self.skipWaiting();
clientsClaim();
precacheAndRoute([...self.pageFiles]);
registerRoute(new NavigationRoute(createHandlerBoundToURL('/status-board/')));
