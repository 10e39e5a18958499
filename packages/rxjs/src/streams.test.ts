import { describe, expect, it } from 'vitest';
import type { Observable } from 'rxjs';
import type { EngineStatus, EngineWithPreferences, PreferencesState, RunningElsewhere, Session, SessionQuery, Settlement, Source, SyncEngine } from '@syncline/core';
import type { Conflict } from '@syncline/protocol';
import { conflicts$, devices$, elsewhere$, journal$, pending$, preferences$, running$, sessions$, status$, streams } from './streams.ts';

class ManualSource<T> implements Source<T> {
  listeners = new Set<() => void>();
  current: T;
  constructor(first: T) {
    this.current = first;
  }
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }
  set(value: T): void {
    this.current = value;
    for (const listener of [...this.listeners]) listener();
  }
}

const mac = { device_id: 'mac', device_type: 'mac_app', last_seen: '2025-08-24T15:30:45Z', sync_status: 'up_to_date', version: '1.2.3', sessions_pending: 0 };
const web = { device_id: 'web', device_type: 'web_timer', last_seen: '2025-08-24T15:25:30Z', sync_status: 'pending', version: '2.1.0', sessions_pending: 2 };

function status(devices: readonly object[] | undefined, version: number): EngineStatus {
  return { ...(devices ? { devices } : {}), local: { device_id: 'web', version } } as unknown as EngineStatus;
}

function fakeEngine() {
  const statusSource = new ManualSource(status([mac, web], 1));
  const journal = new ManualSource<readonly Settlement[]>([]);
  const conflicts = Object.assign(new ManualSource<readonly Conflict[]>([]), { journal });
  const running = new ManualSource<readonly Session[]>([]);
  const elsewhere = new ManualSource<readonly RunningElsewhere[]>([]);
  const lists: { query: SessionQuery | undefined; source: ManualSource<readonly Session[]> }[] = [];
  let close = (): void => {};
  const closed = new Promise<void>((resolve) => (close = resolve));
  const observe = (query?: SessionQuery): Source<readonly Session[]> => {
    const source = new ManualSource<readonly Session[]>([]);
    lists.push({ query, source });
    return source;
  };
  const engine = { status: statusSource, conflicts, sessions: { observe, running, elsewhere }, closed } as unknown as SyncEngine;
  return { engine, statusSource, conflicts, journal, running, elsewhere, lists, close, closed };
}

function record<T>(stream: { subscribe(next: (value: T) => void): { unsubscribe(): void } }): T[] {
  const seen: T[] = [];
  stream.subscribe((value) => seen.push(value));
  return seen;
}

describe('streams of an engine', () => {
  it('status$ emits the very objects of the engine', () => {
    const { engine, statusSource } = fakeEngine();
    const seen = record(status$(engine));
    const next = status([mac], 2);
    statusSource.set(next);
    expect(seen).toHaveLength(2);
    expect(seen[1]).toBe(next);
  });

  it('pending$ counts what this device holds and does not repeat itself', () => {
    const { engine, statusSource } = fakeEngine();
    const seen = record(pending$(engine));
    statusSource.set(status([{ ...mac, sessions_pending: 9 }, web], 2));
    statusSource.set(status([mac, { ...web, sessions_pending: 0 }], 3));
    statusSource.set(status([mac], 4));
    statusSource.set(status(undefined, 5));
    expect(seen).toEqual([2, 0]);
  });

  it('devices$ emits only when a row changed, appeared or went', () => {
    const { engine, statusSource } = fakeEngine();
    const seen = record(devices$(engine));
    statusSource.set(status([{ ...mac }, { ...web }], 2));
    expect(seen).toHaveLength(1);
    statusSource.set(status([{ ...mac, sync_status: 'stale' }, web], 3));
    statusSource.set(status([{ ...mac, sync_status: 'stale' }], 4));
    statusSource.set(status([{ ...mac, sync_status: 'stale', name: undefined }], 5));
    statusSource.set(status(undefined, 6));
    expect(seen.map((rows) => rows.length)).toEqual([2, 2, 1, 1, 0]);
  });

  it('preferences$ emits the very states of the engine and completes with it', async () => {
    const { engine, close, closed } = fakeEngine();
    const none: PreferencesState = { values: {}, details: {}, pending: false, lost: [] };
    const source = new ManualSource(none);
    const withPreferences = { ...engine, preferences: source } as unknown as EngineWithPreferences;
    const heard: unknown[] = [];
    preferences$(withPreferences).subscribe({ next: (state) => heard.push(state), complete: () => heard.push('complete') });
    const next: PreferencesState = { ...none, values: { theme_preference: 'dark' } };
    source.set(next);
    close();
    await closed;
    expect(heard).toEqual([none, next, 'complete']);
    expect(source.listeners.size).toBe(0);
  });

  it('sessions$ opens one list for each call, with its query', () => {
    const { engine, lists } = fakeEngine();
    const stream = sessions$(engine, { limit: 5 });
    const first = record(stream);
    const second = record(stream);
    expect(lists.map((list) => list.query)).toEqual([{ limit: 5 }]);
    lists[0]?.source.set([{ id: 's' } as Session]);
    expect([first.length, second.length]).toEqual([2, 2]);
  });

  it('conflicts$, journal$, running$ and elsewhere$ follow their sources', () => {
    const { engine, conflicts, journal, running, elsewhere } = fakeEngine();
    const settled = record(journal$(engine));
    journal.set([{ id: 'j' } as Settlement]);
    expect(settled.map((list) => list.length)).toEqual([0, 1]);
    const open = record(conflicts$(engine));
    const live = record(running$(engine));
    const others = record(elsewhere$(engine));
    elsewhere.set([{ id: 'e' } as RunningElsewhere]);
    conflicts.set([{ id: 'c' } as Conflict]);
    running.set([{ id: 's' } as Session]);
    expect(open.map((list) => list.length)).toEqual([0, 1]);
    expect(live.map((list) => list.length)).toEqual([0, 1]);
    expect(others.map((list) => list.length)).toEqual([0, 1]);
  });

  it('all complete when the engine closes, and nothing stays subscribed', async () => {
    const { engine, statusSource, conflicts, journal, running, elsewhere, lists, close, closed } = fakeEngine();
    const all = streams(engine);
    const completed: string[] = [];
    const each = { status$: all.status$, pending$: all.pending$, devices$: all.devices$, conflicts$: all.conflicts$, journal$: all.journal$, running$: all.running$, elsewhere$: all.elsewhere$, sessions$: all.sessions$() };
    for (const [name, stream] of Object.entries<Observable<unknown>>(each)) stream.subscribe({ complete: () => completed.push(name) });
    expect(statusSource.listeners.size).toBe(3);
    close();
    await closed;
    expect(completed.sort()).toEqual(Object.keys(each).sort());
    expect([statusSource, conflicts, journal, running, elsewhere, lists[0]?.source].map((source) => source?.listeners.size)).toEqual([0, 0, 0, 0, 0, 0]);
  });
});
