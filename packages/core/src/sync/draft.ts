// The writes of one transaction while they are being decided. Each shows in the view at once, so a later plan sees an earlier one's.
import type { Operation } from '../model/operation.ts';
import type { FinishedSession } from '../model/session.ts';
import type { TableName, Write } from '../ports.ts';
import { isEqualValue } from './equal.ts';
import type { Head } from './head.ts';
import type { History } from './history.ts';
import { type ChunkInfo, type Columns, packDirectory } from './history-chunk.ts';
import type { SyncState } from './sync-state.ts';
import type { RowWrite, View } from './view.ts';

export interface Mark {
  readonly writes: number;
  readonly undo: number;
}

type SmallTable = Exclude<TableName, 'history' | 'columns' | 'meta'>;

export class Draft {
  readonly view: View;
  readonly history: History;
  /** The device's clock when the transaction was decided. */
  readonly now: number;
  readonly #writes: Write[] = [];
  readonly #undo: RowWrite[] = [];
  readonly #firstHead: Head;
  readonly #storeId: string;
  readonly #tab: string;
  readonly #decision: number;

  /** @param storeId names the store if it has no name yet. @param decision of that tab, which no other one has. */
  constructor(view: View, history: History, now: number, storeId: string, tab: string, decision: number) {
    this.#storeId = storeId;
    this.#tab = tab;
    this.#decision = decision;
    this.view = view;
    this.#firstHead = view.head;
    this.history = history;
    this.now = now;
  }

  put(table: SmallTable, key: string | number, value: unknown): void {
    this.#write({ kind: 'put', table, key, value });
  }

  delete(table: SmallTable, key: string | number): void {
    this.#write({ kind: 'delete', table, key });
  }

  /** The next number of an operation. */
  takeSeq(): number {
    const seq = this.view.head.nextSeq;
    this.setHead({ nextSeq: seq + 1 });
    return seq;
  }

  /** Puts an operation at the end of the queue. Returns its number. */
  queue(operation: Operation): number {
    const seq = this.takeSeq();
    this.put('operations', seq, operation);
    return seq;
  }

  /** Nothing is known any more of how these operations, on their way until now, ended. */
  markUnknown(seqs: readonly number[]): void {
    for (const seq of seqs) {
      const operation = this.view.operations.get(seq);
      if (operation === undefined || operation.delivery.unknown) continue;
      this.put('operations', seq, { ...operation, delivery: { ...operation.delivery, unknown: true } });
    }
  }

  /** Removes operations, as one range where nothing else lies between them. `seqs` ascending. */
  deleteOperations(seqs: readonly number[]): void {
    for (const seq of seqs) this.#apply({ kind: 'delete', table: 'operations', key: seq });
    const [first, last] = [seqs[0], seqs.at(-1)];
    if (first === undefined || last === undefined) return;
    if (seqs.length > 1 && this.#isRangeEmpty(first, last)) {
      this.#writes.push({ kind: 'deleteRange', table: 'operations', from: first, to: last });
      return;
    }
    for (const seq of seqs) this.#writes.push({ kind: 'delete', table: 'operations', key: seq });
  }

  #isRangeEmpty(from: number, to: number): boolean {
    // Numbers are dense but for what was acknowledged before, so stepping through them is cheaper than a look at every row.
    for (let seq = from; seq <= to; seq += 1) {
      if (this.view.operations.has(seq) || this.view.damaged.has(seq)) return false;
    }
    return true;
  }

  setHead(change: Partial<Head>): void {
    const isSame = Object.entries(change).every(([key, value]) => isEqualValue(value, this.view.head[key as keyof Head]));
    if (!isSame) this.#apply({ kind: 'put', table: 'meta', key: 'head', value: { ...this.view.head, ...change } });
  }

  /** A change to the same is no write. */
  setSync(change: Partial<SyncState>): void {
    const value = { ...this.view.sync, ...change };
    if (!isEqualValue(value, this.view.sync)) this.#write({ kind: 'put', table: 'meta', key: 'sync', value });
  }

  /** Any other row of `meta`. */
  putMeta(key: 'answer' | 'knock' | 'leader' | 'chunks' | 'preferences', value: unknown): void {
    this.#write({ kind: 'put', table: 'meta', key, value });
  }

  /** Replaces chunks of history. */
  putHistory(
    directory: ChunkInfo[],
    changed: readonly { chunk: number; text: string; columns: Columns; sessions: readonly FinishedSession[] }[],
    removed: readonly number[] = [],
  ): void {
    for (const { chunk, text, columns } of changed) {
      this.#writes.push({ kind: 'put', table: 'history', key: chunk, value: text });
      this.#writes.push({ kind: 'put', table: 'columns', key: chunk, value: columns });
    }
    for (const chunk of removed) {
      this.#writes.push({ kind: 'delete', table: 'history', key: chunk });
      this.#writes.push({ kind: 'delete', table: 'columns', key: chunk });
    }
    this.putMeta('chunks', packDirectory(directory));
    const historyVersion = this.view.head.historyVersion + 1;
    const newest = Math.max(0, ...directory.map((info) => info.chunk));
    this.setHead({ historyVersion, nextChunk: Math.max(this.view.head.nextChunk, newest + 1) });
    this.history.follow(directory, historyVersion, changed);
  }

  #write(write: RowWrite): void {
    this.#apply(write);
    this.#writes.push(write);
  }

  #apply(write: RowWrite): void {
    const inverse = this.view.apply(write);
    if (inverse !== null) this.#undo.push(inverse);
  }

  mark(): Mark {
    return { writes: this.#writes.length, undo: this.#undo.length };
  }

  /** Takes back everything since the mark. */
  backTo(mark: Mark): void {
    const inverse = this.#undo.splice(mark.undo);
    for (const write of inverse.reverse()) this.view.apply(write);
    this.view.order();
    if (this.#writes.slice(mark.writes).some((write) => write.table === 'history')) this.history.forget();
    this.#writes.length = mark.writes;
  }

  /** All writes with the head last; none when nothing changed. */
  seal(): readonly Write[] {
    if (this.#writes.length === 0 && this.view.head === this.#firstHead) return [];
    const { head: { store, version, at }, leader } = this.view;
    this.setHead({
      store: store === '' ? this.#storeId : store, version: version + 1, by: `${this.#tab} ${this.#decision}`,
      at: leader?.tab === this.#tab ? Math.max(0, Math.round(this.now)) : at,
    });
    // Later writes to one row win; earlier ones of the same transaction are dropped.
    const lastByRow = new Map<string, Write>();
    for (const write of this.#writes) lastByRow.set(rowName(write), write);
    return [...lastByRow.values(), { kind: 'put', table: 'meta', key: 'head', value: this.view.head }];
  }
}

function rowName(write: Write): string {
  return write.kind === 'deleteRange' ? `${write.table} ${write.from}..${write.to}` : `${write.table} ${typeof write.key} ${write.key}`;
}
