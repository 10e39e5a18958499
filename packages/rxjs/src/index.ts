// @syncline/rxjs: the engine's Sources as RxJS Observables.
export { calm } from './calm.ts';
export { fromSource } from './from-source.ts';
export { conflicts$, devices$, elsewhere$, journal$, pending$, preferences$, running$, sessions$, status$, streams } from './streams.ts';
export type { Streams } from './streams.ts';
