// What every lifecycle promises the engine.
import type { Lifecycle, LifecycleEvent } from '../../ports.ts';
import { casesOf, checkEqual, type ContractCase, type ContractWorld } from './contract-case.ts';

export interface LifecycleWorld extends ContractWorld {
  readonly lifecycle: Lifecycle;
  /** Makes it happen to the page. */
  cause(event: LifecycleEvent): void;
}

const EVENTS: readonly LifecycleEvent[] = ['hidden', 'visible', 'offline', 'online', 'hidden', 'freeze', 'resume', 'pagehide', 'pageshow', 'visible'];

const bodies: Record<string, (world: LifecycleWorld) => Promise<void>> = {
  'a page begins visible and online': async ({ lifecycle }) => {
    checkEqual([lifecycle.visible(), lifecycle.online()], [true, true]);
  },
  'tells everything that happens, once, in order': async ({ lifecycle, cause }) => {
    const heard: LifecycleEvent[] = [];
    const stop = lifecycle.subscribe((event) => heard.push(event));
    for (const event of EVENTS) cause(event);
    stop();
    checkEqual(heard, EVENTS);
  },
  'answers what was last told': async ({ lifecycle, cause }) => {
    const answers: (readonly [boolean, boolean])[] = [];
    for (const event of ['hidden', 'offline', 'visible', 'online'] as const) {
      cause(event);
      answers.push([lifecycle.visible(), lifecycle.online()]);
    }
    checkEqual(answers, [[false, true], [false, false], [true, false], [true, true]]);
  },
  'knows the new answer before it tells': async ({ lifecycle, cause }) => {
    const answers: boolean[] = [];
    const stop = lifecycle.subscribe((event) => answers.push(event === 'hidden' || event === 'visible' ? lifecycle.visible() : lifecycle.online()));
    for (const event of ['hidden', 'visible', 'offline', 'online'] as const) cause(event);
    stop();
    checkEqual(answers, [false, true, false, true]);
  },
  'two listeners hear, and one that stopped does not': async ({ lifecycle, cause }) => {
    const heard: string[] = [];
    const stop = lifecycle.subscribe(() => heard.push('first'));
    const stopSecond = lifecycle.subscribe(() => heard.push('second'));
    cause('offline');
    stop();
    stop();
    cause('online');
    stopSecond();
    cause('offline');
    checkEqual(heard, ['first', 'second', 'second']);
  },
};

/** The contract of the lifecycle port. */
export function lifecycleContract(createWorld: () => LifecycleWorld | Promise<LifecycleWorld>): readonly ContractCase[] {
  return casesOf(createWorld, bodies);
}
