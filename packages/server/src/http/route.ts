// The shape of one call, as the routes write it and the app serves it. Types only.
// A route never sees sockets, raw bodies or tokens: by then the caller is known and the input has passed its schema.
import type { CallName, FieldIssue } from '@syncline/protocol';
import type { AppConfig } from '../config.ts';
import type { ServerPorts } from '../ports.ts';
import type { StreamHub } from '../stream/stream-hub.ts';
import type { UserCounts } from './user-counts.ts';

/** Who calls, as the access token says it and the login store confirmed. */
export interface SignedIn {
  readonly userId: string;
  /** The login this token belongs to. */
  readonly sid: string;
  /** When the token ends. */
  readonly expiresAt: number;
  /** Whether the login still stands, asked later. */
  readonly stands: () => Promise<boolean>;
  /** Looks at the login itself, whatever is believed of it. @throws Problem `token_invalid`, or `gone` when that device was forgotten. */
  readonly admit: (deviceId: string) => Promise<void>;
  /** Remembers that this device used the login. */
  readonly usedBy: (deviceId: string) => Promise<void>;
}

/** Answers that go on after their call is counted no more. */
export interface OpenAnswers {
  readonly streams: StreamHub;
  /** Exports that are being read, or wait for their reader with a page in memory. */
  readonly exports: UserCounts;
}

export interface RouteInput {
  readonly ports: ServerPorts;
  readonly config: AppConfig;
  readonly user: SignedIn;
  readonly open: OpenAnswers;
  /** What the call's request schema made of the body; undefined where the call has none. */
  readonly body: unknown;
  /** What the call's query schema made of the address; an empty object where the call has none. */
  readonly query: unknown;
  /** What stands for the parts in braces of the call's path. */
  readonly params: Readonly<Record<string, string>>;
  readonly headers: Headers;
  readonly requestId: string;
  /** One reading of the clock for the whole request, in milliseconds since the epoch. */
  readonly now: number;
  /** Told of a login that has just ended, so that its tokens end with it. */
  readonly onRevoked: (sid: string) => void;
}

export interface RouteAnswer {
  readonly status: number;
  /** Sent as JSON. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

export interface Route {
  /** Key of the call in the protocol's table; method, path, schemas and caps come from there. */
  readonly call: CallName;
  /**
   * Looks at the JSON body in place of the call's schema, where more is to be said than a schema can.
   * @throws Problem for a body that cannot be used.
   */
  parseBody?(body: unknown, now: number): unknown;
  handle(input: RouteInput): Promise<RouteAnswer>;
}

/** What a call sees that needs no access token. */
export interface OpenInput extends Omit<RouteInput, 'user' | 'query' | 'open'> {
  /** Origin under which the caller's browser sees this server. */
  readonly origin: string;
  /** The caller's network address, or null where there is none. */
  readonly address: string | null;
}

export interface OpenRoute {
  readonly call: CallName;
  handle(input: OpenInput): Promise<RouteAnswer>;
}

/** Details of a refusal beyond its code. */
export interface ProblemExtra {
  /** Replaces the code's own line of text. */
  readonly message?: string | undefined;
  /** One entry for each faulty field. */
  readonly details?: readonly FieldIssue[] | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Further fields of the answer, for example the stored record of a 409. */
  readonly fields?: Readonly<Record<string, unknown>> | undefined;
}
