// The conflicts of an engine: which are open, what settling one would do, settling it, and taking that back.
import { type Conflict, type FieldIssue, findLikelyDuplicates, formatInstant, type LikelyDuplicate } from '@syncline/protocol';
import type { Session, SessionQuery } from '../api.ts';
import type { ConflictChoice, ConflictsApi, ResolutionPlan, Settlement } from '../api-conflicts.ts';
import { engineError } from '../errors.ts';
import type { Effect } from '../model/effect.ts';
import { isEdit } from '../model/operation.ts';
import { choiceWords, decideResolution, inverseOf, previewResolution } from '../model/resolution.ts';
import { type FinishedSession, isSameContent, isStanding } from '../model/session.ts';
import type { Ids } from '../ports.ts';
import type { Source } from '../source.ts';
import { refuse, unless } from './check-call.ts';
import { keptPairs } from './conflict-groups.ts';
import { planEdit } from './edit.ts';
import type { Local } from './local.ts';
import { commitOverPacked, findPacked } from './packed-lookup.ts';
import type { Stamp } from './record.ts';
import { LIMIT_MAX } from './session-reader.ts';
import { type SettlementRow, toSettlement } from './settlement-row.ts';
import type { View } from './view.ts';

export interface ConflictsOptions {
  readonly local: Local;
  readonly ids: Ids;
  readonly open: Source<readonly Conflict[]>;
  readonly journal: Source<readonly Settlement[]>;
  readonly stamp: () => Stamp;
  /** Throws once the engine is closed, or where the server is known to settle nothing. */
  readonly check: () => void;
  readonly onDecided: () => void;
  readonly list: (query: SessionQuery) => Promise<readonly Session[]>;
}

/** What a plan rests on. */
interface Seen {
  readonly effects: readonly Effect[];
  readonly sessions: readonly FinishedSession[];
  /** Sessions of which this device had not delivered everything: acknowledging that raises their version and changes nothing. */
  readonly undelivered: ReadonlySet<string>;
}

const dayInUtc = (at: number): string => formatInstant(at).slice(0, 10);

export class Conflicts implements ConflictsApi {
  readonly #options: ConflictsOptions;
  readonly #seen = new WeakMap<ResolutionPlan, Seen>();

  constructor(options: ConflictsOptions) {
    this.#options = options;
  }

  get current(): readonly Conflict[] {
    return this.#options.open.current;
  }

  get journal(): Source<readonly Settlement[]> {
    return this.#options.journal;
  }

  subscribe = (listener: () => void): (() => void) => this.#options.open.subscribe(listener);

  async plan(conflictId: string, asked: ConflictChoice, dayOf: (at: number) => string = dayInUtc): Promise<ResolutionPlan> {
    this.#options.check();
    const conflict = this.current.find(({ id }) => id === conflictId);
    if (conflict === undefined) throw engineError('not_found');
    refuse(checkChoice(asked));
    // The app may go on with its own.
    const choice = { ...asked };
    const sessions = await this.#sessionsOf(conflict.sessionIds);
    this.#refuseOverRefused(sessions);
    const effects = decideResolution(sessions, choice, () => this.#options.ids.uuid());
    if (typeof effects === 'string') throw engineError('invalid_input', [{ path: 'choice', code: effects, message: choiceWords(effects) }]);
    const plan: ResolutionPlan = { conflictId, choice, preview: previewResolution(sessions, effects, dayOf) };
    const { view } = this.#options.local;
    this.#seen.set(plan, { effects, sessions, undelivered: new Set(conflict.sessionIds.filter((id) => view.seqsOf(id).length > 0)) });
    return plan;
  }

  async #sessionsOf(ids: readonly string[]): Promise<readonly FinishedSession[]> {
    const { local } = this.#options;
    await local.settled();
    const { sessions } = await local.look(() => findPacked(local, ids));
    const found = ids.map((id) => local.view.near(id) ?? sessions.get(id) ?? null);
    const standing = found.filter((session) => session !== null && isStanding(session)) as FinishedSession[];
    if (standing.length < ids.length) throw engineError('not_found');
    return standing.sort((a, b) => a.startTime - b.startTime || (a.id < b.id ? -1 : 1));
  }

  /** What rests on a session that the server will not have would be refused, too. */
  #refuseOverRefused(sessions: readonly FinishedSession[]): void {
    const { view } = this.#options.local;
    const isRefused = ({ id }: FinishedSession): boolean => view.operationsOf(id).some(({ kind, delivery }) => kind === 'submit' && delivery.parked !== null);
    const refused = sessions.filter(isRefused);
    if (refused.length > 0) throw engineError('refused', refused.map(({ id }) => ({ path: id, message: 'has to be sent again or given up first' })));
  }

  async resolve(plan: ResolutionPlan): Promise<Settlement> {
    const { check, stamp, local } = this.#options;
    check();
    const seen = this.#seen.get(plan);
    if (seen === undefined) throw engineError('invalid_input', [{ path: 'plan', message: 'must come from plan()' }]);
    const { effects, sessions } = seen;
    const by = stamp();
    const looked = sessions.map(({ id }) => id);
    await local.settled();
    this.#refuseOverRefused(sessions);
    await commitOverPacked(local, looked, 'strict', (draft, packed) => {
      if (draft.view.settlements.has(by.opId)) return;
      // Somebody settled it meanwhile, perhaps by this very plan.
      if (!isOpen(sessions, draft.view)) throw engineError('changed');
      for (const before of sessions) {
        const now = draft.view.near(before.id) ?? packed.get(before.id);
        // A settlement rests on what the person saw.
        if (now === undefined || !isStanding(now) || !isAsSeen(before, now, seen)) throw engineError('changed');
      }
      const settlement = { id: by.opId, kind: plan.choice.kind };
      planEdit(draft, local.store, packed, { kind: 'resolve', session: sessions[0] as FinishedSession, effects, looked, settlement }, by);
    });
    return this.#decided(by.opId);
  }

  #decided(settlementId: string): Settlement {
    const { onDecided, local } = this.#options;
    onDecided();
    return toSettlement(local.view.settlements.get(settlementId) as SettlementRow);
  }

  async undo(settlementId: string): Promise<Settlement> {
    const { check, stamp, local } = this.#options;
    check();
    const row = local.view.settlements.get(settlementId);
    if (row === undefined || row.outcome === 'superseded') throw engineError('not_found');
    if (row.undoneAt !== null) return toSettlement(row);
    const by = stamp();
    const left = row.memory?.versions.map(({ session_id: id }) => id) ?? [];
    const looked = [...new Set([...row.sessionIds, ...row.created, ...left])];
    await commitOverPacked(local, looked, 'strict', (draft, packed) => {
      if (isChangedSince(row, draft.view, packed)) throw engineError('changed');
      const session = looked.map((id) => draft.view.near(id) ?? packed.get(id)).find((found) => found !== undefined);
      if (session === undefined) throw engineError('not_found');
      const settlement = { id: settlementId, kind: row.kind as ConflictChoice['kind'] };
      return planEdit(draft, local.store, packed, { kind: 'unresolve', session, effects: inverseOf(row.before, row.created), looked, settlement }, by);
    });
    return this.#decided(settlementId);
  }

  async duplicates(query?: Omit<SessionQuery, 'states'>): Promise<readonly LikelyDuplicate[]> {
    const sessions = await this.#options.list({ ...query, limit: query?.limit ?? LIMIT_MAX, states: ['queued', 'sending', 'confirmed', 'parked'] });
    const ids = new Set(sessions.map(({ id }) => id));
    const candidates = sessions.map(({ id, startTime, endTime, category, project, note, deviceId }) =>
      ({ id, startTime, endTime: endTime ?? startTime, category, project, note, deviceId }));
    return findLikelyDuplicates(candidates, keptPairs(ids, this.#options.local.view));
  }
}

/** Whether a session is known to be other than a settlement left it: then the server would not take it back. */
function isChangedSince(row: SettlementRow, view: View, packed: ReadonlyMap<string, FinishedSession>): boolean {
  const { outcome, memory } = row;
  if (outcome === 'pending') return isEditedAfter(row, view);
  return outcome === 'applied' && memory !== undefined && memory.versions.some(({ session_id: id, version }) => {
    const overlaid = view.overlay.get(id);
    const known = overlaid === undefined ? packed.get(id) : overlaid.server;
    const isEdited = view.operationsOf(id).some((operation) => isEdit(operation) && operation.knownVersion === undefined);
    return isEdited || (known?.version ?? 0) > version;
  });
}

/** Whether this device itself changed what a settlement changed, before either was sent. */
function isEditedAfter({ id: settlementId, before, created }: SettlementRow, view: View): boolean {
  return [...before.map(({ id }) => id), ...created].some((id) => {
    const operations = view.operationsOf(id);
    const settled = operations.findIndex(({ opId }) => opId === settlementId);
    return settled >= 0 && operations.slice(settled + 1).some(isEdit);
  });
}

/** Whether sessions of that conflict are still in conflict with each other. */
function isOpen(sessions: readonly FinishedSession[], { conflictBySession }: View): boolean {
  const open = sessions.map(({ id }) => conflictBySession.get(id)).filter((id) => id !== undefined);
  return new Set(open).size < open.length;
}

const KINDS: readonly ConflictChoice['kind'][] = ['keep_all', 'keep_one', 'trim', 'split', 'merge_span', 'merge_sum'];

/** Plain JavaScript may call with anything. */
function checkChoice(choice: ConflictChoice | null | undefined): readonly FieldIssue[] {
  return unless(KINDS.some((kind) => kind === choice?.kind), 'choice', `must be one of ${KINDS.join(', ')}`);
}

/** Whether nothing happened to a session since. Its version tells even of what this device cannot see, like tags. */
function isAsSeen(before: FinishedSession, now: FinishedSession, { undelivered }: Seen): boolean {
  return isSameContent(before, now) && (now.version === before.version || undelivered.has(before.id));
}
