import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import type { Source } from '@syncline/core';

/** The source's value; the caller is drawn again when it changes. */
export function useSource<T>(source: Source<T>): T {
  const subscribe = useCallback((listener: () => void) => source.subscribe(listener), [source]);
  return useSyncExternalStore(subscribe, () => source.current);
}

/** The time, again at each whole multiple of `everyMs`, so that every clock of the page moves in step. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const again = (): void => {
      timer = setTimeout(() => (setNow(Date.now()), again()), everyMs - (Date.now() % everyMs));
    };
    again();
    return () => clearTimeout(timer);
  }, [everyMs]);
  return now;
}
