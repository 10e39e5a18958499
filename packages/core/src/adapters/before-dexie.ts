// Dexie opens a channel while its module is read. Where a person forbids pages to keep anything, Firefox refuses that, and nothing that
// imports Dexie would come up. A channel that cannot be opened is none, for Dexie and for us.
try {
  new BroadcastChannel('').close();
} catch {
  Reflect.deleteProperty(globalThis, 'BroadcastChannel');
}
