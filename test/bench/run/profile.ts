// Where a page's time goes: Chromium's sampling profiler, summed by function.
import type { BrowserContext, Page } from 'playwright';

const SAMPLE_US = 50;

interface Profile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: { readonly functionName: string; readonly lineNumber: number } }[];
  readonly samples?: readonly number[];
  readonly timeDeltas?: readonly number[];
}

export interface Share {
  readonly name: string;
  readonly ms: number;
  /** Of the whole time, from 0 to 1. */
  readonly share: number;
}

/** Runs `work` under the profiler. Resolves to the functions that took most time themselves, idle time included. */
export async function profile(context: BrowserContext, page: Page, work: () => Promise<unknown>): Promise<readonly Share[]> {
  const session = await context.newCDPSession(page);
  await session.send('Profiler.enable');
  await session.send('Profiler.setSamplingInterval', { interval: SAMPLE_US });
  await session.send('Profiler.start');
  await work();
  const { profile: found } = await session.send('Profiler.stop');
  await session.detach();
  return sharesOf(found);
}

export function sharesOf({ nodes, samples = [], timeDeltas = [] }: Profile): readonly Share[] {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, callFrame.functionName || `(anonymous, line ${callFrame.lineNumber + 1})`]));
  const byName = new Map<string, number>();
  let whole = 0;
  samples.forEach((id, i) => {
    const ms = (timeDeltas[i] ?? 0) / 1000;
    const name = names.get(id) ?? '?';
    whole += ms;
    byName.set(name, (byName.get(name) ?? 0) + ms);
  });
  return [...byName].map(([name, ms]) => ({ name, ms, share: ms / whole })).toSorted((a, b) => b.ms - a.ms);
}
