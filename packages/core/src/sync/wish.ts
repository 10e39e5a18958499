// A person asked to sync in a tab that does not lead: the leader is told by a knock, and its answer is waited for.
import { engineError } from '../errors.ts';
import type { Clock } from '../ports.ts';
import type { Driver } from './driver.ts';
import type { Leadership } from './leadership.ts';
import type { Local } from './local.ts';
import { pause } from './pause.ts';

const LOOK_EVERY_MS = 250;
const GIVE_UP_MS = 60_000;

/** How many operations were sent; null when no leader carried it out in time. Rejects when the store refuses to note the wish. */
export async function waitForLeader(
  local: Local,
  leadership: Leadership,
  driver: Driver,
  clock: Clock,
  signal: AbortSignal,
): Promise<number | null> {
  const id = await leadership.knock(true);
  if (id === null) throw engineError('storage_unavailable');
  // Not by the number of looks: a hidden page looks once a minute.
  for (const until = clock.monotonic() + GIVE_UP_MS; clock.monotonic() < until && !signal.aborted; ) {
    if (leadership.isLeading) {
      const { sent, reason } = await driver.sync();
      // Otherwise whoever took over carries it out.
      if (reason !== 'other_tab') return sent;
    }
    const { leader, knock } = local.view;
    // The leader answers the last of many, and this one is among those before it.
    if (leader !== null && (leader.done === id || leader.done === knock?.id)) return leader.sent;
    await pause(LOOK_EVERY_MS, clock, signal);
    await local.refresh().catch(() => undefined);
  }
  return null;
}
