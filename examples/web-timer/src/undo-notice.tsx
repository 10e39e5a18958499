import { createContext, type FocusEvent, type ReactNode, useContext, useLayoutEffect, useRef, useState } from 'react';
import { problemWords } from './problem-words.ts';

export interface Undoable {
  /** What was done: "Session deleted." */
  readonly text: string;
  /** Absent where it cannot be taken back in one step. */
  readonly undo?: () => Promise<unknown>;
}

type Offer = (undoable: Undoable) => void;

const UndoContext = createContext<Offer>(() => undefined);

/** Says what was done, and offers to take it back. */
export const useUndo = (): Offer => useContext(UndoContext);

/** Holds the notice of what was done last. It stays until it is used or closed: nobody is hurried. */
export function UndoProvider({ children }: { readonly children: ReactNode }) {
  const [last, setLast] = useState<Undoable | null>(null);
  const [{ words, times }, setSaid] = useState({ words: '', times: 0 });
  const setWords = (next: string): void => setSaid((before) => ({ words: next, times: before.times + 1 }));
  const offer = (undoable: Undoable): void => {
    setLast(undoable);
    setWords(undoable.text);
  };
  const close = (said: string): void => {
    setLast(null);
    setWords(said);
  };
  const [comesFrom, said] = useFocusAfterUse(last !== null);
  const undo = (): void => void last?.undo?.().then(() => close('Taken back.'), (error: unknown) => setWords(problemWords(error)));
  return (
    <UndoContext.Provider value={offer}>
      {children}
      <div className={last === null ? 'toast unseen' : 'toast'} onFocus={comesFrom}>
        <p role="status" ref={said} tabIndex={-1}>{/* New each time: the same words said again are heard again. */}<span key={times}>{words}</span></p>
        {last !== null && <>{last.undo !== undefined && <button onClick={undo}>Undo</button>}<button className="quiet" onClick={() => close('')}>Close</button></>}
      </div>
    </UndoContext.Provider>
  );
}

/** The buttons go away with what was offered; the keyboard then goes back to where it came from, or stays with what is said. */
function useFocusAfterUse(isOpen: boolean) {
  const before = useRef<Element | null>(null);
  const said = useRef<HTMLParagraphElement>(null);
  const comesFrom = ({ currentTarget, relatedTarget }: FocusEvent<HTMLElement>): void => {
    if (!currentTarget.contains(relatedTarget)) before.current = relatedTarget ?? said.current;
  };
  // Before the next key can arrive.
  useLayoutEffect(() => {
    const target = before.current;
    if (isOpen || target === null) return;
    before.current = null;
    if (document.activeElement !== null && document.activeElement !== document.body) return;
    (target instanceof HTMLElement && target.isConnected ? target : said.current)?.focus({ preventScroll: true });
  }, [isOpen]);
  return [comesFrom, said] as const;
}
