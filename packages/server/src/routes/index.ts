// The calls about data, one file each. Signing in and out are the app's.
import type { Route } from '../http/route.ts';
import { analyticsRoute } from './analytics.ts';
import { deviceForgetRoute, deviceNameRoute, devicesRoute, deviceSignOutRoute } from './devices.ts';
import { exchangeRoute } from './exchange.ts';
import { exportRoute } from './export.ts';
import { healthRoute } from './health.ts';
import { preferencesRoute } from './preferences.ts';
import { sessionCancelRoute } from './session-cancel.ts';
import { sessionStartRoute } from './session-start.ts';
import { streamRoute } from './stream.ts';
import { submitRoute } from './submit.ts';
import { syncStatusRoute } from './sync-status.ts';
import { userDataRoute } from './user-data.ts';

export const DATA_ROUTES: readonly Route[] = [
  healthRoute, sessionStartRoute, submitRoute, sessionCancelRoute, userDataRoute, preferencesRoute, analyticsRoute, syncStatusRoute,
  exchangeRoute, streamRoute, exportRoute, devicesRoute, deviceNameRoute, deviceForgetRoute, deviceSignOutRoute,
];
