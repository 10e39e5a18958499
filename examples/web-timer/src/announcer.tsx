import type { SyncEngine } from '@syncline/core';
import { useSource } from './use-source.ts';
import { announcement } from './words.ts';

/** Says changes of the sync to people who do not see the panel, when there is a pause, never in between. */
export function Announcer({ engine }: { readonly engine: SyncEngine }) {
  return <p className="unseen" role="status" aria-live="polite">{announcement(useSource(engine.status))}</p>;
}
