import type { SyncEngineOptions } from '@syncline/core';
import { yjsAnnotations } from '@syncline/core/annotations';
import { yjsPreferences } from '@syncline/core/preferences';
import { browserName } from './device-names.ts';

const VERSION = '1.0.0';

/** The same for the page and for its worker: one device, one store. */
export function engineOptions(user: string, token: () => Promise<string | null>) {
  return {
    user,
    device: { type: 'web_timer', version: VERSION, name: browserName(navigator.userAgent) },
    server: { url: location.origin, token, appIdentifier: `Syncline-Web-v${VERSION}` },
    preferences: yjsPreferences(),
    annotations: yjsAnnotations(),
  } satisfies SyncEngineOptions;
}
