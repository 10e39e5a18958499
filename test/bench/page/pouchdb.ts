// PouchDB: documents whose id sorts by start, which is the way to ask it for a span quickly; pending by a prefix of its own.
import PouchDB from 'pouchdb-browser';
import type { BenchSession, Contender, Overlapping } from './contender.ts';
import { add, LONGEST } from './data.ts';

interface Doc extends BenchSession {
  readonly _id: string;
  readonly _rev?: string;
}

const key = (prefix: string, start: number): string => `${prefix}${String(start).padStart(14, '0')}`;

class PouchContender implements Contender {
  readonly durability = 'relaxed';
  #db: PouchDB | null = null;

  get db(): PouchDB {
    if (this.#db === null) throw new Error('not open');
    return this.#db;
  }

  async open(): Promise<void> {
    this.#db = new PouchDB('bench-pouchdb', { auto_compaction: false });
    await this.#db.info();
  }

  async fill(sessions: readonly BenchSession[]): Promise<void> {
    await this.db.bulkDocs(sessions.map((session) => ({ _id: key('s', session.startTime) + session.id, ...session })));
  }

  write(session: BenchSession): Promise<unknown> {
    return this.db.put({ _id: key('p', session.startTime) + session.id, ...session });
  }

  async #waiting(include_docs: boolean): Promise<readonly { readonly id: string; readonly doc?: Doc }[]> {
    return (await this.db.allDocs({ startkey: 'p', endkey: 'p￿', include_docs })).rows as never;
  }

  async pending(): Promise<number> {
    return (await this.#waiting(false)).length;
  }

  async listPending(): Promise<readonly number[]> {
    return (await this.#waiting(true)).map(({ doc }) => doc?.startTime ?? Number.NaN);
  }

  async overlapping(from: number, to: number): Promise<Overlapping> {
    let found: Overlapping = { count: 0, sum: 0 };
    // Those that wait lie far behind the history here; in an app they would be one more query.
    const { rows } = await this.db.allDocs({ startkey: key('s', from - LONGEST), endkey: key('s', to), include_docs: true });
    for (const { doc } of rows as unknown as readonly { readonly doc: Doc }[]) if (doc.endTime > from && doc.startTime < to) found = add(found, doc.startTime);
    return found;
  }

  async acknowledge(count: number): Promise<void> {
    const docs = (await this.#waiting(true)).slice(0, count).map(({ doc }) => doc as Doc);
    await this.db.bulkDocs([
      ...docs.map(({ _id, _rev }) => ({ _id, _rev, _deleted: true })),
      ...docs.map(({ _id: _, _rev: __, ...session }) => ({ _id: key('s', session.startTime) + session.id, ...session })),
    ]);
  }

  async observe(listener: (pending: number) => void): Promise<void> {
    this.db.changes({ since: 'now', live: true }).on('change', () => void this.pending().then(listener));
    await this.pending();
  }

  async close(): Promise<void> {
    await this.db.close();
  }
}

export function createPouchContender(): Contender {
  return new PouchContender();
}
