// What an app can export when something looks wrong. Types only.

/** One request this tab made. */
export interface DiagnosticRequest {
  /** When it was sent, ms since the epoch by this device's clock. */
  readonly at: number;
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  /** Status of the answer, or why there was none. */
  readonly outcome: number | string;
  /** Milliseconds until it was there. */
  readonly ms: number;
  /** Characters of body each way. */
  readonly sent: number;
  readonly received: number;
}

/**
 * The statuses this tab showed lately, each with everything it was derived from, and the requests it made: at most 200 of each, plain JSON,
 * made to be sent to somebody. It holds ids, times, counts and codes; no token, note, project, category, name or message.
 */
export interface Diagnostics {
  readonly format: 1;
  readonly exported_at: string;
  /** How many statuses this tab showed; `steps` are the last of them. */
  readonly shown: number;
  /** Oldest first. For `verifyDiagnostics` of `@syncline/core/diagnostics`, not to be read by apps. */
  readonly steps: readonly { readonly n: number; readonly at: number; readonly input: unknown; readonly status: unknown }[];
  /** Oldest first. */
  readonly requests: readonly DiagnosticRequest[];
}
