import { useState } from 'react';
import type { ClosingStatus, SyncEngine } from '@syncline/core';
import { Dialog } from './dialog.tsx';
import { outcomeWords, partingWords, pendingHere } from './status-words.ts';

interface SignOutProps {
  readonly engine: SyncEngine;
  readonly closing: ClosingStatus;
  readonly onStay: () => void;
  readonly onLeave: () => void;
}

/** Asked before somebody leaves work behind that the server has not got. */
export function SignOutDialog({ engine, closing, onStay, onLeave }: SignOutProps) {
  const [isSending, setSending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const { title, text, leave } = partingWords(closing);
  const send = async (): Promise<void> => {
    if (isSending) return;
    setSending(true);
    const waited = pendingHere(engine.status.current);
    const outcome = await engine.sync();
    setSending(false);
    if (engine.status.current.local.closing.word === 'all_sent') onLeave();
    // What is left of a sync that went well was refused.
    else setProblem(outcomeWords(outcome.ok ? { ...outcome, reason: 'parked' } : outcome, waited));
  };
  return (
    <Dialog title={title} onClose={onStay}>
      <p>{text}</p>
      {problem !== null && <p className="problem" role="alert">{problem}</p>}
      <div className="actions">
        <button className="primary" aria-disabled={isSending} onClick={() => void send()}>{isSending ? 'Sending…' : 'Send, then sign out'}</button>
        <button className={closing.word === 'lost' ? 'danger' : ''} onClick={onLeave}>{leave}</button>
        <button className="quiet" onClick={onStay}>Stay signed in</button>
      </div>
    </Dialog>
  );
}
