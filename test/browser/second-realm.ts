// A second client of the same origin in the same test: a frame with storage, locks and channels of its own.

export interface SecondRealm {
  readonly indexedDB: IDBFactory;
  readonly IDBKeyRange: typeof IDBKeyRange;
  readonly locks: LockManager;
  leave(): void;
}

export function openSecondRealm(): SecondRealm {
  const frame = document.createElement('iframe');
  document.body.append(frame);
  const window = frame.contentWindow as (Window & typeof globalThis) | null;
  if (!window) throw new Error('the frame has no window');
  return { indexedDB: window.indexedDB, IDBKeyRange: window.IDBKeyRange, locks: window.navigator.locks, leave: () => frame.remove() };
}
