// The status in words a person can act on. Pure.
import type { ClosingStatus, EngineStatus, LastingProblem, LocalStatus, ProblemCode, Session, SyncOutcome } from '@syncline/core';
import type { WakingWord } from '@syncline/core/background';
import { count, listedUnder, timeWords } from './words.ts';

type Words = Readonly<Record<string, string>>;

export const OVERALL: Words = { healthy: 'In sync', delayed: 'Catching up', conflicts: 'Sessions overlap', offline: 'Nothing seen lately' };
const OVERALL_MEANING: Words = {
  healthy: 'Every active device has sent what it holds.',
  conflicts: 'Two or more sessions claim the same time. Nothing is changed without you.',
  offline: 'No device has reached the server in the last day.',
};
export const DEVICE_WORDS: Words = { up_to_date: 'Up to date', pending: 'Waiting to send', stale: 'Behind', offline: 'Not seen lately' };
export const STATES: Readonly<Record<Session['state'], string>> = {
  running: 'Running', queued: 'Waiting to send', sending: 'Sending', confirmed: 'On the server', parked: 'Needs a decision', cancelled: 'Cancelled', deleted: 'Deleted',
};
const CONNECTIONS: Words = { online: 'Connected', offline: 'No network', unreachable: 'Server does not answer', auth_required: 'Sign-in needed' };

/** What the overall word speaks of: `delayed` are sessions, something else, or all devices. */
export function overallMeaning({ sync_status: word, active_devices: active, data_summary: { unsynced_sessions: waiting } }: EngineStatus): string {
  if (word !== 'delayed') return OVERALL_MEANING[word] ?? 'The server used a word this page does not know.';
  if (waiting > 0) return 'Some sessions have not reached the server yet.';
  return active === 0 ? 'No device has reached the server in the last hour.' : 'A change has not reached the server yet.';
}

/** How many sessions this device holds that the server has not acknowledged. */
export function pendingHere({ devices, local }: EngineStatus): number {
  return devices?.find(({ device_id: id }) => id === local.device_id)?.sessions_pending ?? 0;
}

/**
 * "Nothing waiting", "2 sessions waiting here", "1 session waiting here, 3 on other devices": stands beside the overall word, which
 * speaks of active devices only. Whose work it is matters: a person can send only what is here.
 */
export function waitingWords(status: EngineStatus): string {
  const here = pendingHere(status);
  const elsewhere = Math.max(0, status.data_summary.unsynced_sessions - here);
  if (elsewhere === 0) return here === 0 ? 'Nothing waiting' : `${count(here, 'session')} waiting here`;
  return here === 0 ? `${count(elsewhere, 'session')} waiting on other devices` : `${count(here, 'session')} waiting here, ${elsewhere} on other devices`;
}

/** @param hasNetwork what the browser says: before an answer the engine knows of no connection, though there may be a network. */
function isConnecting({ connection }: LocalStatus, hasNetwork: boolean): boolean {
  return connection === 'offline' && hasNetwork;
}

function connectionWords(local: LocalStatus, hasNetwork: boolean): string {
  return isConnecting(local, hasNetwork) ? 'Connecting' : (CONNECTIONS[local.connection] ?? local.connection);
}

export function phaseWords({ phase, progress }: LocalStatus): string {
  if (phase === 'syncing') return progress === null ? 'Syncing' : `Sending ${Math.min(progress.done + 1, progress.total)} of ${progress.total}`;
  return phase === 'backing_off' ? 'Waiting to try again' : phase === 'paused' ? 'Paused' : 'Nothing to do';
}

/** "Connected", "Connected · Sending 2 of 5", "No network", "Connecting". */
export function contactWords(local: LocalStatus, hasNetwork: boolean): string {
  const connection = connectionWords(local, hasNetwork);
  return isConnecting(local, hasNetwork) || local.phase === 'idle' ? connection : `${connection} · ${phaseWords(local)}`;
}

const ERRORS: Words = { network: 'The connection failed.', timeout: 'The server took too long.', redirected: 'The answer came from somewhere else; perhaps this network wants a login.' };

/** Why the last try failed, where the banner does not say it already; else null. */
export function errorWords({ connection, last_error: error }: LocalStatus): string | null {
  if (error === null || connection === 'online' || connection === 'offline') return null;
  return listedUnder(ERRORS, error.code) ?? error.message;
}

/** "in 40 seconds", "at 14:05"; null when no attempt is planned. */
export function attemptWords(iso: string | null, now: number): string | null {
  if (iso === null) return null;
  const seconds = Math.ceil((Date.parse(iso) - now) / 1000);
  if (seconds <= 0) return 'now';
  return seconds <= 90 ? `in ${count(seconds, 'second')}` : `at ${timeWords(Date.parse(iso))}`;
}

export interface Notice {
  readonly code: string;
  readonly text: string;
  readonly isSerious: boolean;
}

type ProblemWords = readonly [serious: boolean, text: string];

const PROBLEMS: Readonly<Record<ProblemCode | 'newer_version', ProblemWords>> = {
  volatile_storage: [true, 'This browser keeps nothing: sessions live only until this page is closed. Leave private browsing, or stay until everything is sent.'],
  storage_full: [true, 'The disk is full. New sessions cannot be kept until there is room; earlier ones are safe.'],
  storage_unavailable: [true, 'This browser refuses to store anything right now. The timer tries again by itself.'],
  upgrade_blocked: [true, 'Another tab runs an older version of this page. Close it to go on here.'],
  newer_version: [true, 'These sessions were written by a newer version of this page. Reload to get it.'],
  update_needed: [true, 'This version is too old for the server. Reload the page; nothing is lost.'],
  gone: [true, 'The server no longer takes sessions here. Everything stays on this device.'],
  forbidden: [true, 'The server does not let this account send. Everything stays on this device.'],
  blocked_by_policy: [true, 'A rule of this network or browser blocks the server. Everything stays on this device.'],
  possible_local_loss: [true, 'This browser was cleared. Sessions that had not been sent may be gone.'],
  damaged_rows: [false, 'Some of what this browser stored cannot be read and is not shown. What the server has of it is safe there, and is fetched again where the server can.'],
  device_cloned: [false, 'This browser’s data is a copy of another’s. It counts as a device of its own from now on; nothing is lost.'],
  clock_skew: [false, 'The clock of this device differs from the server’s. Session times are kept as this device saw them.'],
  incoherent_answer: [false, 'The server’s answer contradicts itself, so this page shows what this device knows.'],
};

/**
 * Everything that deserves a banner, the most urgent first.
 * @param hasNetwork what the browser says; before the first answer the engine knows of no connection, which is no news while there is a network.
 */
export function notices({ local }: EngineStatus, hasNetwork: boolean): Notice[] {
  const found: Notice[] = [];
  if (local.connection === 'offline' && !hasNetwork) found.push({ code: 'offline', text: 'You are offline. Sessions are kept on this device and sent when the network is back.', isSerious: false });
  if (local.connection === 'unreachable') found.push({ code: 'unreachable', text: 'The server does not answer. Sessions are kept on this device and sent when it does.', isSerious: false });
  for (const code of local.problems) {
    const [isSerious, text] = listedUnder<ProblemWords>(PROBLEMS, code) ?? [false, `Something needs attention: ${code.replaceAll('_', ' ')}.`];
    found.push({ code, isSerious, text: code === 'possible_local_loss' && local.possibly_lost > 0 ? `${text} At most ${count(local.possibly_lost, 'session')}.` : text });
  }
  return found.sort((a, b) => Number(b.isSerious) - Number(a.isSerious));
}

/** Whether a notice stays until a person says that they have read it. */
export function isLasting(code: string): code is LastingProblem {
  return code === 'device_cloned' || code === 'possible_local_loss';
}

/** Whether closing the page now would leave work unsent, and what becomes of it, in words. */
export function closingWords({ local: { closing, parked, connection, phase } }: EngineStatus, waking: WakingWord): string {
  const { word, sessions } = closing;
  const what = sessions === 0 ? 'a change' : count(sessions, 'session');
  if (word === 'lost') return `Do not close this page yet: ${what} would be lost.`;
  if (word === 'all_sent') return 'You can close this page; everything of this device is on the server.';
  const [are, they, them] = sessions > 1 ? ['are', 'They are', 'them'] : ['is', 'It is', 'it'];
  const kept = `${what[0]?.toUpperCase()}${what.slice(1)} ${are} not sent yet. ${they} kept on this device`;
  if (sessions > 0 && parked >= sessions) return `${kept} until you decide; you can close this page.`;
  // The browser gives up after a few tries; the page never does.
  const mayWake = (waking === 'idle' || waking === 'registered') && connection !== 'auth_required' && phase !== 'paused';
  if (mayWake) return `${kept}; if you close this page now, the browser sends ${them} when there is a network, or this page when you come back.`;
  return `${kept}; closing now sends ${them} later, when you come back.`;
}

/** What is asked of somebody who signs out: what becomes of work that is not sent. */
export function partingWords({ word, sessions }: ClosingStatus): { readonly title: string; readonly text: string; readonly leave: string } {
  if (word === 'all_sent') return { title: 'Everything is sent', text: 'Nothing of this account waits here any more.', leave: 'Sign out' };
  const title = `${sessions === 0 ? 'Changes' : count(sessions, 'session')} not sent yet`;
  const [they, stay, are, them] = sessions === 1 ? ['It', 'stays', 'is', 'it'] : ['They', 'stay', 'are', 'them'];
  if (word === 'lost') return { title, text: `This browser keeps nothing: whoever signs out now loses ${them}.`, leave: `Sign out and lose ${them}` };
  const text = `${they} ${stay} in this browser, readable by whoever uses it, and ${are} sent when you sign in here again.`;
  return { title, text, leave: `Sign out and keep ${them} here` };
}

const REASONS: Readonly<Record<SyncOutcome['reason'], string>> = {
  done: 'Everything is sent.',
  offline: 'No network. It is sent when the network is back.',
  unreachable: 'The server does not answer. It is tried again by itself.',
  auth_required: 'Sign in again to send.',
  backing_off: 'Not all could be sent now. It is tried again by itself.',
  parked: 'Something needs a decision before it can be sent.',
  closed: 'The timer was closed.',
  other_tab: 'Another tab is sending.',
  stopped: 'Sending has stopped; see the notice above.',
};

/** @param waited sessions that waited here before it. */
export function outcomeWords({ pending, reason }: SyncOutcome, waited: number): string {
  const sent = waited - pending;
  return sent > 0 ? `${count(sent, 'session')} sent. ${reason === 'done' ? '' : REASONS[reason]}`.trim() : REASONS[reason];
}

/** What to say to somebody who sees neither panel nor banners, or null when nothing worth a sentence changed. @param hasNetwork what the browser says. */
export function announcement(before: EngineStatus, after: EngineStatus, hasNetwork: boolean): string | null {
  const said: string[] = [];
  if (before.local.connection !== after.local.connection) said.push(`${connectionWords(after.local, hasNetwork)}.`);
  const isNew = (code: string): boolean => after.local.problems.includes(code) && !before.local.problems.includes(code);
  said.push(...notices(after, hasNetwork).filter(({ code }) => isNew(code)).map(({ text }) => text));
  if (before.sync_status !== after.sync_status) said.push(`${OVERALL[after.sync_status] ?? after.sync_status}.`);
  if (after.local.parked > before.local.parked) said.push(`${count(after.local.parked, 'session needs', 'sessions need')} a decision.`);
  const waiting = waitingWords(after);
  if (waitingWords(before) !== waiting) said.push(`${waiting}.`);
  return said.length === 0 ? null : said.join(' ');
}
