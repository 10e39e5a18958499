// A sign of life for each running session, now and then, so that a night with the lid closed does not look like work. Any tab gives it: what
// counts is that the device was awake.
import { SILENT_MS, signsAt } from '../model/sleep.ts';
import type { Cancel, Clock } from '../ports.ts';
import type { Draft } from './draft.ts';
import type { Local } from './local.ts';

const BEAT_MS = 60_000;
/** Written more seldom than it beats: only silence is news. */
const WRITE_EVERY_MS = 4 * BEAT_MS;

export class Heartbeat {
  readonly #local: Local;
  readonly #clock: Clock;
  #cancel: Cancel | null = null;
  #isClosed = false;

  constructor(local: Local, clock: Clock) {
    this.#local = local;
    this.#clock = clock;
  }

  /** Beats while something runs. Called after each change. */
  follow(): void {
    if (this.#isClosed || this.#cancel !== null || this.#local.view.running.size === 0) return;
    this.#cancel = this.#clock.setTimer(BEAT_MS, () => {
      this.#cancel = null;
      this.beat();
      this.follow();
    });
  }

  /** The page works. */
  beat(): void {
    const now = Math.round(this.#clock.now());
    const isDue = [...this.#local.view.running.values()].some(({ startTime, signs }) => Math.abs(now - (signs?.seenAt ?? startTime)) >= WRITE_EVERY_MS);
    // A store that refuses now is told the next time; the silence is in the row all the same.
    if (!this.#isClosed && isDue) this.#local.commit((draft) => planBeat(draft, now), 'relaxed').catch(() => undefined);
  }

  close(): void {
    this.#isClosed = true;
    this.#cancel?.();
  }
}

function planBeat(draft: Draft, now: number): void {
  for (const [id, running] of [...draft.view.running]) {
    const seenAt = running.signs?.seenAt ?? running.startTime;
    // Another tab was here meanwhile.
    if (Math.abs(now - seenAt) < WRITE_EVERY_MS && now - seenAt <= SILENT_MS) continue;
    draft.put('running', id, { ...running, signs: signsAt(running, now) });
  }
}
