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
    id: 'server-id-only-key', rows: ['D18', 'C14'], file: 'packages/server/src/sync/submit.ts',
    says: 'the server stores a repeated session over the first',
    find: '  if (existing !== null && existing.state !== \'running\') {',
    replace: '  if (existing !== null && existing.state !== \'running\' && context.now < 0) {',
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
];
