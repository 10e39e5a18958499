import { useMemo, useState } from 'react';
import type { Session, SessionQuery, SyncEngine } from '@syncline/core';
import { DialogHolder } from './dialog.tsx';
import { Icon } from './icons.tsx';
import { SessionDialog } from './session-dialog.tsx';
import { SessionRow } from './session-row.tsx';
import { useShortcut } from './shortcuts.ts';
import { pendingHere } from './status-words.ts';
import { useKnown } from './use-known.ts';
import { useNow, useSource } from './use-source.ts';
import { byDay, dayTotals } from './words.ts';

const PAGE = 20;
const MORE = 100;

const FILTERS = {
  all: { words: 'All', states: ['queued', 'sending', 'confirmed', 'parked', 'cancelled'], none: 'None yet. What you finish appears here at once, online or not.', unlisted: '' },
  waiting: { words: 'Waiting', states: ['queued', 'sending', 'parked'], none: 'Nothing waits: the server has everything of this device.', unlisted: 'What waits is not listed here: it was cancelled or deleted, or cannot be read.' },
  parked: { words: 'To decide', states: ['parked'], none: 'Nothing to decide.', unlisted: 'What needs a decision cannot be read on this device.' },
} as const satisfies Record<string, { words: string; states: SessionQuery['states']; none: string; unlisted: string }>;

type Filter = keyof typeof FILTERS;

export function SessionPanel({ engine }: { readonly engine: SyncEngine }) {
  const [filter, setFilter] = useState<Filter>('all');
  const [limit, setLimit] = useState(PAGE);
  const list = useMemo(() => engine.sessions.observe({ states: FILTERS[filter].states, limit }), [engine, filter, limit]);
  const listed = useSource(list);
  const [sessions, hold] = useHeld(engine, listed);
  const status = useSource(engine.status);
  const { parked, clock_skew_ms: skew } = status.local;
  const badges: Readonly<Record<Filter, number>> = { all: 0, waiting: pendingHere(status), parked };
  const now = useNow(60_000);
  const days = byDay(sessions, now);
  // The day in which the list ends may have more sessions than are shown: its totals would be wrong.
  const isCut = listed.length === limit;
  return (
    <section tabIndex={-1} className="card" aria-label="Sessions" id="sessions">
      <div className="heading">
        <h2>Sessions</h2>
        <AddPast engine={engine} onAdded={() => setLimit((shown) => Math.max(shown, MORE))} />
      </div>
      <fieldset className="choice">
        <legend className="unseen">Which sessions</legend>
        {(Object.keys(FILTERS) as Filter[]).map((name) => (
          <label key={name}>
            <input type="radio" name="filter" checked={filter === name} onChange={() => setFilter(name)} />
            <span>{FILTERS[name].words}{badges[name] > 0 && <b className={`badge ${name}`}>{badges[name]}</b>}</span>
          </label>
        ))}
      </fieldset>
      {sessions.length === 0 && <p className="muted empty">{badges[filter] === 0 ? FILTERS[filter].none : FILTERS[filter].unlisted}</p>}
      {days.map((group, index) => (
        <div key={group.day}>
          <h3>{group.day} <span className="muted">{index === days.length - 1 && isCut ? '' : dayTotals(group)}</span></h3>
          <ul className="rows">{group.sessions.map((session) => (
            <DialogHolder key={session.id} value={hold(session)}><SessionRow engine={engine} session={session} now={now - (skew ?? 0)} /></DialogHolder>
          ))}</ul>
        </div>
      ))}
      {isCut && limit < 1000 && <p className="aside"><button className="link" onClick={() => setLimit(Math.min(1000, limit + MORE))}>Show older</button></p>}
    </section>
  );
}

/** The list, and in it the session whose dialog is open, wherever that went meanwhile: what is typed must not go away with its row. */
function useHeld(engine: SyncEngine, listed: readonly Session[]) {
  const [held, setHeld] = useState<Session | null>(null);
  const kept = useKnown(engine, held === null ? [] : [held.id]).get(held?.id ?? '') ?? held;
  const hold = (session: Session) => () => {
    setHeld(session);
    return () => setHeld(null);
  };
  const isListed = kept === null || listed.some(({ id }) => id === kept.id);
  return [isListed ? listed : [...listed, kept].sort((a, b) => b.startTime - a.startTime), hold] as const;
}

interface AddPastProps {
  readonly engine: SyncEngine;
  /** It may be an old one: the list must be long enough to show it. */
  readonly onAdded: () => void;
}

function AddPast({ engine, onAdded }: AddPastProps) {
  const [isOpen, setOpen] = useState(false);
  useShortcut('a', () => setOpen(true));
  return (
    <>
      <button aria-keyshortcuts="a" onClick={() => setOpen(true)}><Icon name="plus" />Add past session</button>
      {isOpen && <SessionDialog title="Add past session" action="Add session" onSave={(input) => engine.sessions.record(input).then(onAdded)} onClose={() => setOpen(false)} />}
    </>
  );
}
