// Everything a status is derived from, as plain data: what the store holds, what the tab knows, what the server said last.
import type { Conflict, ParkedFact } from '@syncline/protocol';
import type { StoreSpace } from '../ports.ts';
import type { StoredAnswer, SyncState } from './sync-state.ts';
import type { View } from './view.ts';

/** This device, as its row shows it. */
export interface Self {
  readonly deviceId: string;
  readonly deviceType: string;
  readonly version: string;
  readonly name: string | null;
}

/** What one tab knows that is not in the store. */
export interface TabFacts {
  readonly leader: boolean;
  readonly problems: readonly string[];
  readonly space: StoreSpace;
  /** Sessions this device holds beside its store: in a real one that cannot be opened now, or in this tab's memory until they are back in a new one. */
  readonly beside: number;
}

export interface StatusInput {
  readonly self: Self;
  readonly tab: TabFacts;
  readonly sync: SyncState;
  readonly answer: StoredAnswer | null;
  readonly conflicts: readonly Conflict[];
  /** Completed sessions that only this device can know of, and the newest end among them. */
  readonly unsent: { readonly count: number; readonly lastEnd: number | null };
  readonly sessionsPending: number;
  /** Sessions that run on this device. */
  readonly running: number;
  readonly settlementsPending: number;
  readonly acknowledged: number;
  readonly lastAcknowledged: number | null;
  /** When the leading tab last wrote to the store, by this device's clock. */
  readonly writtenAt: number;
  /** Sessions of which the server refused something, and outbox rows that cannot be read. */
  readonly parked: number;
  /** Rows of any kind that cannot be read. */
  readonly damaged: number;
  readonly parkedFacts: readonly ParkedFact[];
  readonly preferencesPending: boolean;
  /** By this device's clock. */
  readonly preferencesChangedAt: number | null;
  readonly lastHours: number;
}

const DAMAGED: ParkedFact = { sessionId: 'unknown', message: 'its stored row cannot be read' };

export function statusInput(view: View, self: Self, tab: TabFacts, conflicts: readonly Conflict[], lastHours: number): StatusInput {
  const { deviceId, deviceType, version, name } = self;
  return {
    self: { deviceId, deviceType, version, name }, tab, sync: view.sync, answer: view.answer, conflicts, lastHours,
    unsent: { count: view.unsent.size, lastEnd: view.unsent.lastEnd },
    sessionsPending: view.sessionsPending,
    settlementsPending: view.settlementsPending,
    running: view.running.size,
    acknowledged: view.head.acknowledged,
    lastAcknowledged: view.head.lastAcknowledged,
    writtenAt: view.head.at,
    parked: new Set([...view.parked].map((seq) => view.operations.get(seq)?.session.id)).size + view.damaged.size,
    damaged: view.damaged.size + view.damagedRows.size,
    parkedFacts: parkedFacts(view),
    preferencesPending: (view.preferences?.pending ?? 0) > 0,
    preferencesChangedAt: view.preferences?.changedAt ?? null,
  };
}

function parkedFacts(view: View): ParkedFact[] {
  const facts: ParkedFact[] = [];
  // Tabs come to know of them in different orders, and all show the same.
  for (const seq of [...view.parked].sort((a, b) => a - b)) {
    const operation = view.operations.get(seq);
    if (!operation?.delivery.parked) continue;
    const { id, startTime, project } = operation.session;
    facts.push({ sessionId: id, session: { startTime, project }, message: operation.delivery.parked.message });
  }
  for (const _ of view.damaged) facts.push(DAMAGED);
  for (const { name, message } of view.preferences?.parked ?? []) facts.push({ sessionId: null, message: `${name}: ${message}` });
  return facts;
}
