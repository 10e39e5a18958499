// What a world needs of a server: the app itself, what it truly stores, and ways to break it. Handed in from outside, so that the
// simulator never imports a server.

import type { TruePreferences } from './preferences.ts';

/** A session as the server truly stores it. */
export interface TrueSession {
  readonly id: string;
  readonly start: number;
  readonly end: number;
  readonly category: string;
  readonly project: string;
  readonly note: string;
  readonly cancelled: boolean;
}

export interface SimServer {
  /** The real app. */
  readonly app: (request: Request) => Promise<Response>;
  /** Everything committed for that user. */
  stored(userId: string): readonly TrueSession[];
  /** That user's preferences as committed. */
  preferences(userId: string): TruePreferences;
  /** The next write dies there; the caller sees a connection that broke. */
  crashNext(point: 'before-commit' | 'after-commit'): void;
  setAvailable(available: boolean): void;
  save(): void;
  restore(): void;
}

/** How a world makes its server. */
export interface SimServerOptions {
  readonly now: () => number;
  /** Calls later, by the server's clock. */
  readonly after: (ms: number, run: () => void) => () => void;
  readonly uuid: () => string;
  readonly userIds: readonly string[];
  /** Whose token it is, and until when it is good; null for no token of this world. */
  readonly readToken: (token: string) => { readonly userId: string; readonly expiresAt: number } | null;
}

export type SimServerFactory = (options: SimServerOptions) => Promise<SimServer>;
