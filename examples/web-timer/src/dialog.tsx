import { createContext, type ReactNode, useContext, useEffect, useId, useLayoutEffect, useRef } from 'react';

/** Called when a dialog opens below it: what the dialog belongs to has to stay. What it returns is called when the dialog is gone. */
export const DialogHolder = createContext<() => () => void>(() => () => undefined);

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  /** Room for two columns. */
  readonly isWide?: boolean;
  readonly children: ReactNode;
}

/** The browser's own modal dialog: it keeps the focus inside, closes by Escape, and gives the focus back. */
export function Dialog({ title, onClose, isWide = false, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  // Closed while it is still in the page: only then does the browser give the focus back.
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  useEffect(useContext(DialogHolder), []);
  // A browser lets one Escape be held up, for what has to be kept first, and closes by itself at the next: then it is asked once more.
  const closedByItself = (): void => {
    const element = dialog.current;
    if (element === null || element.open) return;
    element.showModal();
    onClose();
  };
  return (
    <dialog ref={dialog} className={isWide ? 'wide' : ''} aria-labelledby={id} onCancel={(event) => (event.preventDefault(), onClose())} onClose={closedByItself}>
      <h2 id={id} tabIndex={-1}>{title}</h2>
      {children}
    </dialog>
  );
}
