import { useEffect, useState } from 'react';
import type { EngineStatus, SyncEngine } from '@syncline/core';
import { announcement } from './status-words.ts';

/** Changes that undo themselves within this time are not said. */
const SETTLE_MS = 1500;

/** Says changes of the sync to people who do not see the panel, when there is a pause, never in between. */
export function Announcer({ engine }: { readonly engine: SyncEngine }) {
  const [{ words, times }, setSaid] = useState({ words: '', times: 0 });
  useEffect(() => {
    let said: EngineStatus = engine.status.current;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const speak = (): void => {
      const next = engine.status.current;
      const sentence = announcement(said, next, navigator.onLine);
      said = next;
      if (sentence !== null) setSaid((before) => ({ words: sentence, times: before.times + 1 }));
    };
    const stop = engine.status.subscribe(() => {
      clearTimeout(timer);
      timer = setTimeout(speak, SETTLE_MS);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [engine]);
  // New each time: the same words said again are heard again.
  return <p className="unseen" role="status" aria-live="polite"><span key={times}>{words}</span></p>;
}
