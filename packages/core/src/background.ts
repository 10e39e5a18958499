// @syncline/core/background: sends what waits after the last page was closed, where the browser wakes a service worker for it.
export { guardClosing, type GuardOptions } from './background/close-guard.ts';
export { drainInBackground, type DrainOptions } from './background/drain.ts';
export { tagOfUser, userOfTag } from './background/tag.ts';
export { type Waking, type WakingOptions, type WakingRegistration, type WakingWord, wakeInBackground } from './background/wake.ts';
