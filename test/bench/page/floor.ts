// The least that a durable record with an outbox can cost: two puts, no index, no question answered. Only its write is measured.
import type { BenchSession } from './contender.ts';
import { committed, openRaw } from './raw.ts';

export interface Floor {
  open(): Promise<void>;
  write(session: BenchSession): Promise<void>;
}

export function createFloor(): Floor {
  let db: IDBDatabase | null = null;
  let seq = 0;
  return {
    async open() {
      db = await openRaw('bench-floor', (made) => {
        made.createObjectStore('sessions', { keyPath: 'id' });
        made.createObjectStore('outbox', { keyPath: 'seq' });
      });
    },
    write(session) {
      if (db === null) throw new Error('not open');
      const tx = db.transaction(['sessions', 'outbox'], 'readwrite', { durability: 'strict' });
      tx.objectStore('sessions').put(session);
      seq += 1;
      tx.objectStore('outbox').put({ seq, opId: crypto.randomUUID(), kind: 'submit', session });
      return committed(tx);
    },
  };
}
