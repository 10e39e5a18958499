import { useRef } from 'react';

/** Runs an action, unless the one before is still on its way: pressed twice, a button means it once. What goes wrong is for the action to say. */
export function useOneAtATime(): (action: () => Promise<unknown>) => void {
  const isBusy = useRef(false);
  return (action) => {
    if (isBusy.current) return;
    isBusy.current = true;
    action().catch(() => undefined).finally(() => (isBusy.current = false));
  };
}
