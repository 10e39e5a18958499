// GET /api/sync/status: how far every device is in sync. Reads the row of counters and the devices, never the history;
// conflicts are listed only when asked for.
import { deriveSyncStatus, type SyncStatusQuery } from '@syncline/protocol';
import type { Route } from '../http/route.ts';
import type { Overview } from '../ports.ts';
import { conflictsOf, statusFacts } from '../sync/status-facts.ts';
import { readAndTouch } from './read-call.ts';

export const syncStatusRoute: Route = {
  call: 'syncStatus',
  async handle(input) {
    const query = input.query as SyncStatusQuery;
    const listsConflicts = ({ summary }: Overview): boolean => query.check_conflicts === true && summary.openConflicts > 0;
    const facts = await readAndTouch(
      input,
      async (tx, overview) => statusFacts(overview, listsConflicts(overview) ? conflictsOf(await tx.conflictMembers()) : []),
      (overview) => (listsConflicts(overview) ? null : statusFacts(overview, [])),
    );
    const body = deriveSyncStatus(facts, input.now, {
      includeDevices: query.include_devices,
      checkConflicts: query.check_conflicts,
      lastHours: query.last_hours,
      supportContact: input.config.supportContact,
    });
    return { status: 200, body };
  },
};
