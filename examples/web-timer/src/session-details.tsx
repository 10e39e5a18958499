import { format } from 'date-fns';
import { Fragment, useEffect, useMemo, useState } from 'react';
import type { RunningElsewhere, Session, SyncEngine } from '@syncline/core';
import { whereWords } from './device-words.ts';
import { Dialog, DialogHolder } from './dialog.tsx';
import { tagsText } from './note-words.ts';
import { SessionChanges } from './session-changes.tsx';
import { STATES } from './status-words.ts';
import { Undecided, whyUndecided } from './undecided.tsx';
import { useKnown } from './use-known.ts';
import { useNow, useSource } from './use-source.ts';
import { clockNote, elsewhereWords, lengthWords, sessionName, span } from './words.ts';

interface DetailsProps {
  readonly engine: SyncEngine;
  readonly id: string;
  readonly names: ReadonlyMap<string, string>;
  readonly onClose: () => void;
}

/** All there is to say of one session of the timeline, and what can be done with it. */
export function SessionDetails({ engine, id, names, onClose }: DetailsProps) {
  const ids = useMemo(() => [id], [id]);
  const known = useKnown(engine, ids).get(id);
  const [last, setLast] = useState(known);
  useEffect(() => {
    if (known !== undefined) setLast(known);
  }, [known]);
  const elsewhere = useSource(engine.sessions.elsewhere).find((other) => other.id === id);
  const [isHeld, setHeld] = useState(false);
  const session = known ?? (isHeld ? last : undefined);
  const { clock_skew_ms: skew } = useSource(engine.status).local;
  const now = useNow(60_000) - (skew ?? 0);
  const hold = () => {
    setHeld(true);
    return () => setHeld(false);
  };
  // Deleted or discarded, it is gone from the timeline; what somebody types about it stays until that is done.
  const isGone = !isHeld && (session?.state === 'deleted' || (session === undefined && last !== undefined));
  useEffect(() => {
    if (isGone) onClose();
  }, [isGone, onClose]);
  return (
    <Dialog title={titleOf(session, elsewhere)} onClose={onClose}>
      {session === undefined ? <p className="muted">{elsewhere === undefined ? 'Looking…' : elsewhereWords(elsewhere)}</p> : <Facts engine={engine} session={session} names={names} />}
      {session !== undefined && (
        <DialogHolder value={hold}>
          <SessionChanges engine={engine} session={session} isOffered={whyUndecided(session, now) === null} />
          <Undecided engine={engine} session={session} now={now} />
        </DialogHolder>
      )}
      <div className="actions"><button className="quiet" onClick={onClose}>Close</button></div>
    </Dialog>
  );
}

function titleOf(session: Session | undefined, elsewhere: RunningElsewhere | undefined): string {
  const known = session ?? elsewhere;
  return known === undefined ? 'Session' : sessionName(known);
}

function Facts({ engine, session, names }: { readonly engine: SyncEngine; readonly session: Session; readonly names: ReadonlyMap<string, string> }) {
  const { startTime, duration, note, tags, state, displayId, conflictId } = session;
  const slept = clockNote(session.clock);
  const device = whereWords(session, engine.deviceId, names);
  const facts: readonly (readonly [string, string])[] = [
    ['When', `${format(startTime, 'EEE d MMM yyyy')}, ${span(session)}${duration === null ? '' : ` · ${lengthWords(duration)}`}`],
    ['Recorded by', device],
    ...(note === '' ? [] : [['Note', note] as const]),
    ...(tags.length === 0 ? [] : [['Tags', tagsText(tags)] as const]),
    ['State', `${STATES[state]}${displayId === null ? '' : ` · No. ${displayId}`}`],
    ...(slept === null ? [] : [['Clock', slept] as const]),
  ];
  return (
    <>
      <dl className="facts">{facts.map(([term, words]) => <Fragment key={term}><dt>{term}</dt><dd>{words}</dd></Fragment>)}</dl>
      {conflictId !== null && <p>It overlaps another session. Close this and see <strong>Overlaps</strong> to settle it.</p>}
    </>
  );
}
