// POST /api/sync/exchange: one round trip is one complete sync.
import { deriveSyncStatus, EXCHANGE_PROTOCOL, type ExchangeResponse, formatInstant } from '@syncline/protocol';
import type { Route, RouteInput } from '../http/route.ts';
import { formatCursor } from '../sync/cursor.ts';
import { exchange, type ExchangeOutcome, type SentExchange } from '../sync/exchange.ts';
import { toRunningSession } from '../sync/session-records.ts';
import { statusFacts } from '../sync/status-facts.ts';
import { parseExchange } from './parse-exchange.ts';

export const exchangeRoute: Route = {
  call: 'exchange',
  parseBody: parseExchange,
  async handle(input) {
    const request = input.body as SentExchange;
    await input.user.usedBy(request.device.device_id);
    const outcome = await exchange(input.ports, input.user, request, input.now);
    return { status: 200, body: toResponse(outcome, input) };
  },
};

function toResponse(outcome: ExchangeOutcome, { now, config }: RouteInput): ExchangeResponse {
  const { overview, memory, epoch, running } = outcome;
  return {
    success: true,
    protocol: EXCHANGE_PROTOCOL,
    epoch,
    server_time: formatInstant(now),
    head: overview.summary.sequence,
    device: {
      ack_seq: memory.incarnations[0]?.settledSeq ?? 0,
      ...(memory.inheritedPending === null ? {} : { incarnation_changed: true, announced_pending: memory.inheritedPending }),
    },
    results: outcome.results,
    changes: outcome.changes,
    cursor: formatCursor(epoch, outcome.reached),
    more: outcome.more,
    ...(outcome.reset === undefined ? {} : { reset: outcome.reset }),
    ...(outcome.preferences === null ? {} : { preferences: outcome.preferences }),
    status_tag: outcome.statusTag,
    ...(running === null
      ? {}
      : {
          status: deriveSyncStatus(statusFacts(overview), now, { supportContact: config.supportContact }),
          running: running.map((session) => toRunningSession(session, overview.devices)),
        }),
  };
}
