// Keeps the page itself for offline use, and nothing else: a request to the API is never touched, let alone answered, here.
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute, type PrecacheEntry } from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';
import { clientsClaim } from 'workbox-core';

declare const self: { readonly pageFiles: readonly PrecacheEntry[]; skipWaiting(): void };

self.skipWaiting();
clientsClaim();
cleanupOutdatedCaches();
precacheAndRoute([...self.pageFiles]);
registerRoute(new NavigationRoute(createHandlerBoundToURL('/'), { denylist: [/^\/(api|docs|status-board|openapi\.json)/] }));
