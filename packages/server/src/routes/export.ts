// GET /api/sync/export: everything the server holds of the user, a line at a time.
import { type ExportLine, formatInstant } from '@syncline/protocol';
import { problem } from '../http/problem.ts';
import type { Route, RouteInput } from '../http/route.ts';
import { SETTLEMENTS_AT_ONCE } from '../store/read-limits.ts';
import { shownName } from '../sync/devices.ts';
import { partsOf } from '../sync/parts-of.ts';
import { instantOrNull, toSessionRecord, toSettlementRecord } from '../sync/session-records.ts';

const PAGE = 100;

export const exportRoute: Route = {
  call: 'export',
  async handle(input) {
    const account = await input.ports.store.accounts.find(input.user.userId);
    if (account === null) throw problem('gone');
    const leave = input.open.exports.enter(input.user.userId);
    const lines = exportLines(input, account.username);
    const encoder = new TextEncoder();
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        const { value, done } = await lines.next().catch((error: unknown) => {
          leave();
          throw error;
        });
        if (done !== true) return controller.enqueue(encoder.encode(value.map((line) => `${JSON.stringify(line)}\n`).join('')));
        controller.close();
        leave();
      },
      async cancel() {
        leave();
        await lines.return(undefined);
      },
    });
    return { status: 200, body, headers: { 'Content-Type': 'application/x-ndjson; charset=utf-8' } };
  },
};

/** Pages of lines. No transaction stays open between them: a session that changes meanwhile may come twice, and then the later line counts. */
async function* exportLines({ ports: { store }, user: { userId }, now }: RouteInput, username: string): AsyncGenerator<readonly ExportLine[], void> {
  let lines = 1;
  yield [{ type: 'header', format: 1, user_id: userId, username, exported_at: formatInstant(now), epoch: await store.epoch() }];
  const settlements = new Set<string>();
  for (let after = 0; ; ) {
    const changes = await store.readUser(userId, (tx) => tx.changes(after, PAGE));
    const page = changes.flatMap((change): ExportLine[] => {
      if (change.kind === 'session') return [{ type: 'session', session: toSessionRecord(change.session) }];
      settlements.add(change.settlement.id);
      return [];
    });
    lines += page.length;
    if (page.length > 0) yield page;
    const last = changes.at(-1);
    if (last === undefined) break;
    after = last.sequence;
  }
  for (const ids of partsOf(settlements, SETTLEMENTS_AT_ONCE)) {
    const some = await store.readUser(userId, (tx) => tx.settlements(ids));
    lines += some.length;
    yield some.toSorted((a, b) => a.sequence - b.sequence).map((settlement) => ({ type: 'settlement', settlement: toSettlementRecord(settlement) }));
  }
  const { devices, preferences } = await store.readUser(userId, async (tx) => ({ devices: (await tx.overview()).devices, preferences: await tx.preferences() }));
  const rest: ExportLine[] = [
    ...devices.map((device) => ({
      type: 'device' as const, device_id: device.deviceId, device_type: device.deviceType, version: device.version, name: shownName(device),
      last_seen: instantOrNull(device.lastSeen), sessions_pending: device.sessionsPending,
    })),
    { type: 'preferences', values: preferences.values, updated_at: instantOrNull(preferences.updatedAt) },
  ];
  yield [...rest, { type: 'end', lines: lines + rest.length }];
}
