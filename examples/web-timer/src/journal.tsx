import { useState } from 'react';
import type { Settlement, SyncEngine } from '@syncline/core';
import { aboutWords, canUndo, deciderWords, outcomeOf, settledWords, undoProblem } from './journal-words.ts';
import { useKnown } from './use-known.ts';
import { useSource } from './use-source.ts';
import { dateWords } from './words.ts';

const SHOWN = 10;

/** Overlaps that were settled, on any device, and how to take one back. */
export function Journal({ engine }: { readonly engine: SyncEngine }) {
  const journal = useSource(engine.conflicts.journal);
  const [areAll, setAll] = useState(false);
  const shown = areAll ? journal : journal.slice(0, SHOWN);
  if (journal.length === 0) return null;
  return (
    <details>
      <summary>Settled ({journal.length})</summary>
      <ul className="rows" aria-label="Settled">
        {shown.map((settlement) => <Entry key={settlement.id} engine={engine} settlement={settlement} />)}
      </ul>
      {shown.length < journal.length && <p className="aside"><button className="link" onClick={() => setAll(true)}>Show all {journal.length}</button></p>}
    </details>
  );
}

interface EntryProps {
  readonly engine: SyncEngine;
  readonly settlement: Settlement;
}

function Entry({ engine, settlement }: EntryProps) {
  const { devices = [], local } = useSource(engine.status);
  const [problem, setProblem] = useState<string | null>(null);
  const about = aboutWords(settlement, useKnown(engine, settlement.sessionIds));
  const isUndoable = canUndo(settlement);
  const undo = (): void => void engine.conflicts.undo(settlement.id).then(() => setProblem(null), (error: unknown) => setProblem(undoProblem(error)));
  return (
    <li tabIndex={-1} className="device" data-settlement-id={settlement.id} data-outcome={settlement.outcome} data-undone={settlement.undoneAt !== null}>
      <span className="what">
        {settledWords(settlement)}{about !== '' && <span className="muted"> · {about}</span>}
        <span className="note">{dateWords(settlement.settledAt)} by {deciderWords(settlement.deviceId, local.device_id, devices)}</span>
        <span className="note">{outcomeOf(settlement)}</span>
        {problem !== null && <span className="problem" role="alert">{problem}</span>}
      </span>
      {isUndoable && <button aria-label={`Undo: ${settledWords(settlement)}${about === '' ? '' : `, ${about}`}`} onClick={undo}>Undo</button>}
    </li>
  );
}
