// What a file of tests stands on, from its first test to its last.
import { afterAll, beforeAll } from 'vitest';
import { AppServer } from './app-server.ts';
import { type BrowserProfile, newProfile } from './browser-profile.ts';
import { startPageServer } from './browser-world.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';

/** A server of pages with the engine in them, and a profile of a real browser. There once the tests run. */
export function useBrowser(): { readonly server: AppServer; readonly profile: BrowserProfile } {
  const parts: { server?: AppServer; profile?: BrowserProfile } = {};
  beforeAll(async () => {
    parts.server = await startPageServer();
    parts.profile = await newProfile();
  });
  afterAll(async () => {
    await parts.profile?.dispose();
    await parts.server?.close();
  });
  return parts as Required<typeof parts>;
}

/** A server, and the proxy in front of it. There once the tests run. */
export function useProxy(): { readonly app: AppServer; readonly proxy: FaultProxy } {
  const parts: { readonly app: AppServer; proxy?: FaultProxy } = { app: new AppServer() };
  beforeAll(async () => {
    await parts.app.listen();
    parts.proxy = await startFaultProxy(parts.app.port);
  });
  afterAll(async () => {
    await parts.proxy?.close();
    await parts.app.close();
  });
  return parts as Required<typeof parts>;
}
