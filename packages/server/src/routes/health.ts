// GET /api/health: whether the service and its database answer, and which calls beyond the documented ones it offers.
import { type Capability, formatInstant, type HealthResponse } from '@syncline/protocol';
import type { Route } from '../http/route.ts';

/** What this server offers. A call is listed once it works, and never before. */
export const CAPABILITIES: readonly Capability[] = ['refresh', 'exchange', 'stream', 'export', 'devices', 'clocks', 'versions'];

export const healthRoute: Route = {
  call: 'health',
  async handle({ ports, config, now }) {
    await ports.store.ping();
    const body: HealthResponse = { status: 'ok', version: config.version, time: formatInstant(now), capabilities: CAPABILITIES };
    return { status: 200, body };
  },
};
