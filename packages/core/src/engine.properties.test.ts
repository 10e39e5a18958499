import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EngineStatus, SyncEngine } from './api.ts';
import { createEngineWorld, type EngineWorld, type OpenedEngine } from './testing/engine-world.ts';

type Action =
  | { readonly kind: 'record'; readonly tab: number; readonly at: number; readonly minutes: number; readonly poison: boolean }
  | { readonly kind: 'start' | 'complete' | 'cancel' | 'freeze' | 'thaw' | 'kill' | 'retry' | 'discard' | 'sync'; readonly tab: number }
  | { readonly kind: 'network'; readonly offline: boolean }
  | { readonly kind: 'full'; readonly full: boolean }
  | { readonly kind: 'deaf'; readonly deaf: boolean }
  | { readonly kind: 'lose'; readonly answers: number }
  | { readonly kind: 'step'; readonly ms: number }
  | { readonly kind: 'run'; readonly ms: number };

const tab = fc.integer({ min: 0, max: 1 });
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('record' as const), tab, at: fc.integer({ min: 4, max: 60 }), minutes: fc.integer({ min: 1, max: 60 }), poison: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('start' as const, 'complete' as const, 'cancel' as const), tab }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('freeze' as const, 'thaw' as const, 'kill' as const, 'retry' as const, 'discard' as const, 'sync' as const), tab }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('network' as const), offline: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('full' as const), full: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('deaf' as const), deaf: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('lose' as const), answers: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('step' as const), ms: fc.integer({ min: -7_200_000, max: 7_200_000 }) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('run' as const), ms: fc.constantFrom(1, 20, 100, 1500, 20_000, 200_000) }) },
);

interface Interval {
  readonly id: string;
  readonly startTime: number;
  readonly endTime: number;
}

/** Second implementation: connected groups by comparing every pair. */
function slowGroups(sessions: readonly Interval[]): string[] {
  const group = new Map(sessions.map(({ id }) => [id, id]));
  for (const a of sessions) {
    for (const b of sessions) {
      if (a === b || !(a.startTime < b.endTime && b.startTime < a.endTime)) continue;
      const [from, to] = [group.get(a.id), group.get(b.id)];
      for (const [id, name] of group) if (name === from) group.set(id, to ?? '');
    }
  }
  const members = new Map<string, string[]>();
  for (const [id, name] of group) members.set(name, [...(members.get(name) ?? []), id]);
  return [...members.values()].filter((ids) => ids.length > 1).map((ids) => ids.sort().join()).sort();
}

class Run {
  readonly world: EngineWorld = createEngineWorld();
  readonly recorded = new Map<string, Interval>();
  readonly cancelled = new Set<string>();
  readonly discarded = new Set<string>();
  #tabs: OpenedEngine[] = [];
  #frozen = new Set<number>();
  #lose = 0;
  #isDeaf = false;
  #ahead = 0;
  #seen = new WeakMap<SyncEngine, EngineStatus>();

  async open(): Promise<void> {
    this.world.server.intercept = (request) =>
      request.body?.includes('poison') ? this.world.server.json(422, { error: 'no', code: 'limit_reached' }) : undefined;
    for (let i = 0; i < 2; i += 1) await this.#openTab(i);
  }

  async #openTab(at: number): Promise<void> {
    const opened = await this.world.open();
    opened.page.transport.policy = () => {
      if (this.world.isOffline) return { loseRequest: 'error' };
      return this.#lose-- > 0 ? { loseResponse: 'error', requestDelayMs: 5 } : { requestDelayMs: 5, responseDelayMs: 5 };
    };
    opened.engine.status.subscribe(() => this.#check(opened.engine));
    this.#tabs[at] = opened;
    this.#frozen.delete(at);
  }

  /** Every emission. */
  #check(engine: SyncEngine): void {
    const status = engine.status.current;
    const before = this.#seen.get(engine);
    if (before !== undefined) expect(status.local.version).toBeGreaterThan(before.local.version);
    this.#seen.set(engine, status);
    if (status.data_summary.unsynced_sessions > 0) expect(status.sync_status).not.toBe('healthy');
    if (status.data_summary.conflicts_detected > 0) expect(status.sync_status).toBe('conflicts');
  }

  async act(step: Action): Promise<void> {
    const { world } = this;
    if (step.kind === 'network') world.isOffline = step.offline;
    else if (step.kind === 'full') world.device.disk.full = step.full;
    else if (step.kind === 'deaf') this.#setDeaf(step.deaf);
    else if (step.kind === 'lose') this.#lose = step.answers;
    else if (step.kind === 'step') this.#setClock(step.ms);
    else if (step.kind === 'run') await world.run(step.ms);
    else await this.#actInTab(step);
    await world.run(1);
    this.#compare();
  }

  #setClock(ms: number): void {
    this.world.device.clock.step(ms);
    this.#ahead += Math.abs(ms) + 600_000;
  }

  /** No tab hears of another one. Afterwards somebody looks at both. */
  #setDeaf(deaf: boolean): void {
    this.#isDeaf = deaf;
    this.world.device.channels.policy = () => (deaf ? [] : [0]);
    if (!deaf) for (const { page } of this.#tabs) page.lifecycle.emit('visible');
  }

  async #actInTab(step: Extract<Action, { tab: number }>): Promise<void> {
    const { page, engine } = this.#tabs[step.tab] as OpenedEngine;
    if (step.kind === 'thaw') {
      page.thaw();
      this.#frozen.delete(step.tab);
    } else if (step.kind === 'freeze') {
      page.freeze(true);
      this.#frozen.add(step.tab);
    } else if (step.kind === 'kill') {
      page.kill();
      await this.#openTab(step.tab);
    } else if (!this.#frozen.has(step.tab)) await this.world.drive(this.#use(engine, step).catch(expectRefusal));
  }

  async #use(engine: SyncEngine, step: Extract<Action, { tab: number }>): Promise<void> {
    const running = engine.sessions.running.current[0]?.id ?? '';
    if (step.kind === 'record') {
      const category = step.poison && step.at % 5 === 0 ? 'poison' : 'work';
      const session = await engine.sessions.record(this.world.session(step.at * 20, step.minutes, { category }));
      this.recorded.set(session.id, { ...session, endTime: session.endTime ?? 0 });
    } else if (step.kind === 'start') await engine.sessions.start({ plannedDuration: 25, category: 'work' });
    else if (step.kind === 'complete') {
      const session = await engine.sessions.complete(running);
      expect(session.endTime).toBeGreaterThan(session.startTime);
      this.recorded.set(session.id, { ...session, endTime: session.endTime ?? 0 });
    } else if (step.kind === 'cancel') this.cancelled.add((await engine.sessions.cancel(running)).id);
    else if (step.kind === 'sync') void engine.sync();
    else {
      const [parked] = await engine.sessions.list({ states: ['parked'] });
      if (parked === undefined) return;
      if (step.kind === 'retry') await engine.sessions.retry(parked.id, { category: 'work' });
      else {
        await engine.sessions.discard(parked.id);
        this.recorded.delete(parked.id);
        this.discarded.add(parked.id);
      }
    }
  }

  /** After every event: what every awake tab shows equals what a scan of the store says. */
  #compare(): void {
    if (this.#isDeaf) return;
    const { device } = this.world;
    const name = device.disk.names()[0] ?? '';
    const rows = device.disk.rows(name, 'operations').map(({ value }) => (value as { session: { id: string } }).session.id);
    const head = device.disk.rows(name, 'meta').find(({ key }) => key === 'head')?.value as { version: number } | undefined;
    const groups = slowGroups([...this.recorded.values()]);
    this.#tabs.forEach(({ engine }, at) => {
      if (this.#frozen.has(at)) return;
      const own = engine.status.current.devices?.find(({ device_id }) => device_id === engine.deviceId);
      expect(own?.sessions_pending).toBe(new Set(rows).size);
      expect(engine.conflicts.current.map(({ sessionIds }) => [...sessionIds].sort().join()).sort()).toEqual(groups);
      expect(engine.status.current.data_summary.conflicts_detected).toBe(groups.length);
      expect(Math.floor(engine.status.current.local.version / 1_000_000)).toBeLessThanOrEqual((head?.version ?? 0) + 1);
    });
  }

  /** Heals everything and waits. */
  async settle(): Promise<void> {
    this.world.isOffline = this.world.device.disk.full = false;
    this.#lose = 0;
    this.#setDeaf(false);
    for (let at = 0; at < 2; at += 1) {
      this.#tabs[at]?.page.thaw();
      this.#tabs[at]?.page.lifecycle.emit('online');
    }
    this.#frozen.clear();
    await this.world.run(600_000);
    // What waits for the server's clock waits as long as the device's clock was ahead.
    await this.world.run(this.#ahead);
    this.#compare();
    const records = this.world.server.records();
    const parked = await this.world.drive(this.#tabs[0]?.engine.sessions.list({ states: ['parked'], limit: 1000 }) ?? Promise.resolve([]));
    const isParked = new Set(parked.map(({ id }) => id));
    for (const id of this.recorded.keys()) expect(records.has(id) || isParked.has(id)).toBe(true);
    for (const id of this.cancelled) expect(records.get(id)?.kind).toBe('cancel');
    for (const id of records.keys()) expect(this.recorded.has(id) || this.cancelled.has(id)).toBe(true);
    expect(this.#tabs[0]?.engine.status.current.data_summary.unsynced_sessions).toBe(isParked.size);
  }
}

function expectRefusal(error: unknown): void {
  expect(error).toMatchObject({ name: 'EngineError' });
}

describe('whatever happens in two tabs', () => {
  it('the pending count and the conflicts equal a scan, and in the end everything is on the server once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 1, maxLength: 60, size: 'max' }), async (actions) => {
        const run = new Run();
        await run.open();
        for (const step of actions) await run.act(step);
        await run.settle();
      }),
      { numRuns: Number(process.env['SYNCLINE_RUNS'] ?? 40), endOnFailure: false },
    );
  }, 60_000);
});
