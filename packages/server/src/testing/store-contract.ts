// What every store promises about one user's data.
import type { Activity, KeptPair, StoredDevice, UserChanges, UserSummary } from '../ports.ts';
import { casesOf, check, checkEqual, type ContractCase, rejectionCode } from './contract-case.ts';
import { sessionRow, settlementRow, type StoreWorld } from './store-world.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const NOON = 1_700_049_600_000 - (1_700_049_600_000 % DAY) + DAY / 2;

const EMPTY: UserSummary = {
  totalSessions: 0, totalMs: 0, lastSession: null, openConflicts: 0, duplicateConflicts: 0, preferencesUpdated: null, sequence: 0,
  lastDisplayId: 0, lastStartId: 0, lastCancellationId: 0, lastGroup: 0, running: 0,
};

const LAST = 'ffffffff-0000-4000-8000-000000000000';
const [S, T] = ['eeeeeeee-0000-4000-8000-000000000001', 'eeeeeeee-0000-4000-8000-000000000002'] as const;
const SETTLEMENT = 'eeeeeeee-0000-4000-8000-000000000000';

function pair(first: string, second: string, settlementId: string = SETTLEMENT): KeptPair {
  return { first, second, settlementId };
}

function device(deviceId: string, lastSeen: number | null): StoredDevice {
  return { deviceId, deviceType: 'web_timer', version: '1', name: null, givenName: null, pendingAsOf: null, lastSeen, sessionsPending: 0, oldestPending: null, createdAt: 1, memory: null };
}

/** A stored session from one minute of the noon to another. */
function at(id: string, sequence: number, from: number, to: number): ReturnType<typeof sessionRow> {
  return sessionRow(id, sequence, { startTime: NOON + from * MINUTE, endTime: NOON + to * MINUTE, duration: to - from });
}

function write(world: StoreWorld, userId: string, changes: UserChanges): Promise<void> {
  return world.store.withUser(userId, (tx) => tx.write(changes));
}

const ids = (rows: readonly { readonly id: string }[]): string[] => rows.map(({ id }) => id).sort();

/** Reading and writing rows. */
function rowCases(world: () => Promise<StoreWorld>): readonly ContractCase[] {
  return casesOf(world, {
    'a new user has nothing': async (w) => {
      const userId = await w.newUser();
      const overview = await w.store.readUser(userId, (tx) => tx.overview());
      checkEqual(overview, { epoch: await w.store.epoch(), summary: EMPTY, devices: [] });
      checkEqual(await w.store.overview(userId), overview);
      checkEqual(await w.store.readUser(userId, (tx) => tx.changes(0, 10)), []);
      checkEqual(await w.store.readUser(userId, (tx) => tx.newestEnd()), null);
    },
    'an unknown user has no transactions': async (w) => {
      checkEqual(await rejectionCode(w.store.withUser(w.newId(), async () => 1)), 'failed');
      checkEqual(await rejectionCode(w.store.readUser(w.newId(), (tx) => tx.overview())), 'failed');
      checkEqual(await rejectionCode(w.store.overview(w.newId())), 'failed');
    },
    'every field of a session comes back, and a second write replaces all': async (w) => {
      const [userId, id] = [await w.newUser(), w.newId()];
      const full = sessionRow(id, 3, {
        startTime: NOON + 1, endTime: NOON + 1234, duration: 0.02, plannedDuration: 25.5, category: 'ü "x" \\ 😀', project: 'Ω', note: 'line\nline',
        deviceId: 'd-1', version: 7, deletedAt: NOON + 5, tags: ['a', 'ü,"'], clock: { offsetMs: -12, errorMs: 34 }, annotation: new Uint8Array([0, 255, 7]), fingerprint: 'f',
        trail: { by: 'd', byOthers: 3, contentVersion: 6, contentBy: null, contentByOthers: 5 },
      });
      await write(w, userId, { sessions: [full] });
      checkEqual(await w.store.readUser(userId, (tx) => tx.sessions([id, w.newId()])), [full]);
      const bare = sessionRow(id, 4, { state: 'cancelled', startTime: null, endTime: null, duration: null, cancelReason: 'other', version: 8 });
      await write(w, userId, { sessions: [bare] });
      checkEqual(await w.store.readUser(userId, (tx) => tx.sessions([id])), [bare]);
    },
    'starts and cancellations come back whole': async (w) => {
      const [userId, sessionId] = [await w.newUser(), w.newId()];
      const shared = { sessionId, createdAt: NOON, fingerprint: 'f', plannedDuration: 25.25, source: 'cli', projectId: 4, teamProjectId: null };
      const start = { ...shared, displayId: 1, category: 'c', project: null, planningNotes: 'p', goals: null, energyLevel: 10, appVersion: '1.0' };
      const cancellation = { ...shared, displayId: 2, elapsedMinutes: 3.75, reason: 'technical', note: null, category: null };
      await write(w, userId, { starts: [start], cancellations: [cancellation] });
      checkEqual(await w.store.readUser(userId, (tx) => tx.starts([sessionId])), [start]);
      checkEqual(await w.store.readUser(userId, (tx) => tx.cancellations([sessionId])), [cancellation]);
      const counts = await w.store.readUser(userId, async (tx) => [await tx.cancelledCount(NOON, NOON + 1), await tx.cancelledCount(NOON + 1, NOON + 2)]);
      checkEqual(counts, [1, 0]);
    },
    'devices come newest first, those never seen last, and go one by one': async (w) => {
      const userId = await w.newUser();
      const memory = { run: 'r', replacedRuns: ['q'], incarnations: [{ id: 'i', settledSeq: 4, refusedSeqs: [2, 3] }], inheritedPending: 2 };
      const rows = [device('b', 5), { ...device('c', 9), name: 'Größe', givenName: 'Küche', pendingAsOf: 8, memory, oldestPending: 3 }, device('z', null), device('a', 5)];
      await write(w, userId, { devices: rows });
      const found = async (): Promise<readonly StoredDevice[]> => (await w.store.readUser(userId, (tx) => tx.overview())).devices;
      checkEqual((await found()).map(({ deviceId }) => deviceId), ['c', 'a', 'b', 'z']);
      checkEqual((await found())[0], rows[1]);
      await write(w, userId, { devices: [device('b', 20)], removedDevices: ['c', 'unknown'] });
      checkEqual((await found()).map(({ deviceId }) => deviceId), ['b', 'a', 'z']);
    },
    'preferences, results and settlements come back': async (w) => {
      const userId = await w.newUser();
      const preferences = { values: { timezone: 'UTC', daily_goal: 4, public_leaderboard: false }, updatedAt: 7, document: new Uint8Array([1, 0, 2]), stateVector: new Uint8Array([0, 255]), digest: 'abc', retired: new Uint8Array([7]) };
      const result = { operationId: w.newId(), createdAt: 9, fingerprint: 'f', result: '{"b":1,"a":[2]}' };
      await write(w, userId, { preferences, results: [result], settlements: [settlementRow(S, 1, { plan: '{"z":1,"a":2}' })] });
      checkEqual(await w.store.readUser(userId, (tx) => tx.preferences()), preferences);
      checkEqual(await w.store.readUser(userId, (tx) => tx.results([result.operationId, w.newId()])), [result]);
      await write(w, userId, { settlements: [settlementRow(S, 2, { undoneAt: 3 })] });
      checkEqual(await w.store.readUser(userId, (tx) => tx.settlements([S, T])), [settlementRow(S, 2, { undoneAt: 3 })]);
    },
    'the row of counters is what was written': async (w) => {
      const userId = await w.newUser();
      const summary: UserSummary = {
        totalSessions: 1, totalMs: 2, lastSession: NOON, openConflicts: 4, duplicateConflicts: 3, preferencesUpdated: 5, sequence: 2 ** 40,
        lastDisplayId: 6, lastStartId: 7, lastCancellationId: 8, lastGroup: 9, running: 10,
      };
      await write(w, userId, { summary });
      checkEqual((await w.store.readUser(userId, (tx) => tx.overview())).summary, summary);
    },
    'nothing asked, nothing found': async (w) => {
      const userId = await w.newUser();
      const found = await w.store.readUser(userId, async (tx) => [
        await tx.sessions([]), await tx.starts([]), await tx.cancellations([]), await tx.overlapping([]), await tx.groupMembers([]),
        await tx.groups([]), await tx.keptPairs([]), [...(await tx.sessionsPerDay([]))], await tx.results([]), await tx.settlements([]),
      ]);
      checkEqual(found, found.map(() => []));
      await write(w, userId, {});
    },
  });
}

/** Finding sessions by time and by position. */
function findingCases(world: () => Promise<StoreWorld>): readonly ContractCase[] {
  return casesOf(world, {
    'overlaps: half-open, of live sessions only, each once': async (w) => {
      const userId = await w.newUser();
      const [before, touching, inside, covering, deleted, cancelled, after] = [1, 2, 3, 4, 5, 6, 7].map(() => w.newId()) as [string, string, string, string, string, string, string];
      await write(w, userId, {
        sessions: [
          at(before, 1, -60, -30), at(touching, 2, -30, 0), at(inside, 3, 5, 6), at(covering, 4, -700, 700), at(after, 5, 10, 20),
          { ...at(deleted, 6, 0, 10), deletedAt: 1 }, { ...at(cancelled, 7, 0, 10), state: 'cancelled' },
        ],
      });
      const overlapping = (...minutes: [number, number][]): Promise<string[]> => w.store.readUser(userId, async (tx) =>
        ids(await tx.overlapping(minutes.map(([from, to]) => ({ startTime: NOON + from * MINUTE, endTime: NOON + to * MINUTE })))));
      checkEqual(await overlapping([0, 10]), [inside, covering].sort());
      checkEqual(await overlapping([5, 5.0001]), [inside, covering].sort());
      checkEqual(await overlapping([-30.0001, 0]), [before, touching, covering].sort());
      checkEqual(await overlapping([0, 10], [10, 11], [5, 6]), [inside, covering, after].sort());
      checkEqual(await overlapping([700, 800]), []);
    },
    'an overlap comes with what conflicts are derived from': async (w) => {
      const [userId, id] = [await w.newUser(), w.newId()];
      await write(w, userId, { sessions: [{ ...at(id, 1, 0, 10), deviceId: 'd' }], members: [{ sessionId: id, group: 4 }] });
      const [found] = await w.store.readUser(userId, (tx) => tx.overlapping([{ startTime: NOON, endTime: NOON + 1 }]));
      checkEqual(found, { id, startTime: NOON, endTime: NOON + 10 * MINUTE, category: 'work', project: 'team_A', source: 'mac_app', deviceId: 'd', group: 4 });
    },
    'sessions are counted by the day on which they start, in any state': async (w) => {
      const userId = await w.newUser();
      const midnight = NOON - DAY / 2;
      const rows = [-1, 0, DAY - 1, DAY].map((ms, i) => sessionRow(w.newId(), i + 1, { startTime: midnight + ms, endTime: midnight + ms + 1000 }));
      await write(w, userId, { sessions: rows.map((row, i) => (i === 1 ? { ...row, deletedAt: 1 } : row)) });
      checkEqual(await w.store.readUser(userId, (tx) => tx.sessionsPerDay([midnight, midnight + DAY, midnight + 2 * DAY])), new Map([[midnight, 2], [midnight + DAY, 1], [midnight + 2 * DAY, 0]]));
    },
    'the newest end is that of a live session, not of the newest start': async (w) => {
      const userId = await w.newUser();
      const [long, short, deleted] = [w.newId(), w.newId(), w.newId()];
      await write(w, userId, { sessions: [at(long, 1, 0, 900), at(short, 2, 60, 70), { ...at(deleted, 3, 100, 1000), deletedAt: 1 }] });
      checkEqual(await w.store.readUser(userId, (tx) => tx.newestEnd()), NOON + 900 * MINUTE);
    },
    'activity is what starts within the range, ordered': async (w) => {
      const userId = await w.newUser();
      const [a, b, c] = [w.newId(), w.newId(), w.newId()];
      await write(w, userId, { sessions: [at(b, 1, 10, 20), at(a, 2, 0, 5), at(c, 3, 30, 40)], members: [{ sessionId: b, group: 2 }] });
      const [found] = await activityOf(w, userId, NOON, NOON + 30 * MINUTE);
      checkEqual(found?.map(({ startTime, group, duration }) => [startTime, group, duration]), [[NOON, null, 5], [NOON + 10 * MINUTE, 2, 10]]);
    },
    'activity comes in parts, each session once, also where many start at one instant': async (w) => {
      const userId = await w.newUser();
      const sequences = Array.from({ length: 2500 }, (_, i) => i + 1);
      await write(w, userId, { sessions: sequences.map((sequence) => ({ ...at(w.newId(), sequence, Math.max(0, sequence - 1500), Math.max(1, sequence - 1499)), category: String(sequence) })) });
      const parts = await activityOf(w, userId, NOON, NOON + 3 * DAY);
      checkEqual(parts.flatMap((part) => part.map(({ category }) => Number(category))).sort((a, b) => a - b), sequences);
      check(parts.every((part) => part.length <= 1000), 'too many at once');
    },
    'of many running sessions the newest are found, oldest first': async (w) => {
      const userId = await w.newUser();
      const many = Array.from({ length: 120 }, () => w.newId());
      await write(w, userId, { sessions: many.map((id, i) => sessionRow(id, i + 1, { state: 'running', startTime: NOON + Math.floor(i / 2), endTime: null, duration: null })) });
      checkEqual((await w.store.readUser(userId, (tx) => tx.running(0))).map(({ id }) => id), many.slice(20));
    },
    'running sessions that began after an instant are found, oldest first': async (w) => {
      const userId = await w.newUser();
      const running = (id: string, sequence: number, startTime: number): ReturnType<typeof sessionRow> =>
        sessionRow(id, sequence, { state: 'running', startTime, endTime: null, duration: null });
      const [a, b, c, d] = [w.newId(), w.newId(), w.newId(), w.newId()];
      await write(w, userId, { sessions: [running(a, 1, 20), running(b, 2, 10), at(c, 3, 0, 1), running(d, 4, 9)] });
      checkEqual((await w.store.readUser(userId, (tx) => tx.running(9))).map(({ id }) => id), [b, a]);
    },
    'changes come in their order, as pages': async (w) => {
      const userId = await w.newUser();
      const [a, b] = [w.newId(), w.newId()];
      await write(w, userId, { sessions: [at(a, 1, 0, 1), at(b, 3, 0, 1)], settlements: [settlementRow(S, 2), settlementRow(T, 4)] });
      const page = (after: number, limit: number): Promise<[number, string][]> =>
        w.store.readUser(userId, async (tx) => (await tx.changes(after, limit)).map((change) => [change.sequence, change.kind]));
      checkEqual(await page(0, 10), [[1, 'session'], [2, 'settlement'], [3, 'session'], [4, 'settlement']]);
      checkEqual(await page(1, 2), [[2, 'settlement'], [3, 'session']]);
      await write(w, userId, { sessions: [{ ...at(a, 5, 0, 1), version: 2 }] });
      checkEqual(await page(2, 10), [[3, 'session'], [4, 'settlement'], [5, 'session']]);
    },
    'changes: of settlements, which are large, a few come at once, and what stands behind them comes after them': async (w) => {
      const userId = await w.newUser();
      const sequences = Array.from({ length: 60 }, (_, i) => i + 1);
      const isSettlement = (sequence: number): boolean => sequence > 5 && sequence <= 45;
      await write(w, userId, {
        sessions: sequences.filter((sequence) => !isSettlement(sequence)).map((sequence) => at(w.newId(), sequence, 0, 1)),
        settlements: sequences.filter(isSettlement).map((sequence) => settlementRow(w.newId(), sequence)),
      });
      const seen: number[] = [];
      for (let after = 0; after < 60; after = seen.at(-1) ?? 60) {
        const found = await w.store.readUser(userId, (tx) => tx.changes(after, 50));
        check(found.filter(({ kind }) => kind === 'settlement').length <= 8, 'too many settlements at once');
        seen.push(...found.map(({ sequence }) => sequence));
      }
      checkEqual(seen, sequences);
    },
    'conflict groups: members, merging, leaving, kept pairs': async (w) => {
      const userId = await w.newUser();
      const [a, b, c, d, other] = [w.newId(), w.newId(), w.newId(), w.newId(), w.newId()] as [string, string, string, string, string];
      await write(w, userId, {
        sessions: [at(a, 1, 4, 9), at(b, 2, 3, 9), at(c, 3, 2, 9), at(d, 4, 1, 9)],
        members: [{ sessionId: a, group: 1 }, { sessionId: b, group: 1 }, { sessionId: c, group: 2 }, { sessionId: d, group: 2 }],
        groups: [{ group: 1, members: 2, duplicate: false }, { group: 2, members: 2, duplicate: true }],
        keptPairs: [pair(a, c, other), pair(a, d), pair(b, c), pair(b, c, other)],
      });
      await write(w, userId, {
        mergedGroups: [{ from: 2, to: 1 }], removedGroups: [2], groups: [{ group: 1, members: 3, duplicate: false }],
        members: [{ sessionId: a, group: null }], freedSettlements: [SETTLEMENT], keptPairs: [pair(a, c, other)],
      });
      const found = await w.store.readUser(userId, async (tx) => ({
        groups: await tx.groups([1, 2]), members: (await tx.groupMembers([1, 2])).map(({ id }) => id),
        all: (await tx.conflictMembers()).map(({ id, group }) => [id, group]), pairs: (await tx.keptPairs([a, b, c, d])).map(({ first, second }) => [first, second]).sort(),
        some: await tx.keptPairs([a, d, b]), count: await tx.keptPairCount(),
      }));
      checkEqual(found, { groups: [{ group: 1, members: 3, duplicate: false }], members: [d, c, b], all: [[d, 1], [c, 1], [b, 1]], pairs: [[a, c], [b, c]].sort(), some: [], count: 2 });
    },
  });
}

async function activityOf(w: StoreWorld, userId: string, from: number, to: number): Promise<readonly (readonly Activity[])[]> {
  return w.store.readUser(userId, async (tx) => {
    const parts: (readonly Activity[])[] = [];
    for await (const part of tx.activity(from, to)) parts.push(part);
    return parts;
  });
}

/** Transactions. */
function transactionCases(world: () => Promise<StoreWorld>): readonly ContractCase[] {
  return casesOf(world, {
    'a rejection takes everything back': async (w) => {
      const [userId, id] = [await w.newUser(), w.newId()];
      await write(w, userId, { sessions: [at(id, 1, 0, 10)], members: [{ sessionId: id, group: 1 }], keptPairs: [pair(id, LAST)] });
      const failed = w.store.withUser(userId, async (tx) => {
        await tx.write({ sessions: [at(id, 2, 100, 110), at(w.newId(), 3, 0, 1)], members: [{ sessionId: id, group: null }], summary: { ...EMPTY, sequence: 9 } });
        await tx.write({ devices: [device('d', 1)], preferences: { values: {}, updatedAt: 1, document: null, stateVector: null, digest: null, retired: null }, freedSettlements: [SETTLEMENT] });
        throw Object.assign(new Error('no'), { code: 'changed my mind' });
      });
      checkEqual(await rejectionCode(failed), 'changed my mind');
      const { overview, found, pairs } = await w.store.readUser(userId, async (tx) => ({
        overview: await tx.overview(), found: await tx.overlapping([{ startTime: NOON, endTime: NOON + DAY }]),
        pairs: await tx.keptPairs([id, LAST]),
      }));
      checkEqual([overview.summary, overview.devices, pairs.length], [EMPTY, [], 1]);
      checkEqual(found.map((row) => [row.id, row.startTime, row.group]), [[id, NOON, 1]]);
    },
    'a savepoint takes only its own writes back': async (w) => {
      const [userId, a, b, c] = [await w.newUser(), w.newId(), w.newId(), w.newId()];
      await w.store.withUser(userId, async (tx) => {
        await tx.write({ sessions: [at(a, 1, 0, 1)] });
        const failed = tx.savepoint(async () => {
          await tx.write({ sessions: [at(b, 2, 0, 1)] });
          await tx.savepoint(() => tx.write({ sessions: [at(a, 3, 5, 6)] }));
          throw new Error('no');
        });
        await failed.catch(() => undefined);
        await tx.savepoint(() => tx.write({ sessions: [at(c, 4, 0, 1)] }));
        checkEqual(ids(await tx.sessions([a, b, c])), [a, c].sort(), 'within');
      });
      const found = await w.store.readUser(userId, (tx) => tx.overlapping([{ startTime: NOON, endTime: NOON + MINUTE }]));
      checkEqual(ids(found), [a, c].sort());
    },
    "a user's writers take turns": async (w) => {
      const userId = await w.newUser();
      await Promise.all(Array.from({ length: 20 }, () => w.store.withUser(userId, async (tx) => {
        const { summary } = await tx.overview();
        await tx.write({ summary: { ...summary, sequence: summary.sequence + 1 } });
      })));
      checkEqual((await w.store.readUser(userId, (tx) => tx.overview())).summary.sequence, 20);
    },
    'two users may use the same ids and never meet': async (w) => {
      const [ann, bo, id] = [await w.newUser(), await w.newUser(), w.newId()];
      await write(w, ann, { sessions: [at(id, 1, 0, 10)], devices: [device('d', 1)], keptPairs: [pair(id, LAST)] });
      await write(w, bo, { sessions: [at(id, 1, 50, 60)] });
      const seen = (userId: string): Promise<unknown> => w.store.readUser(userId, async (tx) => [
        (await tx.overview()).devices.length, (await tx.sessions([id])).map((row) => row.startTime), (await tx.changes(0, 9)).length,
        (await tx.keptPairs([id, LAST])).length,
      ]);
      checkEqual(await seen(ann), [1, [NOON], 1, 1]);
      checkEqual(await seen(bo), [0, [NOON + 50 * MINUTE], 1, 0]);
    },
    'what is not committed is not seen': async (w) => {
      const [userId, id] = [await w.newUser(), w.newId()];
      let seen: unknown;
      const writing = w.store.withUser(userId, (tx) => tx.write({ sessions: [at(id, 1, 0, 10)] }));
      const reading = w.store.readUser(userId, async (tx) => {
        seen = await tx.sessions([id]);
        // The same question in the same transaction has the same answer.
        checkEqual(await tx.sessions([id]), seen);
      });
      await Promise.all([writing, reading]);
      check(Array.isArray(seen), 'read');
    },
    'it answers a ping and has one epoch': async (w) => {
      await w.store.ping();
      checkEqual(await w.store.epoch(), await w.store.epoch());
    },
  });
}

/** All promises of {@link ServerStore} about data. Each case uses accounts of its own, so they may share one database. */
export function storeContract(world: () => Promise<StoreWorld>): readonly ContractCase[] {
  return [...rowCases(world), ...findingCases(world), ...transactionCases(world)];
}
