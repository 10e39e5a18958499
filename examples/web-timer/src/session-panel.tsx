import { useMemo } from 'react';
import type { Session, SyncEngine } from '@syncline/core';
import { useNow, useSource } from './use-source.ts';
import { byDay, count, span, STATES } from './words.ts';

const SHOWN = 60;

export function SessionPanel({ engine }: { readonly engine: SyncEngine }) {
  const list = useMemo(() => engine.sessions.observe({ limit: SHOWN }), [engine]);
  const sessions = useSource(list).filter(({ state }) => state !== 'running');
  const now = useNow(60_000);
  return (
    <section className="card" aria-label="Sessions">
      <h2>Sessions on this device</h2>
      {sessions.length === 0 && <p className="muted">None yet. What you finish here appears here at once, online or not.</p>}
      {byDay(sessions, now).map(({ day, sessions: ofDay }) => (
        <div key={day}>
          <h3>{day} <span className="muted">{count(Math.round(ofDay.reduce((sum, { duration, state }) => sum + (state === 'cancelled' ? 0 : (duration ?? 0)), 0)), 'minute')}</span></h3>
          <ul className="rows">{ofDay.map((session) => <SessionRow key={session.id} engine={engine} session={session} />)}</ul>
        </div>
      ))}
    </section>
  );
}

function SessionRow({ engine, session }: { readonly engine: SyncEngine; readonly session: Session }) {
  const { id, state, parked, conflictId, note } = session;
  return (
    <li data-session-id={id} data-state={state} className={conflictId === null ? '' : 'overlaps'}>
      <span className="when">{span(session)}</span>
      <span className="what"><strong>{session.category}</strong> <span className="muted">{session.project}</span>{note !== '' && <span className="note">{note}</span>}</span>
      <span className={`state ${state}`}>{conflictId !== null && <span className="tag">Overlaps</span>}{STATES[state]}</span>
      {parked !== null && (
        <div className="parked">
          <p>{[parked.message, ...parked.details.map(({ path, message }) => `${path} ${message}`)].join('. ')}</p>
          <button onClick={() => void engine.sessions.retry(id)}>Try again</button>
          <button className="quiet" onClick={() => void engine.sessions.discard(id)}>Discard</button>
        </div>
      )}
    </li>
  );
}
