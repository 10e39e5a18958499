import { createContext, type ReactNode, useContext, useState } from 'react';
import { problemWords } from './problem-words.ts';

export interface Undoable {
  /** What was done: "Session deleted." */
  readonly text: string;
  readonly undo: () => Promise<unknown>;
}

type Offer = (undoable: Undoable) => void;

const UndoContext = createContext<Offer>(() => undefined);

/** Says what was done, and offers to take it back. */
export const useUndo = (): Offer => useContext(UndoContext);

/** Holds the notice of what was done last. It stays until it is used or closed: nobody is hurried. */
export function UndoProvider({ children }: { readonly children: ReactNode }) {
  const [last, setLast] = useState<Undoable | null>(null);
  const [words, setWords] = useState('');
  const offer = (undoable: Undoable): void => {
    setLast(undoable);
    setWords(undoable.text);
  };
  const close = (said: string): void => {
    setLast(null);
    setWords(said);
  };
  const undo = (): void => void last?.undo().then(() => close('Taken back.'), (error: unknown) => setWords(problemWords(error)));
  return (
    <UndoContext.Provider value={offer}>
      {children}
      <div className={last === null ? 'toast unseen' : 'toast'}>
        <p role="status">{words}</p>
        {last !== null && <><button onClick={undo}>Undo</button><button className="quiet" onClick={() => close('')}>Close</button></>}
      </div>
    </UndoContext.Provider>
  );
}
