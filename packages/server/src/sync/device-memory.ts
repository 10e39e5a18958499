// What the server remembers of a device between exchanges: which installation it is, and how far its operations are settled.
// Recognises a cloned profile, a cleared store, and numbers that are used twice.
import type { ExchangeDevice } from '@syncline/protocol';
import type { DeviceMemory, Incarnation, StoredDevice } from '../ports.ts';

const RUNS_MAX = 16;
const INCARNATIONS_MAX = 8;
const REFUSED_MAX = 1000;
/** Of numbers that a device passes over at once, as what waits behind a refused operation lets others go first, so many are remembered. */
const PASSED_OVER_MAX = 64;

/** The memory as this call finds it; null when the run was replaced before, so that two installations share one device id. */
export function recallDevice(known: StoredDevice | undefined, caller: ExchangeDevice): DeviceMemory | null {
  const memory = known?.memory ?? null;
  if (known === undefined || memory === null) {
    return { run: caller.run, replacedRuns: [], incarnations: [newIncarnation(caller.incarnation)], inheritedPending: null };
  }
  if (memory.replacedRuns.includes(caller.run)) return null;
  const isSameRun = memory.run === caller.run;
  const isSameStore = memory.incarnations[0]?.id === caller.incarnation;
  if (isSameRun && isSameStore) return memory;
  return {
    run: caller.run,
    replacedRuns: isSameRun ? memory.replacedRuns : [memory.run, ...memory.replacedRuns].slice(0, RUNS_MAX),
    incarnations: isSameStore ? memory.incarnations : moveToFront(memory.incarnations, caller.incarnation),
    inheritedPending: isSameStore ? memory.inheritedPending : known.sessionsPending,
  };
}

/** Whether an operation carries a number that was settled for another one: two installations count with one counter. */
export function isNumberReused(memory: DeviceMemory, seq: number): boolean {
  const [now] = memory.incarnations;
  return now !== undefined && seq <= now.settledSeq && seq > (now.unknownSeq ?? 0) && !now.refusedSeqs.includes(seq);
}

/** The memory after these numbers were settled and those refused. The same object when nothing changed. @param told numbers of mere news. */
export function rememberSeqs(memory: DeviceMemory, settled: readonly number[], refused: readonly number[], told: readonly number[] = []): DeviceMemory {
  const [now, ...others] = memory.incarnations;
  if (now === undefined || settled.length + refused.length + told.length === 0) return memory;
  const gone = new Set([...settled, ...told]);
  const settledSeq = Math.max(now.settledSeq, ...settled);
  const passed = passedOver(now.settledSeq, settledSeq, new Set([...gone, ...refused]));
  const all = [...new Set([...now.refusedSeqs, ...passed.slice(0, PASSED_OVER_MAX), ...refused])].filter((seq) => !gone.has(seq)).sort((a, b) => a - b);
  const refusedSeqs = all.slice(-REFUSED_MAX);
  if (settledSeq === now.settledSeq && refusedSeqs.join() === now.refusedSeqs.join()) return memory;
  const unknownSeq = Math.max(now.unknownSeq ?? 0, all.at(-REFUSED_MAX - 1) ?? 0, passed[PASSED_OVER_MAX] ?? 0);
  return { ...memory, incarnations: [{ ...now, settledSeq, refusedSeqs, ...(unknownSeq === 0 ? {} : { unknownSeq }) }, ...others] };
}

/** Numbers between two that nothing was heard of: the latest first, and one more than are remembered. */
function passedOver(before: number, after: number, heard: ReadonlySet<number>): readonly number[] {
  const passed: number[] = [];
  for (let seq = after - 1; seq > before && passed.length <= PASSED_OVER_MAX; seq -= 1) if (!heard.has(seq)) passed.push(seq);
  return passed;
}

/** Once a device follows a cursor it has read an answer, and with it what was inherited. */
export function forgetInheritance(memory: DeviceMemory, hasCursor: boolean): DeviceMemory {
  return hasCursor && memory.inheritedPending !== null ? { ...memory, inheritedPending: null } : memory;
}

function newIncarnation(id: string): Incarnation {
  return { id, settledSeq: 0, refusedSeqs: [] };
}

function moveToFront(incarnations: readonly Incarnation[], id: string): readonly Incarnation[] {
  const returning = incarnations.find((incarnation) => incarnation.id === id) ?? newIncarnation(id);
  return [returning, ...incarnations.filter((incarnation) => incarnation.id !== id)].slice(0, INCARNATIONS_MAX);
}
