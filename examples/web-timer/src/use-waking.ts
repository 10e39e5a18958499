import { useEffect, useState } from 'react';
import type { SyncEngine } from '@syncline/core';
import { guardClosing, type Waking, type WakingWord, wakeInBackground } from '@syncline/core/background';

/** Asks to be woken for what this page leaves unsent, and says whether the browser does that. Where closing would lose work, closing is asked about. */
export function useWaking(engine: SyncEngine): WakingWord {
  const [word, setWord] = useState<WakingWord>('absent');
  useEffect(() => {
    let isOver = false;
    let waking: Waking | null = null;
    const stopGuard = guardClosing(engine, { when: (closing) => closing.word === 'lost' });
    // Never settles where there is no worker.
    void navigator.serviceWorker?.ready.then((registration) => {
      if (isOver) return;
      const found = (waking = wakeInBackground(engine, registration));
      found.subscribe(() => setWord(found.current));
      setWord(found.current);
    });
    return () => {
      isOver = true;
      waking?.stop();
      stopGuard();
    };
  }, [engine]);
  return word;
}
