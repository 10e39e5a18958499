import { useState } from 'react';
import type { EngineStatus, SyncEngine } from '@syncline/core';
import { Icon } from './icons.tsx';
import { useShortcut } from './shortcuts.ts';
import { attemptWords, closingWords, contactWords, errorWords, OVERALL, outcomeWords, overallMeaning, pendingHere, waitingWords } from './status-words.ts';
import { useNow, useSource } from './use-source.ts';
import { useWaking } from './use-waking.ts';
import { ago, count } from './words.ts';

export function SyncPanel({ engine }: { readonly engine: SyncEngine }) {
  const status = useSource(engine.status);
  const { sync_status: word, recommendations, local } = status;
  return (
    <section className="card" aria-label="Sync" id="sync">
      <div className="heading">
        <h2>Sync</h2>
        <SyncNow engine={engine} />
      </div>
      <p className={`overall ${word}`}>
        <span className="dot" aria-hidden="true" />
        <span data-testid="overall" data-word={word}>{OVERALL[word] ?? word}</span>
        <span data-testid="unsynced" className="muted">{waitingWords(status)}</span>
      </p>
      <p className="muted">{overallMeaning(status)}</p>
      {local.progress !== null && <progress max={local.progress.total} value={local.progress.done} aria-label="Sending" />}
      <Facts engine={engine} />
      {recommendations.length > 0 && (
        <>
          <h3>Recommended</h3>
          <ul className="advice">{recommendations.map((line) => <li key={line}>{line}</li>)}</ul>
        </>
      )}
      <p className="note closing">{closingWords(status, useWaking(engine))}</p>
    </section>
  );
}

function Facts({ engine }: { readonly engine: SyncEngine }) {
  const { data_summary: summary, last_sync: last, sync_lag: lag, local } = useSource(engine.status);
  // Counted down by the second only while there is something to count down to.
  const now = useNow(local.next_attempt_at === null ? 10_000 : 1000);
  const attempt = local.connection === 'online' && local.phase === 'idle' ? null : attemptWords(local.next_attempt_at, now);
  return (
    <dl>
      <dt>Connection</dt><dd>{contactWords(local, navigator.onLine)}</dd>
      {attempt !== null && <><dt>Next attempt</dt><dd>{attempt}</dd></>}
      <dt>Newest contact</dt><dd>{last === null ? 'never' : lag === null ? ago(last, now) : `${lag} ago, by any device`}</dd>
      <dt>Sessions</dt><dd>{count(summary.total_sessions, 'session')} in all</dd>
      {local.parked > 0 && <><dt>Refused</dt><dd><a href="#sessions">{count(local.parked, 'session needs', 'sessions need')} a decision</a></dd></>}
      {errorWords(local) !== null && <><dt>Last problem</dt><dd>{errorWords(local)}</dd></>}
      {!local.leader && <><dt>Sending</dt><dd>done by another open tab of this browser</dd></>}
    </dl>
  );
}

/** What the outcome of a sync speaks of. Once that is another, the outcome is not true any more. */
function stateOf(status: EngineStatus): string {
  return `${pendingHere(status)} ${status.local.connection}`;
}

function SyncNow({ engine }: { readonly engine: SyncEngine }) {
  const [isAsking, setAsking] = useState(false);
  const [outcome, setOutcome] = useState({ words: '', state: '' });
  const state = stateOf(useSource(engine.status));
  const say = (words: string): void => setOutcome({ words, state: stateOf(engine.status.current) });
  const sync = (): void => {
    if (isAsking) return;
    setAsking(true);
    say('');
    const waited = pendingHere(engine.status.current);
    void engine.sync().then((done) => say(outcomeWords(done, waited)), () => say('That did not work.')).finally(() => setAsking(false));
  };
  useShortcut('y', sync);
  return (
    <span className="sync-now">
      <span className="note" role="status">{outcome.state === state ? outcome.words : ''}</span>
      <button aria-keyshortcuts="y" aria-disabled={isAsking} className={isAsking ? 'busy' : ''} onClick={sync}><Icon name="sync" />Sync now</button>
    </span>
  );
}
