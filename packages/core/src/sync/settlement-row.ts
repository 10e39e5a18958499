// A settlement as this device knows it: one row for each, undone and superseded ones included, so that the journal is complete.
import { areTexts, asFields, type Fields, isCount, isNumberOrNull, isTextOrNull, readFinished } from '../model/rows.ts';
import type { SettlementMemory } from '@syncline/protocol';
import type { Settlement } from '../api-conflicts.ts';
import type { FinishedSession } from '../model/session.ts';

/** `sessionIds` ordered by id; `settledAt` by the server's clock once it is settled, before that by this device's. */
export interface SettlementRow extends Settlement {
  /** What it changed, as it was before: known only on the device that decided. */
  readonly before: readonly FinishedSession[];
  /** Sessions it made. */
  readonly created: readonly string[];
  /** What the server told of it, for a server that forgets it. */
  readonly memory?: SettlementMemory | undefined;
}

/** What an app is told of one. */
export function toSettlement({ id, kind, sessionIds, settledAt, undoneAt, deviceId, outcome, undoSuperseded }: SettlementRow): Settlement {
  return { id, kind, sessionIds, settledAt, undoneAt, deviceId, outcome, ...(undoSuperseded === true && undoneAt === null ? { undoSuperseded } : {}) };
}

/** All of them, newest first; equal times by id, so the order never wavers. */
export function toJournal(rows: Iterable<SettlementRow>): readonly Settlement[] {
  return Array.from(rows, toSettlement).sort((a, b) => b.settledAt - a.settledAt || (a.id < b.id ? -1 : 1));
}

const OUTCOMES: ReadonlySet<unknown> = new Set<Settlement['outcome']>(['pending', 'applied', 'superseded']);

/** What undoing a settlement needs, kept as it was told; `undefined` where it has another shape, and then there is none. */
export function readMemory(value: unknown): SettlementMemory | undefined {
  const memory = asFields(value);
  const isSound = memory !== null && areAll(memory['before'], isNamed) && areTexts(memory['created']) && areAll(memory['versions'], (row) => isNamed(row) && isCount(row['version']));
  return isSound ? (memory as unknown as SettlementMemory) : undefined;
}

function areAll(value: unknown, isSound: (row: Fields) => boolean): boolean {
  return Array.isArray(value) && value.every((item) => {
    const row = asFields(item);
    return row !== null && isSound(row);
  });
}

function isNamed(row: Fields): boolean {
  return typeof row['session_id'] === 'string';
}

export function readSettlement(value: unknown): SettlementRow | null {
  const row = asFields(value);
  const isSound =
    row !== null && typeof row['id'] === 'string' && typeof row['kind'] === 'string' && areTexts(row['sessionIds']) &&
    typeof row['settledAt'] === 'number' && isNumberOrNull(row['undoneAt']) && isTextOrNull(row['deviceId']) && OUTCOMES.has(row['outcome']) &&
    Array.isArray(row['before']) && row['before'].every((session) => readFinished(session) !== null) && areTexts(row['created']);
  if (!isSound) return null;
  const { memory, ...rest } = row as unknown as SettlementRow;
  return memory === undefined || readMemory(memory) !== undefined ? (row as unknown as SettlementRow) : rest;
}

/** Whether it keeps its sessions apart from each other now. */
export function isKeeping({ kind, undoneAt, outcome }: SettlementRow): boolean {
  return kind === 'keep_all' && undoneAt === null && outcome !== 'superseded';
}
