import { useState } from 'react';
import type { SyncEngine } from '@syncline/core';
import { useNow, useSource } from './use-source.ts';
import { ago, connectionWords, count, OVERALL } from './words.ts';

export function SyncPanel({ engine }: { readonly engine: SyncEngine }) {
  const { sync_status: word, data_summary: summary, recommendations, last_sync: last, sync_lag: lag, local } = useSource(engine.status);
  const [isAsking, setAsking] = useState(false);
  const now = useNow(10_000);
  const sync = async (): Promise<void> => {
    setAsking(true);
    await engine.sync();
    setAsking(false);
  };
  return (
    <section className="card" aria-label="Sync">
      <div className="heading">
        <h2>Sync</h2>
        <button onClick={() => void sync()} disabled={isAsking}>Sync now</button>
      </div>
      <p className={`overall ${word}`}>
        <span className="dot" aria-hidden="true" />
        <span data-testid="overall" data-word={word}>{OVERALL[word] ?? word}</span>
        <span data-testid="unsynced" className="muted">{count(summary.unsynced_sessions, 'session')} waiting</span>
      </p>
      {local.progress !== null && <progress max={local.progress.total} value={local.progress.done} aria-label="Sending" />}
      <dl>
        <dt>Connection</dt><dd>{connectionWords({ local } as Parameters<typeof connectionWords>[0])}</dd>
        <dt>Last contact</dt><dd>{last === null ? 'never' : `${lag ?? ago(last, now)} ago`}</dd>
        {local.next_attempt_at !== null && <><dt>Next attempt</dt><dd>{new Date(local.next_attempt_at).toLocaleTimeString('en-GB')}</dd></>}
        <dt>Sessions</dt><dd>{count(summary.total_sessions, 'session')} in all</dd>
        {local.parked > 0 && <><dt>Refused</dt><dd>{count(local.parked, 'session')} need a decision</dd></>}
        {local.last_error !== null && <><dt>Last problem</dt><dd>{local.last_error.message}</dd></>}
      </dl>
      <ul className="advice">{recommendations.map((line) => <li key={line}>{line}</li>)}</ul>
    </section>
  );
}
