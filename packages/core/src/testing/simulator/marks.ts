// Rare situations that a campaign must have met. A mark at zero means that the simulator no longer reaches
// what it claims to test, which is as bad as a violation.

/** Every mark, with what it says. */
export const MARKS = {
  'record.offline': 'a session was recorded while nothing reached the server',
  'record.follower': 'a session was recorded in a tab that does not lead',
  'record.again': 'a session was recorded a second time with the same content',
  'record.refused.full': 'a full disk refused a session',
  'record.after-full': 'a session was recorded after a full disk had refused one on that device',
  'record.refused.abort': 'an aborted transaction refused a session',
  'record.cut': 'a tab died while a session was being recorded',
  'edit.amended': 'a recorded session was changed',
  'edit.deleted': 'a recorded session was deleted',
  'edit.restored': 'a delete was taken back',
  'edit.settled': 'a conflict was settled',
  'edit.undone': 'a settlement was undone',
  'edit.mended': 'what was refused, or waited for its end to come, was sent again with changes',
  'edit.given-up': 'what was refused, or waited for its end to come, was given up',
  'session.started': 'a session was started',
  'session.completed': 'a running session was completed',
  'session.completed-elsewhere': 'a session that one tab started was completed in another',
  'session.cancelled': 'a running session was cancelled',
  'session.survived': 'a running session outlived the tab that started it',
  'session.clock-back': 'the clock stepped back while a session ran',
  'answer.lost': 'the server committed a session and the answer did not arrive',
  'answer.lost+kill': 'an answer was lost after commit and the sending tab died before it tried again',
  'answer.lost+kill+expired': 'an answer was lost after commit, the sending tab died and the token had expired',
  'answer.truncated': 'an answer to a submit ended half-way',
  'request.lost': 'a submit was lost on its way',
  'request.twice': 'the server took one session twice from one device',
  'request.hang': 'a submit was given up after its deadline',
  'request.resent': 'a session that the server had was sent again',
  'edge.portal': 'a captive portal answered a submit',
  'edge.junk': 'foreign JSON answered a submit',
  'edge.redirect': 'a redirect answered a submit',
  'edge.408': 'a submit was answered 408',
  'edge.429': 'a submit was answered 429',
  'edge.500': 'a submit was answered 500',
  'edge.502': 'a submit was answered 502',
  'edge.503': 'a submit was answered 503',
  'edge.401': 'a submit was answered 401',
  'edge.403': 'a submit was answered 403',
  'edge.404': 'a submit was answered 404',
  'stream.open': 'a device listened to the server',
  'stream.news': 'the server told a device of news',
  'stream.cut': 'a stream broke',
  'session.running-elsewhere': 'a device showed a session that ran on another one',
  'tab.killed': 'a tab died',
  'tab.killed.sending': 'a tab died with a submit in flight',
  'tab.killed.writing': 'a tab died with a storage transaction in flight',
  'tab.killed.leader': 'the leading tab died while another was open',
  'tab.frozen.leader': 'the leading tab froze while another was awake',
  'tab.frozen.replaced': 'a frozen leader was replaced while nothing else troubled its device',
  'tab.frozen.sending': 'a tab froze with a submit in flight',
  'tab.thawed.deposed': 'a frozen leader woke and another tab led',
  'tab.closed.pending': 'an app closed with work unsent',
  'tab.hidden': 'a tab was hidden',
  'lock.stolen': 'the lock was taken from the tab that held it',
  'lock.stolen.sending': 'the lock was taken while a submit was in flight',
  'tabs.both-sent': 'two tabs of a device had submits in flight at once',
  'channel.deaf': 'a session was recorded while the tabs could not hear one another',
  'storage.aborted': 'a transaction aborted',
  'storage.closed': 'the handle was closed under the engine',
  'storage.full.ack': 'a full disk refused the write of an acknowledgement',
  'storage.open-refused': 'the store did not open',
  'storage.upgrade-waited': 'an upgrade waited until an old tab let go of the store',
  'storage.upgrade-blocked': 'an upgrade was given up, because an old tab did not let go of the store',
  'storage.evicted.pending': 'the browser threw away sessions that were not yet sent',
  'storage.evicted.clean': 'the browser threw away a store with nothing unsent',
  'profile.copied': 'the profile of a device was copied to another one',
  'profile.copied.pending': 'a profile was copied with sessions unsent',
  'profile.renamed': 'a copy took an id of its own',
  'power.pending': 'the power failed with sessions unsent',
  'server.crash-before': 'the server died before a commit',
  'server.restored': 'the server was set back to a backup',
  'server.crash-after': 'the server died between a commit and its answer',
  'server.down': 'a submit met a server that was down',
  'server.clock': 'the clock of the server stepped',
  'clock.forward': 'the clock of a device stepped forward',
  'clock.back': 'the clock of a device stepped back',
  'clock.ahead-held': 'the server refused a session as being in its future',
  'sleep.hours': 'a device slept for more than an hour with work unsent',
  'token.expired.drain': 'a token expired with submits in flight or waiting',
  'token.none': 'nobody was signed in while work was unsent',
  'token.other-user': 'the app handed in the token of another account',
  'parked': 'the server refused a session and it was parked',
  'parked.others-went': 'a session was confirmed while another one was parked',
  'parked.retried': 'a person sent a parked session again',
  'parked.discarded': 'a person gave up a parked session',
  'status.healthy': 'a status said healthy',
  'status.delayed': 'a status said delayed',
  'status.conflicts': 'a status said conflicts',
  'status.offline': 'a status said offline',
  'users.two': 'devices of two accounts both delivered sessions',
  'devices.two': 'two devices of one account both delivered sessions',
} as const;
export type Mark = keyof typeof MARKS;

/** How often each situation occurred. */
export class MarkCounts {
  readonly #counts = new Map<Mark, number>();

  hit(mark: Mark): void {
    this.#counts.set(mark, (this.#counts.get(mark) ?? 0) + 1);
  }

  has(mark: Mark): boolean {
    return this.#counts.has(mark);
  }

  /** Adds what another run met. */
  add(counts: Readonly<Record<string, number>>): void {
    for (const mark of allMarks()) {
      const more = counts[mark];
      if (more !== undefined && more > 0) this.#counts.set(mark, (this.#counts.get(mark) ?? 0) + more);
    }
  }

  /** Every mark with its count, zeros included. */
  toRecord(): Record<Mark, number> {
    return Object.fromEntries(allMarks().map((mark) => [mark, this.#counts.get(mark) ?? 0])) as Record<Mark, number>;
  }

  /** Marks that were never met. */
  missing(): readonly Mark[] {
    return allMarks().filter((mark) => !this.#counts.has(mark));
  }
}

/** The names of all marks. */
export function allMarks(): readonly Mark[] {
  return Object.keys(MARKS) as Mark[];
}
