import { useEffect, useState } from 'react';
import type { Session } from '@syncline/core';

const KEY = 'syncline.runningNote.';

/** What is typed while the timer runs: the engine takes it with the end, and until then the browser keeps it for this tab, over a reload too. */
export function useRunningNote({ id, note: first }: Pick<Session, 'id' | 'note'>) {
  const [note, setNote] = useState(() => recall(id) ?? first);
  useEffect(() => {
    keep(id, note === first ? null : note);
    // Not done when the page goes away: only when the session ended, or its person left.
    return () => keep(id, null);
  }, [id, note, first]);
  return [note, setNote] as const;
}

function recall(id: string): string | null {
  try {
    return sessionStorage.getItem(KEY + id);
  } catch {
    return null;
  }
}

function keep(id: string, note: string | null): void {
  try {
    if (note === null) sessionStorage.removeItem(KEY + id);
    else sessionStorage.setItem(KEY + id, note);
  } catch {
    // Where storage is forbidden, what is typed lasts as long as the page.
  }
}
