// One suite for servers that offer different things: what an engine promises does not depend on it.
import type { AnnotateInput, SyncEngine } from '@syncline/core';
import type { Capability } from '@syncline/protocol';
import { describe, expect, it } from 'vitest';
import { ExchangeWorld, USER, twoDevices } from './exchange-world.ts';

const MINUTE = 60_000;
const EVERY: readonly Capability[] = ['refresh', 'exchange', 'stream', 'export', 'devices', 'clocks', 'versions'];
const SERVERS: readonly (readonly [string, readonly Capability[]])[] = [
  ['offers everything', []],
  ...EVERY.map((one) => [`lacks ${one}`, [one]] as const),
  ['lacks exchange and stream', ['exchange', 'stream']],
  ['offers the documented calls and nothing else', EVERY],
];

describe.each(SERVERS)('against a server that %s', (_says, without) => {
  it('[A16, C05] what was recorded offline, over a reload, arrives once', async () => {
    const { world, first, a } = await twoDevices({ without });
    world.offline.add(first);
    const ids = [];
    for (let i = 0; i < 7; i += 1) ids.push((await world.drive(a.sessions.record(world.session(600 - 40 * i, 20)))).id);
    first.pages[0]?.kill();
    const again = await world.open(first);
    expect(again.status.current.data_summary.unsynced_sessions).toBe(7);
    world.offline.clear();
    first.pages[0]?.lifecycle.emit('online');
    await world.run(400_000);
    expect(world.server.stored(USER).map(({ id }) => id).sort()).toEqual(ids.sort());
    expect(again.status.current).toMatchObject({ sync_status: 'healthy', data_summary: { unsynced_sessions: 0, total_sessions: 7 } });
  });

  it('[C05] an answer that was lost stores nothing twice', async () => {
    const { world, first, a } = await twoDevices({ without });
    const page = first.pages[0];
    const { policy } = page?.transport ?? {};
    let isLost = 0;
    if (page) page.transport.policy = (request, tab) => (request.method === 'POST' && (isLost += 1) <= 2 ? { loseResponse: 'error' } : (policy?.(request, tab) ?? {}));
    const one = await world.drive(a.sessions.record(world.session(120, 30)));
    await world.run(400_000);
    expect(isLost).toBeGreaterThan(2);
    expect(world.server.stored(USER)).toHaveLength(1);
    expect(await world.drive(a.sessions.get(one.id))).toMatchObject({ state: 'confirmed', displayId: '1' });
  });

  it('the overlap of two devices is in the status of both', async () => {
    const { world, a, b } = await twoDevices({ without });
    const one = await world.drive(a.sessions.record(world.session(120, 30)));
    const two = await world.drive(b.sessions.record(world.session(110, 30)));
    await world.run(150_000);
    for (const { status, conflicts } of [a, b]) {
      expect(status.current).toMatchObject({ sync_status: 'conflicts', data_summary: { total_sessions: 2, conflicts_detected: 1, unsynced_sessions: 0 } });
      expect(conflicts.current.map(({ sessionIds }) => sessionIds)).toEqual([[one.id, two.id]]);
    }
  });

  it('a timer runs, is finished, and one is cancelled; each is stored as what it was', async () => {
    const { world, a } = await twoDevices({ without });
    const start = { plannedDuration: 25, category: 'writing', project: 'book' };
    const done = await world.drive(a.sessions.start(start));
    await world.run(10 * MINUTE);
    await world.drive(a.sessions.complete(done.id));
    const given = await world.drive(a.sessions.start(start));
    await world.run(3 * MINUTE);
    await world.drive(a.sessions.cancel(given.id, { reason: 'interruption' }));
    await world.run(70_000);
    expect(world.server.stored(USER).map(({ id, cancelled }) => ({ id, cancelled }))).toEqual(
      expect.arrayContaining([{ id: done.id, cancelled: false }, { id: given.id, cancelled: true }]),
    );
    expect(a.status.current.data_summary.unsynced_sessions).toBe(0);
  });

  it('what it does not offer is refused in words, and nothing else', async () => {
    const { world, a, b } = await twoDevices({ without });
    const one = await world.drive(a.sessions.record(world.session(120, 30)));
    await world.run(70_000);
    const code = async (work: Promise<unknown>): Promise<unknown> => world.drive(work.then(() => null, (error: { code: unknown }) => error.code));
    const hasExchange = !without.includes('exchange');
    expect(await code(a.sessions.amend(one.id, { note: 'more' }))).toBe(hasExchange ? null : 'unsupported');
    expect(await code(a.devices.list())).toBe(without.includes('devices') ? 'unsupported' : null);
    await world.run(70_000);
    expect(await world.drive(b.sessions.get(one.id)).then((session) => session?.note)).toBe(hasExchange ? 'more' : undefined);
  });
});

/** A device whose server offers its exchange no more, and that recorded a session since and wrote about it. */
async function annotatedWithoutExchange(note: AnnotateInput): Promise<{ readonly world: ExchangeWorld; readonly a: SyncEngine; readonly id: string }> {
  const world = await ExchangeWorld.create();
  const a = await world.open(world.device(), { annotations: true });
  await world.run(5000);
  world.without.add('exchange').add('stream');
  const { id } = await world.drive(a.sessions.record(world.session(300, 20)));
  await world.drive(a.sessions.annotate(id, note));
  await world.run(700_000);
  return { world, a, id };
}

describe('a server that changes', () => {
  it('and offers the exchange no more gets what is recorded by the documented calls, and the other way round', async () => {
    const { world, a } = await twoDevices();
    await world.drive(a.sessions.record(world.session(500, 20)));
    await world.run(70_000);
    world.without.add('exchange').add('stream');
    await world.drive(a.sessions.record(world.session(400, 20)));
    await world.run(700_000);
    expect(world.server.stored(USER)).toHaveLength(2);
    expect(a.status.current.sync_status).toBe('healthy');
    world.without.clear();
    await world.run(2 * 3_600_000);
    world.requests.length = 0;
    await world.drive(a.sessions.record(world.session(100, 20)));
    await world.run(5000);
    expect(world.requests.map(({ request }) => request.path)).toContain('/api/sync/exchange');
    expect(world.server.stored(USER)).toHaveLength(3);
  });

  it('and offers the exchange no more keeps what was decided meanwhile, sends what it never had as it is shown, and lets a person give up the rest', async () => {
    const { world, first, a } = await twoDevices();
    const [stored, other] = [await world.drive(a.sessions.record(world.session(500, 20))), await world.drive(a.sessions.record(world.session(490, 20)))];
    await world.run(70_000);
    // The next request finds out.
    world.without.add('exchange').add('stream');
    const fresh = await world.drive(a.sessions.record(world.session(300, 20)));
    for (const { id } of [stored, fresh]) await world.drive(a.sessions.amend(id, { category: 'reading' }));
    const [conflict] = a.conflicts.current;
    await world.drive(a.conflicts.plan(conflict?.id ?? '', { kind: 'keep_all' }).then((plan) => a.conflicts.resolve(plan)));
    await world.run(700_000);
    expect(world.server.stored(USER).map(({ id, category }) => [id, category]).sort()).toEqual([[stored.id, 'work'], [other.id, 'work'], [fresh.id, 'reading']].sort());
    expect(a.status.current).toMatchObject({ data_summary: { unsynced_sessions: 1 }, local: { closing: { word: 'sent_later', sessions: 1, others: true } } });
    expect(await world.drive(a.sessions.get(stored.id))).toMatchObject({ category: 'reading', pending: true });
    expect(await world.drive(a.sync())).toMatchObject({ ok: false, pending: 1, reason: 'parked' });
    // Nor does another tab ask every few seconds whether anybody leads.
    await world.open(first);
    const before = first.disk.counts.updates;
    await world.run(600_000);
    expect(first.disk.counts.updates - before).toBeLessThan(60);
    expect(await world.drive(a.sessions.discard(stored.id))).toMatchObject({ category: 'work', pending: true });
    expect(a.status.current).toMatchObject({ data_summary: { unsynced_sessions: 0 }, local: { closing: { word: 'sent_later', sessions: 0, others: true } } });
    await world.drive(a.sessions.discard(other.id));
    expect(a.status.current).toMatchObject({ sync_status: 'conflicts', local: { closing: { word: 'all_sent' } } });
    expect(a.conflicts.journal.current).toMatchObject([{ outcome: 'superseded' }]);
    await expect(world.drive(a.sessions.discard(stored.id))).rejects.toMatchObject({ code: 'not_found' });
  });

  it('and offers the exchange no more: decisions wait in their order, and one is given up at a time', async () => {
    const { world, first, a } = await twoDevices();
    const { id } = await world.drive(a.sessions.record(world.session(500, 20)));
    await world.run(70_000);
    world.without.add('exchange').add('stream');
    for (const category of ['first', 'second', 'third']) await world.drive(a.sessions.amend(id, { category }));
    await world.run(700_000);
    await expect(world.drive(a.sessions.retry(id))).rejects.toMatchObject({ code: 'not_parked' });
    // It takes effect once, also where nobody hears of the commit.
    first.disk.failNext('update', { kind: 'rerun', committed: true }, 2);
    await world.drive(a.sessions.discard(id));
    expect(first.disk.rows(first.disk.names()[0] ?? '', 'operations')).toHaveLength(2);
    world.without.clear();
    await world.run(2 * 3_600_000);
    expect(world.server.stored(USER)).toMatchObject([{ id, category: 'third' }]);
  });

  it('and offers the exchange no more for a while is told the tags of what it got meanwhile once it does again', async () => {
    const { world, a, id } = await annotatedWithoutExchange({ note: 'told', tags: ['kept'] });
    expect(world.server.stored(USER)).toMatchObject([{ id }]);
    expect(a.status.current).toMatchObject({ sync_status: 'delayed', data_summary: { unsynced_sessions: 1 } });
    world.without.clear();
    await world.run(2 * 3_600_000);
    expect(a.status.current.sync_status).toBe('healthy');
    const b = await world.open(world.device(), { annotations: true });
    await world.run(5000);
    for (const { sessions } of [a, b]) expect(await world.drive(sessions.get(id))).toMatchObject({ note: 'told', tags: ['kept'], pending: false });
  });

  it('and offers the exchange no more for a while has a note once that was edited before and at once when it does again', async () => {
    const { world, a, id } = await annotatedWithoutExchange({ note: 'told' });
    expect(world.server.stored(USER)).toMatchObject([{ id, note: 'told' }]);
    world.without.clear();
    const edit = (): Promise<unknown> => world.drive(a.sessions.annotate(id, { note: 'told more' }).catch(({ code }: { code: string }) => code));
    for (let minutes = 0; minutes < 120 && (await edit()) === 'unsupported'; minutes += 1) await world.run(MINUTE);
    await world.run(MINUTE);
    expect(world.server.stored(USER)).toMatchObject([{ id, note: 'told more' }]);
    expect(await world.drive(a.sessions.get(id))).toMatchObject({ note: 'told more', pending: false });
  });
});

describe('an answer that tells what no server takes back', () => {
  it.each(['status_tag', 'cursor', 'epoch'])('in %s is no answer, and the next one is', async (field) => {
    const { world, first, a } = await twoDevices();
    let isMangled = true;
    world.distort = (request, answer) => {
      if (!isMangled || request.path !== '/api/sync/exchange') return answer;
      return { ...answer, body: JSON.stringify({ ...(JSON.parse(answer.body) as object), [field]: 'not one word' }) };
    };
    await world.drive(a.sessions.record(world.session(60, 20)));
    await world.run(5000);
    isMangled = false;
    first.pages[0]?.lifecycle.emit('online');
    await world.drive(a.sync());
    await world.run(MINUTE);
    expect(world.server.stored(USER)).toHaveLength(1);
    expect(a.status.current).toMatchObject({ sync_status: 'healthy', local: { phase: 'idle', connection: 'online', last_error: null } });
  });
});
