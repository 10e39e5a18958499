import { useEffect, useState, useSyncExternalStore } from 'react';
import type { Source } from '@syncline/core';

export function useSource<T>(source: Source<T>): T {
  return useSyncExternalStore(source.subscribe, () => source.current);
}

/** The time, again every `everyMs`. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
