// One bounded attempt to send what an account holds here, for a worker that the browser woke. It stores nothing of its own and decides nothing:
// the outbox is where it always was, and what this attempt does not send, the next one or the next page sends.
import type { SyncEngine, SyncEngineOptions, SyncOutcome } from '../api.ts';
import { portsFor } from '../adapters/browser.ts';
import { readConfig } from '../config.ts';
import { openEngine } from '../engine.ts';
import { engineError, storeToEngineError } from '../errors.ts';
import { parseInstant } from '@syncline/protocol';
import type { Clock, Ports } from '../ports.ts';
import { isStoreError } from '../store-error.ts';
import { inTime } from '../sync/open-store.ts';
import { pause } from '../sync/pause.ts';

export interface DrainOptions extends SyncEngineOptions {
  /** Milliseconds after which it gives up, 1,000 to 170,000; 120,000 by default. Chromium ends a `sync` event after three minutes. */
  readonly limitMs?: number | undefined;
  /** `event.lastChance`: the browser will not wake again by itself, so what is left is told and is no failure. Default false. */
  readonly lastChance?: boolean | undefined;
}

const NOTHING: SyncOutcome = { ok: true, sent: 0, pending: 0, reason: 'done' };
const LIMIT_MS = 120_000;
const LIMIT_MIN_MS = 1000;
const LIMIT_MAX_MS = 170_000;
const AGAIN_MS = 1000;

/** What another wake-up may send. The rest waits for a person: to sign in, to decide about what was refused, to update. */
const PASSING: ReadonlySet<SyncOutcome['reason']> = new Set(['offline', 'unreachable', 'backing_off', 'other_tab', 'closed']);

/**
 * Opens the account's store, sends what waits there, and closes it again, within `limitMs`. For `event.waitUntil` of a `sync` event; `token` must
 * work without a page. A tab that is open and leads is asked to send and never replaced. In a store that is not there nothing
 * is begun; an empty database may be left.
 *
 * Resolves when nothing is left (`sent`: sessions that wait no more), and when what is left waits for a person (`reason` says for what). Rejects with an `EngineError`, so that the
 * browser tries again: `unsent` when work is left that another attempt may send, or `invalid_input`, or a code of the store, such as `storage_unavailable`.
 */
export async function drainInBackground(options: DrainOptions): Promise<SyncOutcome> {
  const ports = modest(portsFor(options));
  const limitMs = readLimit(options.limitMs);
  const endsAt = ports.clock.monotonic() + limitMs;
  const engine = await inTime(openKnown(options, ports), ports.clock, (late) => void late?.close(), limitMs).catch(asEngineError);
  if (engine === null) return NOTHING;
  const cancel = ports.clock.setTimer(Math.max(0, endsAt - ports.clock.monotonic()), () => void engine.close());
  try {
    const outcome = await drain(engine, ports.clock, endsAt);
    if (PASSING.has(outcome.reason) && options.lastChance !== true) throw engineError('unsent', [{ path: outcome.reason, message: `leaves ${outcome.pending} sessions` }]);
    return outcome;
  } finally {
    cancel();
    await engine.close();
  }
}

/** Tries until it is done, or until nothing more is to be expected before the time is over. */
async function drain(engine: SyncEngine, clock: Clock, endsAt: number): Promise<SyncOutcome> {
  const never = new AbortController().signal;
  const { closing } = engine.status.current.local;
  if (closing.word === 'all_sent') return NOTHING;
  const waiting = closing.sessions;
  for (let tries = 1; ; tries += 1) {
    const done = await engine.sync();
    // Some may have gone before it was asked for.
    const outcome = { ...done, sent: Math.max(0, waiting - done.pending) };
    if (!PASSING.has(outcome.reason) || outcome.reason === 'closed' || outcome.reason === 'other_tab') return outcome;
    const next = parseInstant(engine.status.current.local.next_attempt_at ?? '');
    // The first try may have come before this worker led, and then it ended no pause.
    const waitMs = tries === 1 ? AGAIN_MS : next === null ? null : Math.max(AGAIN_MS, next - clock.now());
    if (waitMs === null || clock.monotonic() + waitMs >= endsAt) return outcome;
    await Promise.race([pause(waitMs, clock, never), engine.closed]);
  }
}

function readLimit(limitMs: number = LIMIT_MS): number {
  if (limitMs >= LIMIT_MIN_MS && limitMs <= LIMIT_MAX_MS) return limitMs;
  throw engineError('invalid_input', [{ path: 'limitMs', message: `must be from ${LIMIT_MIN_MS} to ${LIMIT_MAX_MS}` }]);
}

/** Null where there is no store. Made here, it would hide from the next page that the one before is gone, and the device would take another id. */
async function openKnown(options: DrainOptions, ports: Ports): Promise<SyncEngine | null> {
  const store = await ports.stores.open(readConfig(options).name);
  const [rows] = await store.read([{ table: 'meta', key: 'device' }]).finally(() => store.close());
  return (rows?.length ?? 0) > 0 ? openEngine({ ...options, sync: true }, ports) : null;
}

function asEngineError(error: unknown): never {
  throw isStoreError(error) ? storeToEngineError(error) : error;
}

/** Nobody looks at a worker: it takes nothing from a tab, keeps no stream open, and records nothing that a volatile store would be good for. */
function modest(ports: Ports): Ports {
  const { locks, stores, transport, lifecycle } = ports;
  const refused = (): Promise<never> => Promise.reject(engineError('storage_unavailable'));
  return {
    ...ports,
    locks: { isOfPage: locks.isOfPage, request: (name, { signal }, hold) => locks.request(name, { signal }, hold) },
    transport: { send: (request, signal) => transport.send(request, signal) },
    lifecycle: { visible: () => false, online: () => lifecycle.online(), subscribe: (listener) => lifecycle.subscribe(listener) },
    stores: {
      open: (name) => stores.open(name), openVolatile: refused, remove: (name) => stores.remove(name),
      readMarker: (name) => stores.readMarker(name), writeMarker: (name, value) => stores.writeMarker(name, value),
    },
  };
}
