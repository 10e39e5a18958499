import { useState } from 'react';
import type { SyncEngine } from '@syncline/core';
import { Dialog } from './dialog.tsx';
import { keptWords, outcomeWords } from './status-words.ts';
import { count } from './words.ts';

interface SignOutProps {
  readonly engine: SyncEngine;
  readonly pending: number;
  readonly onStay: () => void;
  readonly onLeave: () => void;
}

/** Asked before somebody leaves work behind that the server has not got. */
export function SignOutDialog({ engine, pending, onStay, onLeave }: SignOutProps) {
  const [isSending, setSending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const send = async (): Promise<void> => {
    setSending(true);
    const outcome = await engine.sync();
    setSending(false);
    if (outcome.ok) onLeave();
    else setProblem(outcomeWords(outcome));
  };
  return (
    <Dialog title={`${count(pending, 'session')} not sent yet`} onClose={onStay}>
      <p>{keptWords(pending)}</p>
      {problem !== null && <p className="problem" role="alert">{problem}</p>}
      <div className="actions">
        <button className="primary" disabled={isSending} onClick={() => void send()}>{isSending ? 'Sending…' : 'Send, then sign out'}</button>
        <button onClick={onLeave}>Sign out and keep {pending === 1 ? 'it' : 'them'} here</button>
        <button className="quiet" onClick={onStay}>Stay signed in</button>
      </div>
    </Dialog>
  );
}
