// What the benchmarks call of PouchDB, which comes without types.
declare module 'pouchdb-browser' {
  interface Found {
    readonly rows: readonly { readonly id: string; readonly doc?: unknown }[];
  }
  export default class PouchDB {
    constructor(name: string, options?: { auto_compaction?: boolean });
    info(): Promise<unknown>;
    put(doc: { _id: string }): Promise<unknown>;
    bulkDocs(docs: readonly object[]): Promise<unknown>;
    allDocs(options: { startkey: string; endkey: string; include_docs: boolean }): Promise<Found>;
    changes(options: { since: 'now'; live: boolean }): { on(event: 'change', heard: () => void): unknown };
    close(): Promise<void>;
  }
}
