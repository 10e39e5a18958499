// What a tab still holds in memory when its store was swapped or vanished under it goes into the store it has now.
import type { Operation } from '../model/operation.ts';
import type { RunningSession } from '../model/session.ts';
import { joinConflicts } from './conflict-groups.ts';
import { findInHistory } from './history-search.ts';
import type { Local } from './local.ts';
import { NotReady } from './plan.ts';

/** The outbox and the running sessions of a store that is gone. */
export interface Held {
  readonly operations: readonly Operation[];
  readonly running: readonly RunningSession[];
  /** Version of the view they come from: the new store must not look older. */
  readonly version: number;
}

/** Resolves to how many operations were not there. What another tab saved first, or the server has acknowledged meanwhile, is left alone. */
export async function rescue(local: Local, held: Held): Promise<number> {
  let acknowledged: ReadonlySet<string> = new Set();
  let lookedAt = 0;
  return local.commit((draft) => {
    const { nextChunk, historyVersion } = draft.view.head;
    // Another tab may have sent one between a look and this transaction.
    if (nextChunk > 1 && lookedAt !== historyVersion) {
      throw new NotReady(async () => {
        acknowledged = await findAcknowledged(local, held);
        lookedAt = historyVersion;
      });
    }
    let saved = 0;
    for (const operation of held.operations) {
      const { id } = operation.session;
      if (acknowledged.has(id) || draft.view.seqsOf(id).length > 0) continue;
      if (operation.kind === 'submit') joinConflicts(draft, local.store, operation.session);
      // Whether it was on its way when the store went, nobody knows.
      draft.queue({ ...operation, delivery: { ...operation.delivery, unknown: true } });
      saved += 1;
    }
    for (const running of held.running) {
      if (draft.view.running.size > 0 || draft.view.seqsOf(running.id).length > 0) continue;
      const notice = running.notice === null ? null : { ...running.notice, seq: draft.takeSeq() };
      draft.put('running', running.id, { ...running, notice });
    }
    if (draft.view.head.version <= held.version) draft.setHead({ version: held.version });
    return saved;
  }, 'strict');
}

async function findAcknowledged(local: Local, held: Held): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const { session } of held.operations) if ((await findInHistory(local.store, session.id)) !== null) found.add(session.id);
  return found;
}
