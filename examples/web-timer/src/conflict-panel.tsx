import { useState } from 'react';
import type { Session, Settlement, SyncEngine } from '@syncline/core';
import type { Conflict } from '@syncline/protocol';
import { conflictView } from './conflict-words.ts';
import { whereWords } from './device-words.ts';
import { settledWords } from './journal-words.ts';
import { Journal } from './journal.tsx';
import { SettleDialog } from './settle-dialog.tsx';
import { useUndo } from './undo-notice.tsx';
import { useDeviceNames } from './use-device-names.ts';
import { useKnown } from './use-known.ts';
import { useNow, useSource } from './use-source.ts';

const SHOWN = 20;

export function ConflictPanel({ engine }: { readonly engine: SyncEngine }) {
  const conflicts = useSource(engine.conflicts);
  const [areAll, setAll] = useState(false);
  const [settling, setSettling] = useState<Conflict | null>(null);
  const shown = areAll ? conflicts : conflicts.slice(0, SHOWN);
  const known = useKnown(engine, [...shown, ...(settling ? [settling] : [])].flatMap(({ sessionIds }) => sessionIds));
  const now = useNow(60_000);
  const names = useDeviceNames(engine);
  const whereOf = (session: Session): string => whereWords(session, engine.deviceId, names);
  const offerUndo = useUndo();
  const settled = (settlement: Settlement): void => {
    setSettling(null);
    offerUndo({ text: `${settledWords(settlement)}.`, undo: () => engine.conflicts.undo(settlement.id) });
  };
  return (
    <section tabIndex={-1} className="card" aria-label="Conflicts" id="overlaps">
      <div className="heading"><h2>Overlaps</h2>{conflicts.length > 0 && <span className="muted">{conflicts.length} open</span>}</div>
      {conflicts.length === 0 && <p className="muted">No sessions overlap.</p>}
      <ul className="rows">{shown.map((conflict) => <ConflictRow key={conflict.id} conflict={conflict} known={known} now={now} whereOf={whereOf} onSettle={() => setSettling(conflict)} />)}</ul>
      {shown.length < conflicts.length && <p className="aside"><button className="link" onClick={() => setAll(true)}>Show all {conflicts.length}</button></p>}
      <Journal engine={engine} />
      {settling !== null && <SettleDialog engine={engine} conflict={settling} known={known} now={now} whereOf={whereOf} onSettled={settled} onClose={() => setSettling(null)} />}
    </section>
  );
}

interface ConflictRowProps {
  readonly conflict: Conflict;
  readonly known: ReadonlyMap<string, Session>;
  readonly now: number;
  readonly whereOf: (session: Session) => string;
  readonly onSettle: () => void;
}

function ConflictRow({ conflict, known, now, whereOf, onSettle }: ConflictRowProps) {
  const { title, lines, advice, certainty } = conflictView(conflict, known, now, whereOf);
  return (
    <li data-testid="conflict" data-sessions={conflict.sessionIds.join(',')} className="conflict">
      <p><strong>{title}</strong></p>
      <ul className="sides">{lines.map(({ id, text, detail }) => <li key={id}>{text}<span className="note">{detail}</span></li>)}</ul>
      <p className="note" data-certainty={conflict.certainty}>{certainty}</p>
      {advice !== null && <p className="note">{advice}</p>}
      <button disabled={advice !== null} aria-label={`Settle: ${title}`} onClick={onSettle}>Settle…</button>
    </li>
  );
}
