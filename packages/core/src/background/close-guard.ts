// Asks before a page is closed that would leave work unsent. Optional: what is stored is sent later all the same.
import type { ClosingStatus, SyncEngine } from '../api.ts';
import type { Cancel } from '../ports.ts';

export interface GuardOptions {
  /** When to ask. By default whenever something is unsent; `({ word }) => word === 'lost'` asks only where closing loses it. */
  readonly when?: ((closing: ClosingStatus) => boolean) | undefined;
  /** What is closed: `window` by default. */
  readonly target?: Pick<EventTarget, 'addEventListener' | 'removeEventListener'> | undefined;
}

/**
 * Lets the browser ask whether the page is really to be closed, as long as there is a reason. Browsers ask in words of their own, and only on
 * pages that a person has used; phones often do not ask at all.
 */
export function guardClosing(engine: Pick<SyncEngine, 'status'>, options: GuardOptions = {}): Cancel {
  const target = options.target ?? globalThis;
  const when = options.when ?? (({ word }: ClosingStatus): boolean => word !== 'all_sent');
  const ask = (event: Event): void => {
    event.preventDefault();
    // Chromium before 119 asks for no other reason.
    Reflect.set(event, 'returnValue', true);
  };
  // Listens only while there is something to ask: a page that listens is not kept for the way back by every browser.
  const look = (): void => {
    if (when(engine.status.current.local.closing)) target.addEventListener('beforeunload', ask);
    else target.removeEventListener('beforeunload', ask);
  };
  const stop = engine.status.subscribe(look);
  look();
  return () => {
    stop();
    target.removeEventListener('beforeunload', ask);
  };
}
