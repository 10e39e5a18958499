import { useEffect, useState } from 'react';
import type { Session, SyncEngine } from '@syncline/core';
import { useSource } from './use-source.ts';

/** The sessions behind these ids, as far as this device has them; deleted ones included. */
export function useKnown(engine: SyncEngine, ids: readonly string[]): ReadonlyMap<string, Session> {
  const [known, setKnown] = useState<ReadonlyMap<string, Session>>(new Map());
  const key = ids.join();
  // What other devices recorded or changed may come later than the news that it overlaps: looked up again with each news.
  const { version } = useSource(engine.status).local;
  useEffect(() => {
    let isOver = false;
    const wanted = key === '' ? [] : key.split(',');
    void Promise.all(wanted.map((id) => engine.sessions.get(id))).then((found) => {
      if (!isOver) setKnown(new Map(found.filter((session) => session !== null).map((session) => [session.id, session])));
    }, () => undefined);
    return () => void (isOver = true);
  }, [engine, key, version]);
  return known;
}
