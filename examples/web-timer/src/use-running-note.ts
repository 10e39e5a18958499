import { useEffect, useRef, useState } from 'react';
import type { Session } from '@syncline/core';

const KEY = 'syncline.runningNote.';

/**
 * What is typed while the timer runs: the engine takes it with the end, from whichever tab that comes. Until then the browser keeps it, over a reload
 * and for all its tabs, which show the same.
 */
export function useRunningNote({ id, note: first }: Pick<Session, 'id' | 'note'>) {
  const [note, setNote] = useState(() => recall(id) ?? first);
  const isShown = useRef(false);
  useEffect(() => {
    isShown.current = true;
    const follow = ({ key, newValue }: StorageEvent): void => {
      if (key === KEY + id && newValue !== null) setNote(newValue);
    };
    addEventListener('storage', follow);
    return () => {
      removeEventListener('storage', follow);
      isShown.current = false;
      // Not done when the page goes away: only when the session ended, or its person left; nor where strict mode mounts it again at once.
      queueMicrotask(() => isShown.current || forget(id));
    };
  }, [id]);
  const type = (text: string): void => {
    setNote(text);
    keep(id, text);
  };
  return [note, type] as const;
}

// Where storage is forbidden, what is typed lasts as long as the page.

function recall(id: string): string | null {
  try {
    return localStorage.getItem(KEY + id);
  } catch {
    return null;
  }
}

function keep(id: string, note: string): void {
  try {
    localStorage.setItem(KEY + id, note);
  } catch {}
}

function forget(id: string): void {
  try {
    localStorage.removeItem(KEY + id);
  } catch {}
}
