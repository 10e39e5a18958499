// Where preferences plug into the engine. The engine knows this much of them and no more, so that an app without them carries none of it.
import type { PreferencesExchange } from '@syncline/protocol';
import type { PreferencesApi, PreferencesPlugin } from '../api-preferences.ts';
import type { Clock, Ids } from '../ports.ts';
import type { Local } from './local.ts';
import type { Plan } from './plan.ts';
import type { Halt } from './answer.ts';
import type { ServerCalls } from './server-calls.ts';

/** What the engine lends. */
export interface PreferencesHost {
  readonly local: Local;
  readonly calls: ServerCalls;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly deviceId: string;
  /** Its id, and the one it had before another installation was found to use that. */
  readonly ownIds: readonly string[];
  /** Whether the exchange carries preferences with this server; otherwise the documented calls do. */
  readonly usesExchange: () => boolean;
  /** Throws once the engine is closed. */
  readonly check: () => void;
  /** Something was set here, durably: there is work. */
  readonly onSet: () => void;
  /** What is stored was read, or changed: perhaps there is work. */
  readonly onLoaded: () => void;
}

export interface PreferencesPart {
  readonly api: PreferencesApi;
  /** Reads what is stored; before anything else. */
  open(): Promise<void>;
  /** The view moved: perhaps another tab changed something. */
  follow(): void;
  close(): void;

  /** When a round of either kind is due for preferences; null for never without news. */
  dueAt(now: number): number | null;
  /**
   * One round over the documented calls. Null when it could go on, whatever it came to; `faltered` when its answer proves nothing of the server.
   * @param term of the leader that makes it; what an older one hears is older than what is known.
   */
  sync(term: number, signal: AbortSignal): Promise<Halt | 'faltered' | null>;

  /** A person wants to sync now: pauses of our own making end. */
  wish(): Promise<void>;
  /** What the next exchange carries, after it was made durable; undefined when nothing needs to be said. */
  outgoing(): Promise<PreferencesExchange | undefined>;
  /** What an answered exchange said of preferences, undefined included, to be committed with the rest of its answer. Trusts nothing in it. */
  incoming(answer: unknown): Plan<void>;
}

/** The one kind of plug-in there is. */
export interface PreferencesFactory extends PreferencesPlugin {
  readonly create: (host: PreferencesHost) => PreferencesPart;
}

export function isPreferencesFactory(plugin: Partial<PreferencesFactory> | undefined): plugin is PreferencesFactory {
  return plugin?.kind === 'preferences' && typeof plugin.create === 'function';
}
