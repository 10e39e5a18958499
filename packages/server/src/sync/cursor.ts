// Where a device stands in its user's history. Opaque to devices; here it is the epoch's beginning and a position.
import type { ResetReason } from '@syncline/protocol';

const FORM = /^1\.([0-9a-f]{8})\.([0-9]{1,16})$/;

export function formatCursor(epoch: string, sequence: number): string {
  return `1.${epoch.slice(0, 8)}.${sequence}`;
}

export interface Position {
  /** Changes after this one are wanted. */
  readonly after: number;
  /** Why the walk begins anew, or undefined when it goes on. */
  readonly reset?: ResetReason;
}

/** @param epoch the device's, as the last answer gave it. @param head position of the newest change. */
export function readCursor(cursor: string | null, epoch: string | null, serverEpoch: string, head: number): Position {
  if (epoch !== null && epoch !== serverEpoch) return { after: 0, reset: 'epoch' };
  if (cursor === null) return { after: 0 };
  const parts = FORM.exec(cursor);
  if (parts === null) return { after: 0, reset: 'cursor_unknown' };
  if (parts[1] !== serverEpoch.slice(0, 8)) return { after: 0, reset: 'epoch' };
  const after = Number(parts[2]);
  return after > head ? { after: 0, reset: 'cursor_ahead' } : { after };
}
