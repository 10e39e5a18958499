// Processor time that processes have used, where the system tells: other programs cannot lengthen it.
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Linux counts in hundredths of a second, whatever its kernel's own tick. */
const TICK_MS = 10;

interface Process {
  readonly parent: number;
  readonly ms: number;
  /** Of its children that have ended. */
  readonly endedMs: number;
}

function read(pid: number | string): Process | null {
  try {
    // The name in parentheses may hold spaces; the state and the parent follow its last one.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return { parent: Number(fields[1]), ms: (Number(fields[11]) + Number(fields[12])) * TICK_MS, endedMs: (Number(fields[13]) + Number(fields[14])) * TICK_MS };
  } catch {
    return null;
  }
}

/** Milliseconds that a process and its children have used, ended ones included; null where nobody can say. */
export function processorMs(pid: number): number | null {
  const own = existsSync('/proc/self/stat') ? read(pid) : null;
  if (own === null) return null;
  const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(read).filter((one) => one?.parent === pid);
  return children.reduce((sum, child) => sum + (child?.ms ?? 0), own.ms + own.endedMs);
}

export function parentOf(pid: number): number | null {
  return read(pid)?.parent ?? null;
}
