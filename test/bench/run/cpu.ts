// Processor time that processes have used, where the system tells: other programs cannot lengthen it.
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Linux counts in hundredths of a second, whatever its kernel's own tick. */
const TICK_MS = 10;

interface Process {
  readonly parent: number;
  readonly ms: number;
}

function read(pid: number | string): Process | null {
  try {
    // The name in parentheses may hold spaces; the state and the parent follow its last one.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return { parent: Number(fields[1]), ms: (Number(fields[11]) + Number(fields[12])) * TICK_MS };
  } catch {
    return null;
  }
}

/** Milliseconds that a process and its living children have used; null where nobody can say. */
export function processorMs(pid: number): number | null {
  if (!existsSync('/proc/self/stat')) return null;
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map((name) => ({ pid: Number(name), ...read(name) }));
  return all.reduce((sum, one) => (one.pid === pid || one.parent === pid ? sum + (one.ms ?? 0) : sum), 0);
}

export function parentOf(pid: number): number | null {
  return read(pid)?.parent ?? null;
}
