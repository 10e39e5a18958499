// What a tab with a newer, compatible release does to the others: it opens the database at a higher version, and leaves again.
export function wantIn(indexedDB: IDBFactory, name: string, version = 11): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, version);
    request.onerror = () => reject(request.error ?? new Error('did not open'));
    request.onsuccess = () => {
      request.result.close();
      resolve();
    };
  });
}
