import type { Session, SyncEngine } from '@syncline/core';
import { deviceTypeName } from '@syncline/protocol';
import { Icon, type IconName } from './icons.tsx';
import { SessionChanges } from './session-changes.tsx';
import { STATES } from './status-words.ts';
import { Undecided, whyUndecided } from './undecided.tsx';
import { clockNote, lengthWords, span } from './words.ts';

const STATE_ICONS: Readonly<Record<Session['state'], IconName>> = {
  running: 'clock', queued: 'clock', sending: 'up', confirmed: 'check', parked: 'alert', cancelled: 'cross', deleted: 'cross',
};

interface RowProps {
  readonly engine: SyncEngine;
  readonly session: Session;
  /** In server time. */
  readonly now: number;
}

export function SessionRow({ engine, session, now }: RowProps) {
  const { id, state, pending, displayId, conflictId, category, project, note, duration } = session;
  const slept = clockNote(session.clock);
  const isElsewhere = session.deviceId !== null && session.deviceId !== engine.deviceId;
  return (
    <li tabIndex={-1} data-session-id={id} data-state={state} className="session">
      <span className="when">{span(session)}<span className="note">{lengthWords(duration ?? 0)}</span></span>
      <span className="what"><strong>{category}</strong> <span className="muted">{project}</span>{note !== '' && <span className="note">{note}</span>}{session.tags.length > 0 && <Tags tags={session.tags} />}{slept !== null && <span className="note">{slept}</span>}{isElsewhere && <span className="note">{session.source === 'web_timer' ? 'Another web timer' : deviceTypeName(session.source)}</span>}</span>
      <span className="states">
        {conflictId !== null && <a className="state parked" href="#overlaps"><Icon name="overlap" />Overlaps</a>}
        <span className={`state ${state}`}><Icon name={STATE_ICONS[state]} />{STATES[state]}{state === 'cancelled' && pending && ', waiting to send'}</span>
        {displayId !== null && <span className="note">No. {displayId}</span>}
      </span>
      <SessionChanges engine={engine} session={session} isOffered={whyUndecided(session, now) === null} />
      <Undecided engine={engine} session={session} now={now} />
    </li>
  );
}

function Tags({ tags }: { readonly tags: readonly string[] }) {
  return <ul className="tags" aria-label="Tags">{tags.map((tag) => <li key={tag}>{tag}</li>)}</ul>;
}
