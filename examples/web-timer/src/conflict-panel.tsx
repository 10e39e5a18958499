import { useEffect, useState } from 'react';
import type { Session, SyncEngine } from '@syncline/core';
import { conflictView } from './conflict-words.ts';
import { useNow, useSource } from './use-source.ts';

const SHOWN = 20;

export function ConflictPanel({ engine }: { readonly engine: SyncEngine }) {
  const conflicts = useSource(engine.conflicts);
  const [areAll, setAll] = useState(false);
  const shown = areAll ? conflicts : conflicts.slice(0, SHOWN);
  const known = useKnown(engine, shown.flatMap(({ sessionIds }) => sessionIds));
  const now = useNow(60_000);
  return (
    <section className="card" aria-label="Conflicts" id="overlaps">
      <div className="heading"><h2>Overlaps</h2>{conflicts.length > 0 && <span className="muted">{conflicts.length} open</span>}</div>
      {conflicts.length === 0 && <p className="muted">No sessions overlap.</p>}
      <ul className="rows">
        {shown.map((conflict) => {
          const { title, lines, advice } = conflictView(conflict, known, now);
          return (
            <li key={conflict.id} data-testid="conflict" data-sessions={conflict.sessionIds.join(',')} className="conflict">
              <p><strong>{title}</strong></p>
              <ul className="sides">{lines.map(({ id, text, detail }) => <li key={id}>{text}<span className="note">{detail}</span></li>)}</ul>
              {advice !== null && <p className="note">{advice}</p>}
            </li>
          );
        })}
      </ul>
      {shown.length < conflicts.length && <p className="aside"><button className="link" onClick={() => setAll(true)}>Show all {conflicts.length}</button></p>}
    </section>
  );
}

/** The sessions behind these ids, as far as this device has them. */
function useKnown(engine: SyncEngine, ids: readonly string[]): ReadonlyMap<string, Session> {
  const [known, setKnown] = useState<ReadonlyMap<string, Session>>(new Map());
  const key = ids.join();
  const { version } = useSource(engine.status).local;
  // What other devices recorded may come later than the news that it overlaps: looked up again until all are here.
  const missingAt = ids.every((id) => known.has(id)) ? 0 : version;
  useEffect(() => {
    let isOver = false;
    const wanted = key === '' ? [] : key.split(',');
    void Promise.all(wanted.map((id) => engine.sessions.get(id))).then((found) => {
      if (!isOver) setKnown(new Map(found.filter((session) => session !== null).map((session) => [session.id, session])));
    }, () => undefined);
    return () => void (isOver = true);
  }, [engine, key, missingAt]);
  return known;
}
