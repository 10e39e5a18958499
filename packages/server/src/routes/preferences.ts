// PUT /api/user/preferences: changes the preferences that are named and leaves the others.
import { PREFERENCE_NAMES, type PreferencesRequest, type PreferencesResponse } from '@syncline/protocol';
import type { Route } from '../http/route.ts';
import type { StoredPreferences } from '../ports.ts';
import { touchDevice } from '../sync/devices.ts';
import { readCaller } from './write-call.ts';

export const preferencesRoute: Route = {
  call: 'preferences',
  async handle(input) {
    const caller = readCaller(input);
    const request = input.body as PreferencesRequest;
    const stored = await input.ports.store.withUser(input.user.userId, async (tx) => {
      const [{ summary, devices }, before] = [await tx.overview(), await tx.preferences()];
      const preferences = mergePreferences(before, request, input.now);
      const isChanged = preferences !== before;
      const touch = caller === null ? null : touchDevice(devices, caller, 0, input.now, isChanged);
      await tx.write({
        ...(isChanged ? { preferences, summary: { ...summary, preferencesUpdated: input.now } } : {}),
        ...(touch?.kind === 'write' ? { devices: [touch.device], removedDevices: touch.forgotten } : {}),
      });
      return preferences;
    });
    const body: PreferencesResponse = {
      success: true,
      message: 'Preferences updated successfully',
      updated_preferences: stored.values,
    };
    return { status: 200, body };
  },
};

/** Only documented names are taken, one by one. The same object comes back when nothing changed. */
export function mergePreferences(before: StoredPreferences, request: PreferencesRequest, now: number): StoredPreferences {
  const changed = PREFERENCE_NAMES.flatMap((name) => {
    const value = request[name];
    return value === undefined || before.values[name] === value ? [] : [[name, value] as const];
  });
  if (changed.length === 0) return before;
  return { ...before, values: { ...before.values, ...Object.fromEntries(changed) }, updatedAt: now };
}
