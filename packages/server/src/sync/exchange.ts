// One exchange: recognise the device, apply its operations, read what is new, say how everything stands.
//
// A call with nothing new to say is answered from one read and takes no lock. Everything else runs in the user's own turn.
import { type Change, type ExchangeRequest, type OperationResult, parseInstant, type PreferencesAnswer, type ResetReason } from '@syncline/protocol';
import { problem } from '../http/problem.ts';
import type { DeviceMemory, Documents, Overview, ServerStore, StoredDevice, StoredSession, UserReader, UserTransaction, WorkPace } from '../ports.ts';
import { readPage } from './change-page.ts';
import { type Position, readCursor } from './cursor.ts';
import { forgetInheritance, isNumberReused, recallDevice, rememberSeqs } from './device-memory.ts';
import { applyTouch, decideTouch, type Touch } from './devices.ts';
import { type CallingUser, withDevice } from './listed-device.ts';
import { applyOperations, type BatchOutcome, notesIn, opIdOf, type SentOperation, seqOf } from './operation-batch.ts';
import { exchangePreferences, readPreferencesAnswer } from './preferences.ts';
import { statusTag } from './status-tag.ts';
import { runningAfter } from './working-set.ts';

/** An exchange whose operations were looked at one by one. */
export interface SentExchange extends Omit<ExchangeRequest, 'operations'> {
  readonly operations: readonly SentOperation[];
}

/** Everything an answer says, in our terms. */
export interface ExchangeOutcome {
  readonly epoch: string;
  readonly overview: Overview;
  readonly memory: DeviceMemory;
  readonly results: readonly OperationResult[];
  readonly changes: readonly Change[];
  /** Position after the changes. */
  readonly reached: number;
  readonly more: boolean;
  readonly reset?: ResetReason | undefined;
  /** Null when the caller does not talk of preferences. */
  readonly preferences: PreferencesAnswer | null;
  readonly statusTag: string;
  /** Sessions that run; null when the caller's status is still true. */
  readonly running: readonly StoredSession[] | null;
}

const CHANGES_DEFAULT = 1000;

/** What an exchange is done with. */
export interface ExchangePorts {
  readonly store: ServerStore;
  readonly documents: Documents;
}

export async function exchange({ store, documents }: ExchangePorts, user: CallingUser, request: SentExchange, now: number): Promise<ExchangeOutcome> {
  const { userId } = user;
  if (request.operations.length === 0) {
    // Preferences are no part of the overview.
    const seen = request.preferences === undefined ? answerAtGlance(await store.overview(userId), request, now) : null;
    if (seen !== null) return seen;
    const idle = await store.readUser(userId, (tx) => answerIfIdle(tx, request, now, documents), paceOf(request));
    if (idle !== null) return idle;
  }
  return withDevice(store, user, request.device.device_id, (tx, overview) => exchangeInTurn(tx, overview, request, now, documents), paceOf(request));
}

/** Documents are made in a thread, in turn with those of everybody. */
function paceOf({ operations, preferences }: SentExchange): WorkPace {
  return preferences !== undefined || operations.some(({ operation }) => operation !== null && notesIn(operation) > 0) ? 'waiting' : 'quick';
}

/** The answer to who is up to date: everything in it stands in the overview. */
function answerAtGlance(overview: Overview, request: SentExchange, now: number): ExchangeOutcome | null {
  const memory = recallIdle(overview, request, now);
  if (memory === null) return null;
  const applied = { overview, memory, results: [], preferences: null, headBefore: overview.summary.sequence };
  const { position, until, tag, isStatusKnown } = lookAt(request, applied);
  if (position.after < until || !(isStatusKnown || overview.summary.running === 0)) return null;
  const page = { changes: [], reached: overview.summary.sequence, more: false };
  return { ...applied, epoch: overview.epoch, ...page, reset: position.reset, statusTag: tag, running: isStatusKnown ? null : [] };
}

async function answerIfIdle(tx: UserReader, request: SentExchange, now: number, documents: Documents): Promise<ExchangeOutcome | null> {
  const overview = await tx.overview();
  const memory = recallIdle(overview, request, now);
  if (memory === null) return null;
  const preferences = request.preferences === undefined ? null : await readPreferencesAnswer(tx, request.preferences, documents);
  if (preferences === null && request.preferences !== undefined) return null;
  return answer(tx, request, { overview, memory, results: [], preferences, headBefore: overview.summary.sequence }, now);
}

/** What is remembered of a device that sent no operations; null when its call has to be noted. */
function recallIdle(overview: Overview, request: SentExchange, now: number): DeviceMemory | null {
  const memory = recall(overview, request);
  return touch(overview, request, memory, 0, now, false).kind === 'kept' ? memory : null;
}

async function exchangeInTurn(tx: UserTransaction, overview: Overview, request: SentExchange, now: number, documents: Documents): Promise<ExchangeOutcome> {
  const { summary, devices } = overview;
  const remembered = recall(overview, request);
  const stored = new Map((await tx.results(request.operations.map(opIdOf))).map((result) => [result.operationId, result]));
  const isCloned = request.operations.some((sent) => isCounted(sent) && isNumberReused(remembered, seqOf(sent)) && !stored.has(opIdOf(sent)));
  if (isCloned) throw problem('device_cloned');

  const context = { now, deviceId: request.device.device_id, devices, known: stored, documents };
  const operations = isFromElsewhere(request, overview) ? [] : request.operations;
  const batch = await applyOperations(tx, summary, operations, context);
  const memory = rememberBatch(remembered, operations, batch);
  const merged = request.preferences === undefined ? null : await exchangePreferences(await tx.preferences(), request.preferences, {
    documents, now, deviceId: request.device.device_id, summary: batch.summary,
  });
  const isWriting = request.operations.length > 0 || merged?.changes.summary !== undefined;
  const touched = touch(overview, request, memory, batch.settledSessions.size, now, isWriting);
  if (touched.kind === 'full') throw problem('limit_reached', { message: 'This account has too many devices' });
  if (touched.kind === 'write') await tx.write({ devices: [touched.device], removedDevices: touched.forgotten });
  if (merged?.changes.preferences !== undefined) await tx.write(merged.changes);
  const after: Overview = { ...overview, summary: merged?.changes.summary ?? batch.summary, devices: applyTouch(devices, touched) };
  return answer(tx, request, { overview: after, memory, results: batch.results, preferences: merged?.answer ?? null, headBefore: summary.sequence }, now);
}

/** Whether this server's time went back since it answered that device: what the device holds rests on what it has to offer again first. */
function isFromElsewhere({ cursor, epoch }: SentExchange, overview: Overview): boolean {
  const { reset } = readCursor(cursor, epoch, overview.epoch, overview.summary.sequence);
  return reset === 'epoch' || reset === 'cursor_ahead';
}

function deviceOf({ devices }: Overview, { device }: SentExchange): StoredDevice | undefined {
  return devices.find(({ deviceId }) => deviceId === device.device_id);
}

function recall(overview: Overview, request: SentExchange): DeviceMemory {
  const known = deviceOf(overview, request);
  const { device, cursor } = request;
  const memory = recallDevice(known, device);
  if (memory === null) throw problem('device_cloned');
  // What is inherited is told until the device follows a cursor of this very incarnation.
  return memory === known?.memory ? forgetInheritance(memory, cursor !== null) : memory;
}

/** That a session began is news: it may be told before or after what was recorded first, whatever their numbers. */
function isCounted({ operation }: SentOperation): boolean {
  return operation?.type !== 'start';
}

function rememberBatch(memory: DeviceMemory, sent: readonly SentOperation[], { results }: BatchOutcome): DeviceMemory {
  const isRefused = (_: SentOperation, i: number): boolean => results[i]?.status === 'rejected';
  const refused = sent.filter((one, i) => isCounted(one) && isRefused(one, i)).map(seqOf);
  const settled = sent.filter((one, i) => isCounted(one) && !isRefused(one, i)).map(seqOf);
  const told = sent.filter((one) => !isCounted(one)).map(seqOf);
  return rememberSeqs(memory, settled, refused, told);
}

function touch(overview: Overview, request: SentExchange, memory: DeviceMemory, settled: number, now: number, isWriting: boolean): Touch {
  const known = deviceOf(overview, request);
  const { device } = request;
  const sessionsPending = Math.max(0, device.sessions_pending - settled);
  const next: StoredDevice = {
    deviceId: device.device_id,
    deviceType: device.device_type,
    version: device.version,
    name: device.name ?? null,
    givenName: known?.givenName ?? null,
    pendingAsOf: now,
    lastSeen: now,
    sessionsPending,
    oldestPending: sessionsPending === 0 || device.oldest_pending == null ? null : parseInstant(device.oldest_pending),
    createdAt: known?.createdAt ?? now,
    memory,
  };
  return decideTouch(overview.devices, known, next, now, isWriting);
}

interface Applied {
  readonly overview: Overview;
  readonly memory: DeviceMemory;
  readonly results: readonly OperationResult[];
  readonly preferences: PreferencesAnswer | null;
  /** Position of the newest change before this request's own. */
  readonly headBefore: number;
}

/** Where the caller stands, and what it has to be told. */
interface Look {
  readonly position: Position;
  /** Position of the last change that it may not know. */
  readonly until: number;
  readonly tag: string;
  readonly isStatusKnown: boolean;
}

function lookAt(request: SentExchange, { overview, headBefore }: Applied): Look {
  const { epoch, summary, devices } = overview;
  const position = readCursor(request.cursor, request.epoch, epoch, headBefore);
  // Who is up to date knows what this request changed. Who is not may never have seen a session that moved up by being changed now.
  const until = position.after < headBefore ? summary.sequence : headBefore;
  const tag = statusTag(summary, devices, request.device.device_id);
  return { position, until, tag, isStatusKnown: tag === request.status_tag };
}

async function answer(tx: UserReader, request: SentExchange, applied: Applied, now: number): Promise<ExchangeOutcome> {
  const { epoch, summary } = applied.overview;
  const { position, until, tag, isStatusKnown } = lookAt(request, applied);
  const page = await readPage(tx, position.after, until, summary.sequence, request.limit ?? CHANGES_DEFAULT);
  const running = isStatusKnown ? null : summary.running > 0 ? await tx.running(runningAfter(now)) : [];
  return { ...applied, epoch, ...page, reset: position.reset, statusTag: tag, running };
}
