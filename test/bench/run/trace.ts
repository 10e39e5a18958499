// Chromium's own record of what its threads ran.
import type { BrowserContext, Page } from 'playwright';

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Processor time of this thread, in microseconds. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** Resolves to a function that ends the trace and hands over its events. */
export async function startTrace(context: BrowserContext, page: Page): Promise<() => Promise<readonly TraceEvent[]>> {
  const session = await context.newCDPSession(page);
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => void events.push(...(value as unknown as TraceEvent[])));
  await session.send('Tracing.start', { categories: 'toplevel,__metadata', transferMode: 'ReportEvents' });
  return async () => {
    const done = new Promise<void>((resolve) => void session.once('Tracing.tracingComplete', () => resolve()));
    await session.send('Tracing.end');
    await done;
    await session.detach();
    return events;
  };
}

/** Milliseconds of processor time of the longest task on a page's main thread. */
export function longestTask(events: readonly TraceEvent[]): number {
  const main = new Set(events.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain').map(({ pid, tid }) => `${pid}:${tid}`));
  if (main.size === 0) throw new Error('the trace names no main thread');
  const tasks = events.filter(({ ph, pid, tid, tdur }) => ph === 'X' && tdur !== undefined && main.has(`${pid}:${tid}`));
  if (tasks.length === 0) throw new Error('the trace holds no task');
  return tasks.reduce((longest, { tdur = 0 }) => Math.max(longest, tdur / 1000), 0);
}
