// @syncline/core/preferences: preferences that merge. An entry of its own, so that an app without them carries no Yjs.
import type { PreferencesPlugin } from './api-preferences.ts';
import { PreferencesOverYjs } from './preferences/preferences.ts';
import type { PreferencesFactory } from './sync/preferences-part.ts';

/** Gives an engine its `preferences`: hand it to `createSyncEngine` under that name. */
export function yjsPreferences(): PreferencesPlugin {
  const factory: PreferencesFactory = { kind: 'preferences', create: (host) => new PreferencesOverYjs(host) };
  return factory;
}
