// PUT /api/user/preferences: changes the preferences that are named and leaves the others.
import type { PreferencesRequest, PreferencesResponse } from '@syncline/protocol';
import type { Route } from '../http/route.ts';
import { touchDevice } from '../sync/devices.ts';
import { withDevice } from '../sync/listed-device.ts';
import { setPreferences } from '../sync/preferences.ts';
import { readCaller } from './write-call.ts';

export const preferencesRoute: Route = {
  call: 'preferences',
  async handle(input) {
    const caller = readCaller(input);
    const request = input.body as PreferencesRequest;
    const stored = await withDevice(input.ports.store, input.user, caller?.deviceId ?? null, async (tx, { summary, devices }) => {
      const before = await tx.preferences();
      const changes = setPreferences(before, request, { documents: input.ports.documents, now: input.now, deviceId: caller?.deviceId ?? null, summary }, input.ports.ids.uuid());
      const touch = caller === null ? null : touchDevice(devices, caller, 0, input.now, changes !== null);
      await tx.write({ ...changes, ...(touch?.kind === 'write' ? { devices: [touch.device], removedDevices: touch.forgotten } : {}) });
      return changes?.preferences ?? before;
    });
    const body: PreferencesResponse = {
      success: true,
      message: 'Preferences updated successfully',
      updated_preferences: stored.values,
    };
    return { status: 200, body };
  },
};
