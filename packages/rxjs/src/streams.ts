// The engine's Sources as Observables, one function each. All follow the rules of `fromSource`.
import { distinctUntilChanged, map, type Observable } from 'rxjs';
import type { EngineStatus, EngineWithPreferences, PreferencesState, RunningElsewhere, Session, SessionQuery, Settlement, SyncEngine } from '@syncline/core';
import type { Conflict, DeviceStatus } from '@syncline/protocol';
import { sameRows } from './same-rows.ts';
import { fromSource } from './from-source.ts';

/** The status in the documented shape plus `local`; every change. */
export function status$(engine: SyncEngine): Observable<EngineStatus> {
  return fromSource(engine.status, engine.closed);
}

/** How many sessions this device holds that the server has not acknowledged, parked ones included. */
export function pending$(engine: SyncEngine): Observable<number> {
  return status$(engine).pipe(map(pendingHere), distinctUntilChanged());
}

/** The account's devices, newest contact first; emits only when a row changed. */
export function devices$(engine: SyncEngine): Observable<readonly DeviceStatus[]> {
  return status$(engine).pipe(
    map((status) => status.devices ?? []),
    distinctUntilChanged<readonly DeviceStatus[]>(sameRows),
  );
}

/** Open conflicts, those not yet sent included. */
export function conflicts$(engine: SyncEngine): Observable<readonly Conflict[]> {
  return fromSource(engine.conflicts, engine.closed);
}

/** How conflicts were settled, newest first: undone and superseded settlements included. */
export function journal$(engine: SyncEngine): Observable<readonly Settlement[]> {
  return fromSource(engine.conflicts.journal, engine.closed);
}

/**
 * A live list of sessions, newest first. The first value is empty until the list has been read from the store.
 * Subscribers of one returned Observable share one list; call it once for each query.
 */
export function sessions$(engine: SyncEngine, query?: SessionQuery): Observable<readonly Session[]> {
  return fromSource(engine.sessions.observe(query), engine.closed);
}

/** Sessions running on this device, in any tab. */
export function running$(engine: SyncEngine): Observable<readonly Session[]> {
  return fromSource(engine.sessions.running, engine.closed);
}

/** Sessions running on the user's other devices, as the server told last. */
export function elsewhere$(engine: SyncEngine): Observable<readonly RunningElsewhere[]> {
  return fromSource(engine.sessions.elsewhere, engine.closed);
}

/** The preferences of an engine that was created with them: what holds, what waits, and the conflict journal. */
export function preferences$(engine: EngineWithPreferences): Observable<PreferencesState> {
  return fromSource(engine.preferences, engine.closed);
}

/** All streams of one engine by name, for apps that hand them around together. */
export interface Streams {
  readonly status$: Observable<EngineStatus>;
  readonly pending$: Observable<number>;
  readonly devices$: Observable<readonly DeviceStatus[]>;
  readonly conflicts$: Observable<readonly Conflict[]>;
  readonly journal$: Observable<readonly Settlement[]>;
  readonly running$: Observable<readonly Session[]>;
  readonly elsewhere$: Observable<readonly RunningElsewhere[]>;
  readonly sessions$: (query?: SessionQuery) => Observable<readonly Session[]>;
}

/** `status$`, `pending$`, `devices$`, `conflicts$`, `journal$`, `running$`, `elsewhere$` and `sessions$` of one engine. */
export function streams(engine: SyncEngine): Streams {
  return {
    status$: status$(engine),
    pending$: pending$(engine),
    devices$: devices$(engine),
    conflicts$: conflicts$(engine),
    journal$: journal$(engine),
    running$: running$(engine),
    elsewhere$: elsewhere$(engine),
    sessions$: (query) => sessions$(engine, query),
  };
}

function pendingHere(status: EngineStatus): number {
  const here = status.devices?.find((device) => device.device_id === status.local.device_id);
  return here?.sessions_pending ?? 0;
}
