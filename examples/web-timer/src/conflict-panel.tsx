import { useEffect, useState } from 'react';
import type { Session, SyncEngine } from '@syncline/core';
import { useNow, useSource } from './use-source.ts';
import { count, dayWords, deviceName, span } from './words.ts';

export function ConflictPanel({ engine }: { readonly engine: SyncEngine }) {
  const conflicts = useSource(engine.conflicts);
  const known = useKnown(engine, conflicts.flatMap(({ sessionIds }) => sessionIds));
  const now = useNow(60_000);
  return (
    <section className="card" aria-label="Conflicts">
      <h2>Overlaps</h2>
      {conflicts.length === 0 && <p className="muted">No sessions overlap.</p>}
      <ul className="rows">
        {conflicts.map(({ id, sessionIds, deviceTypes, severalDevices }) => (
          <li key={id} data-testid="conflict" data-sessions={sessionIds.join(',')} className="conflict">
            <p>
              <strong>{count(sessionIds.length, 'session')}</strong> at the same time {severalDevices ? `on ${deviceTypes.map(deviceName).join(' and ')}` : 'on one device'}
            </p>
            <ul>
              {sessionIds.map((sessionId) => {
                const session = known.get(sessionId);
                return <li key={sessionId}>{session ? `${dayWords(session.startTime, now)} ${span(session)}, ${session.category}` : 'A session of another device'}</li>;
              })}
            </ul>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The sessions behind these ids, as far as this device has them. */
function useKnown(engine: SyncEngine, ids: readonly string[]): ReadonlyMap<string, Session> {
  const [known, setKnown] = useState<ReadonlyMap<string, Session>>(new Map());
  const key = ids.join();
  useEffect(() => {
    let isOver = false;
    const wanted = key === '' ? [] : key.split(',');
    void Promise.all(wanted.map((id) => engine.sessions.get(id))).then((found) => {
      if (!isOver) setKnown(new Map(found.filter((session) => session !== null).map((session) => [session.id, session])));
    }, () => undefined);
    return () => void (isOver = true);
  }, [engine, key]);
  return known;
}
