// Planted in the server, and in the rules both ends share.
import type { PlantedBug } from './bug.ts';

export const SERVER: readonly PlantedBug[] = [
  {
    id: 'overlap-first-only', rows: ['I-06'], file: 'packages/server/src/store/memory/live-index.ts',
    says: 'the server looks at one neighbour only',
    find: '    if (session.endTime > startTime) found.push(id);',
    replace: '    if (session.endTime > startTime) { found.push(id); break; }',
  },
  {
    id: 'healthy-while-pending', rows: ['E01', 'I-03'], file: 'packages/protocol/src/rules/status.ts',
    says: 'says healthy while sessions wait',
    find: '  if (active.length === 0 || sumPending(active) > 0 || isWaiting) return \'delayed\';',
    replace: '  if (active.length === 0) return \'delayed\';',
  },
  {
    id: 'word-order', rows: ['I-13', 'E01'], file: 'packages/protocol/src/rules/status.ts',
    says: 'never says conflicts',
    find: '  if (facts.openConflicts > 0) return \'conflicts\';\n',
    replace: '',
  },
  {
    id: 'server-no-transaction', rows: ['D11', 'C05', 'S-29'], file: 'packages/server/src/store/memory/memory-store.ts',
    says: 'the server keeps half of what failed',
    find: '        tx.rollback();\n',
    replace: '',
  },
  {
    id: 'server-acks-before-commit', rows: ['I-08', 'D11'], file: 'packages/server/src/store/memory/memory-store.ts',
    says: 'the server answers before it commits',
    find: '        if (crash === \'before-commit\') throw storeError(\'unavailable\');',
    replace: '        if (crash === \'before-commit\') { tx.rollback(); return result; }',
  },
  {
    id: 'server-day-shift', rows: ['I-01'], file: 'packages/server/src/sync/submit.ts',
    says: 'the server rounds the end to a minute',
    find: '    endTime: parseInstant(request.end_time) ?? Number.NaN,',
    replace: '    endTime: Math.floor((parseInstant(request.end_time) ?? Number.NaN) / 60_000) * 60_000,',
  },
  {
    id: 'server-one-account', rows: ['I-10', 'S-06'], file: 'packages/server/src/auth/bearer.ts',
    says: 'the server takes everybody for who came first',
    find: '    const { userId, sid, expiresAt } = claims;',
    replace: '    const { userId, sid, expiresAt } = (this.first ??= claims);',
  },
  {
    id: 'server-number-anew', rows: ['D18'], file: 'packages/server/src/routes/submit.ts',
    says: 'the server gives a repeated session another number',
    find: 'session_id: String(session.displayId),',
    replace: 'session_id: String(session.displayId + (kind === \'applied\' ? 0 : 1)),',
  },
  {
    id: 'server-status-unsummed', rows: ['I-05'], file: 'packages/server/src/routes/sync-status.ts',
    says: 'the status of the server counts a device that it does not list',
    find: '    return { status: 200, body };',
    replace: '    return { status: 200, body: { ...body, total_devices: body.total_devices + 1 } };',
  },
  {
    id: 'passed-over-counted', rows: ['D03', 'I-21'], file: 'packages/server/src/sync/device-memory.ts', plan: 'passed-over-is-no-clone',
    says: 'the server takes a number that was passed over while it waited for one that is used twice',
    find: '...passed.slice(0, PASSED_OVER_MAX), ',
    replace: '',
  },
];
