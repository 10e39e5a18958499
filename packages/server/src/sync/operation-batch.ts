// Applies a device's operations in their order, each exactly once, inside one transaction.
//
// Rules decide in memory, and a refused operation takes back what it did there; so a whole run of operations costs a handful of
// statements. Should the database refuse a run that the rules accepted, the run is taken back to its savepoint and tried operation by
// operation, so that one bad operation never holds up the others.
import { type ErrorCode, ERRORS, type FieldIssue, LIMITS, type Operation, type OperationResult } from '@syncline/protocol';
import { authorOf } from '../documents/author.ts';
import { type Problem, problem } from '../http/problem.ts';
import type { Documents, StoredDevice, StoredResult, UserSummary, UserTransaction } from '../ports.ts';
import { isStoreError } from '../store/store-error.ts';
import { canonicalJson, fingerprintOf } from './content.ts';
import { flush, load } from './load.ts';
import { applyOperation, basedOn, baseOf, dependenciesOf, type Reached, sessionOf, sessionsOf, settlementIdsOf, versionOn, wantsOf } from './operation.ts';
import { type KeptResult, tellAgain, tellDocumentsOnce, tellsRecords, toDuplicate, toKept, toResult } from './operation-results.ts';
import { DocumentNeeded, MadeDocuments } from './made-documents.ts';
import { refuse } from './outcome.ts';
import { type ApplyContext, WorkingSet } from './working-set.ts';

/** An operation as it was sent: one that passed its schema, or one that did not and is refused by itself. */
export type SentOperation =
  | { readonly operation: Operation; readonly fingerprint: string }
  | { readonly operation: null; readonly opId: string; readonly seq: number; readonly details: readonly FieldIssue[] };

export interface BatchContext extends Omit<ApplyContext, 'author' | 'made'> {
  readonly documents: Documents;
  readonly devices: readonly StoredDevice[];
  /** Results stored before, by operation id. */
  readonly known: ReadonlyMap<string, StoredResult>;
}

export interface BatchOutcome {
  /** One for each operation, in their order. */
  readonly results: readonly OperationResult[];
  readonly summary: UserSummary;
  /** Sessions about which every operation of this batch is settled; of those that only began, nothing was held. */
  readonly settledSessions: ReadonlySet<string>;
}

/** Time that the sessions of one run may span together: bounds what is loaded at once. */
const RUN_MS_MAX = 500 * 3_600_000;
/** Notes and tags that one run may change: their documents are in memory together. */
const RUN_NOTES_MAX = 16;
/** Pairs of sessions that one run may keep apart. */
const RUN_PAIRS_MAX = 50_000;
/** Settlements that one run may be about: each brings all the sessions that it changed, as they were and as they are. */
const RUN_SETTLEMENTS_MAX = 16;
/** What the results of several operations may come to as text. An engine waits only so long and reads only so much, and asks for what is larger again and again. */
const RESULTS_CHARS_MAX = 2.5 * LIMITS.exchangeBytesMax;

/**
 * An operation with its digest: everything but its number, which changes when a device begins to count anew; the versions that it rests on, of
 * which a device may learn between two attempts; and how its clock stood and which version it knew and whose it was, which a device leaves out
 * as long as it does not know that this server keeps them.
 */
export function toSent(operation: Operation): SentOperation {
  return { operation, fingerprint: fingerprintOf([canonicalJson({ ...toldOf(operation), seq: undefined, known_version: undefined })]) };
}

function toldOf(operation: Operation): object {
  switch (operation.type) {
    case 'submit': return { ...operation, recorded_by: undefined, session: { ...operation.session, clock: undefined } };
    case 'amend': case 'delete': return { ...operation, base_version: undefined };
    case 'resolve': return { ...operation, sessions: operation.sessions.map((session) => session.session_id) };
    default: return operation;
  }
}

export function opIdOf(sent: SentOperation): string {
  return sent.operation === null ? sent.opId : sent.operation.op_id;
}

export function seqOf(sent: SentOperation): number {
  return sent.operation === null ? sent.seq : sent.operation.seq;
}

export async function applyOperations(
  tx: UserTransaction,
  summary: UserSummary,
  sent: readonly SentOperation[],
  context: BatchContext,
): Promise<BatchOutcome> {
  const results = new Map<string, OperationResult>();
  const repeated = new Map<string, KeptResult>();
  const batch = new Batch(tx, summary, context);
  const fresh = sent.filter((one) => !isSettledBefore(one, context, results, repeated));
  for (const { operation } of sent) {
    const before = operation === null ? undefined : repeated.get(operation.op_id);
    if (operation !== null && before !== undefined) batch.note(operation, before);
  }
  let room = sent.length > 1 ? RESULTS_CHARS_MAX : Number.POSITIVE_INFINITY;
  // Counted as they come: those of all runs together might not fit into memory.
  const keep = (more: readonly OperationResult[]): void => {
    for (const result of tellDocumentsOnce(more)) {
      // Without records, or words of what is wrong, they come to little, and most are: those of a device's own new sessions.
      if (tellsRecords(result) || result.details !== undefined) room -= JSON.stringify(result).length;
      if (room < 0) throw tooLarge();
      results.set(result.op_id, result);
    }
  };
  for (const run of runsOf(fresh)) keep(await batch.apply(run));
  const again = await tellAgain(tx, [...repeated.values()], room);
  if (again === null) throw tooLarge();
  keep(again);
  const inOrder = tellDocumentsOnce(sent.map((one) => results.get(opIdOf(one)) as OperationResult));
  return { results: inOrder, summary: batch.summary, settledSessions: settledSessions(sent, inOrder) };
}

function tooLarge(): Problem {
  return problem('body_too_large', { message: 'The answer to so many operations would be too large', details: [{ path: 'operations', message: 'must be fewer' }] });
}

/** Answers what needs no rule: resends, ids that were used for something else, and what did not pass its schema. */
function isSettledBefore(sent: SentOperation, context: BatchContext, results: Map<string, OperationResult>, repeated: Map<string, KeptResult>): boolean {
  const opId = opIdOf(sent);
  if (sent.operation === null) {
    results.set(opId, rejected(opId, 'invalid_request', sent.details));
    // Still part of its run: what depends on it must learn of its refusal.
    return false;
  }
  const known = context.known.get(opId);
  if (known === undefined) return false;
  if (known.fingerprint === sent.fingerprint) repeated.set(opId, toDuplicate(known.result));
  else results.set(opId, rejected(opId, 'operation_id_reused'));
  return true;
}

class Batch {
  readonly #tx: UserTransaction;
  readonly #context: BatchContext;
  #refused: ReadonlySet<string> = new Set();
  readonly #reached = new Map<string, Reached>();
  summary: UserSummary;

  constructor(tx: UserTransaction, summary: UserSummary, context: BatchContext) {
    this.#tx = tx;
    this.#context = context;
    this.summary = summary;
  }

  /** What came of an operation, now or before: what follows it rests on that, unless somebody else came between. */
  note(operation: Operation, { version, session }: KeptResult): void {
    const [id, base] = [sessionOf(operation), baseOf(operation)];
    if (id === null || base === null || version === undefined) return;
    const isNext = operation.type === 'submit' ? session === undefined : version === versionOn(this.#reached.get(id), base) + 1;
    if (isNext) this.#reached.set(id, { base, version });
  }

  async apply(run: readonly SentOperation[]): Promise<readonly OperationResult[]> {
    const refusedBefore = this.#refused;
    try {
      return await this.#tx.savepoint(() => this.#decideAndStore(run));
    } catch (error) {
      if (!isStoreError(error) || error.code !== 'failed') throw error;
      this.#refused = refusedBefore;
    }
    const [first] = run;
    if (run.length === 1 && first !== undefined) {
      this.#refuse(first);
      return [rejected(opIdOf(first), 'internal')];
    }
    const results: OperationResult[] = [];
    for (const one of run) results.push(...(await this.apply([one])));
    return results;
  }

  async #decideAndStore(run: readonly SentOperation[]): Promise<readonly OperationResult[]> {
    const set = new WorkingSet(this.summary);
    const { now } = this.#context;
    await load(this.#tx, set, wantsOf(run.flatMap(({ operation }) => (operation === null ? [] : [operation]))), now);
    const made = new MadeDocuments();
    const results: OperationResult[] = [];
    for (const sent of run) results.push(await this.#decideWith(made, set, sent));
    const stored = run.flatMap((sent, i): StoredResult[] => {
      const result = results[i];
      if (sent.operation === null || result === undefined || result.status === 'rejected') return [];
      return [{ operationId: opIdOf(sent), createdAt: now, fingerprint: sent.fingerprint, result: toKept(result) }];
    });
    await flush(this.#tx, set, { results: stored });
    this.summary = set.summary;
    return results;
  }

  /** Decides as soon as all documents are made that it takes. */
  async #decideWith(made: MadeDocuments, set: WorkingSet, sent: SentOperation): Promise<OperationResult> {
    const { mark } = set;
    for (;;) {
      try {
        return this.#decide(made, set, sent);
      } catch (error) {
        if (!(error instanceof DocumentNeeded)) throw error;
        set.returnTo(mark);
        await made.make(this.#context.documents, error.jobs);
      }
    }
  }

  #decide(made: MadeDocuments, set: WorkingSet, sent: SentOperation): OperationResult {
    if (sent.operation === null) {
      this.#refuse(sent);
      return rejected(sent.opId, 'invalid_request', sent.details);
    }
    const { operation } = sent;
    const { mark } = set;
    const isStranded = dependenciesOf(operation).some((id) => this.#refused.has(id));
    const outcome = isStranded ? refuse('depends_on_rejected') : applyOperation(set, basedOn(this.#reached, operation), { ...this.#context, made, author: authorOf(operation.op_id) });
    // A superseded amend keeps what merges; all else that did not take effect leaves nothing behind.
    const isMerged = outcome.kind === 'superseded' && operation.type === 'amend';
    if (outcome.kind !== 'applied' && !isMerged) set.returnTo(mark);
    if (outcome.kind === 'refused') this.#refuse(sent);
    const result = toResult(operation.op_id, outcome, this.#context.devices);
    this.note(operation, result);
    return result;
  }

  #refuse(sent: SentOperation): void {
    this.#refused = new Set([...this.#refused, opIdOf(sent), ...(sent.operation === null ? [] : sessionsOf(sent.operation))]);
  }
}

function rejected(opId: string, code: ErrorCode, details?: readonly FieldIssue[]): OperationResult {
  return { op_id: opId, status: 'rejected', code, message: ERRORS[code].message, ...(details === undefined ? {} : { details }) };
}

/** Cuts operations into runs of bounded work. */
function runsOf(sent: readonly SentOperation[]): SentOperation[][] {
  const runs: SentOperation[][] = [];
  let left = 0;
  for (const one of sent) {
    const share = one.operation === null ? 0 : shareOf(one.operation);
    const last = runs.at(-1);
    if (last === undefined || share > left) {
      runs.push([one]);
      left = 1 - share;
    } else {
      last.push(one);
      left -= share;
    }
  }
  return runs;
}

/** The part of a run that an operation takes up. */
function shareOf(operation: Operation): number {
  const { intervals = [] } = wantsOf([operation]);
  const spans = intervals.reduce((sum, { startTime, endTime }) => sum + Math.abs(endTime - startTime), 0);
  return spans / RUN_MS_MAX + notesIn(operation) / RUN_NOTES_MAX + pairsIn(operation) / RUN_PAIRS_MAX + settlementIdsOf(operation).length / RUN_SETTLEMENTS_MAX;
}

function pairsIn(operation: Operation): number {
  const named = operation.type === 'resolve' ? operation.sessions.length : operation.type === 'remember' ? operation.settlement.session_ids.length : 0;
  return (named * (named - 1)) / 2;
}

/** Notes and tags that an operation may change. An undo takes back as many as its settlement changed; of what is offered again, few notes are other than those that are stored. */
export function notesIn(operation: Operation): number {
  if (operation.type === 'unresolve') return RUN_NOTES_MAX;
  if (operation.type === 'submit') return operation.known_version === undefined ? 0 : 1 / 8;
  const edits = operation.type === 'amend' ? [operation] : operation.type === 'resolve' ? operation.plan.edits : [];
  return edits.filter(({ edit }) => edit.annotation !== undefined || edit.note !== undefined || edit.tags !== undefined).length;
}

function settledSessions(sent: readonly SentOperation[], results: readonly OperationResult[]): ReadonlySet<string> {
  const settled = new Set<string>();
  const open = new Set<string>();
  sent.forEach(({ operation }, i) => {
    // That one began is news: a device holds it once it is finished.
    const session = operation === null || operation.type === 'start' ? null : sessionOf(operation);
    if (session !== null) (results[i]?.status === 'rejected' ? open : settled).add(session);
  });
  return new Set([...settled].filter((id) => !open.has(id)));
}
