// Who a process is, beyond its number: process ids are reused, and mean nothing on another machine or in another container.
import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the system's own words; null where the system does not say. */
  readonly started: string | null;
  /** Machine, boot and container within which the number means anything. */
  readonly place: string;
}

/** What can be said of a process seen from here. `unknown`: it lives in another place, so its number says nothing. */
export type Liveness = 'alive' | 'dead' | 'unknown';

/** This process. */
export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, started: startOf(process.pid), place: placeHere() };
}

/** Whether that very process still runs. */
export function livenessOf(other: ProcessIdentity): Liveness {
  const here = placeHere();
  if (other.place !== here) return sameMachineEarlierBoot(other.place, here) ? 'dead' : 'unknown';
  if (!exists(other.pid)) return 'dead';
  const started = startOf(other.pid);
  return other.started === null || started === null || started === other.started ? 'alive' : 'dead';
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function placeHere(): string {
  return [hostname(), readOrEmpty(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()), readOrEmpty(() => readlinkSync('/proc/self/ns/pid'))].join('|');
}

/** A machine that has started anew since: nothing of its earlier life runs any more. */
function sameMachineEarlierBoot(place: string, here: string): boolean {
  const [thatHost, thatBoot] = place.split('|');
  const [thisHost, thisBoot] = here.split('|');
  return thatHost === thisHost && thatBoot !== '' && thisBoot !== '' && thatBoot !== thisBoot;
}

function startOf(pid: number): string | null {
  if (process.platform === 'linux') return readOrEmpty(() => linuxStart(pid)) || null;
  if (process.platform === 'win32') return null;
  return readOrEmpty(() => execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', env: { LC_ALL: 'C', TZ: 'UTC' }, timeout: 5000 }).trim()) || null;
}

/** Field 22 of `stat`, counted after the name, which may itself hold blanks and brackets. A zombie no longer runs. */
function linuxStart(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? 'ended' : (fields[19] ?? '');
}

function readOrEmpty(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
