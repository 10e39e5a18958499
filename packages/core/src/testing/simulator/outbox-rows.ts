// What an oracle reads in the rows of a device's outbox, and in what is written to them. The engine's own reading of them is not used.
import type { Write } from '../../ports.ts';

interface OutboxRow {
  readonly kind?: unknown;
  readonly session: { readonly id: string };
}

export function isPut(write: Write, table: Write['table']): write is Extract<Write, { kind: 'put' }> {
  return write.kind === 'put' && write.table === table;
}

export function isEdit(value: unknown): boolean {
  const kind = (value as OutboxRow | null | undefined)?.kind;
  return kind === 'amend' || kind === 'delete' || kind === 'restore';
}

export function idOf(value: unknown): string[] {
  const id = (value as OutboxRow | null | undefined)?.session?.id;
  // A settlement waits on its own account; its sessions are sent or not all the same.
  return typeof id === 'string' && !isSettlement(value) ? [id] : [];
}

export function isParked(value: unknown): boolean {
  return (value as { delivery?: { parked?: unknown } }).delivery?.parked !== null;
}

/** Something that was just recorded, and nothing tried of it. */
export function isUntried(value: unknown): boolean {
  const row = value as { kind?: unknown; delivery?: { tries?: unknown; unknown?: unknown } };
  return row.kind === 'submit' && row.delivery?.tries === 0 && row.delivery.unknown === false;
}

/** Whether any of these operations goes on its way without anybody's doing: what was decided about a session that waits for a person waits with it. */
export function isMoving(operations: readonly unknown[]): boolean {
  const stuck = operations.filter(isParked).flatMap(idOf);
  return operations.some((value) => !isParked(value) && !stuck.some((id) => JSON.stringify(value).includes(id)));
}

export function isSettlement(value: unknown): boolean {
  const kind = (value as OutboxRow | null | undefined)?.kind;
  return kind === 'resolve' || kind === 'unresolve' || kind === 'remember';
}
