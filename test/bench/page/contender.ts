// What every store under test has to do. A contender that skips one of these is no rival: the works check each answer.

export interface BenchSession {
  readonly id: string;
  readonly startTime: number;
  readonly endTime: number;
  readonly category: string;
  readonly project: string;
  readonly note: string;
  readonly deviceId: string;
}

/** How many sessions overlap a span, and the sum of their starts: as good as their list, and cheap to compare. */
export interface Overlapping {
  readonly count: number;
  readonly sum: number;
}

export interface Contender {
  /** What a resolved `write` survives. */
  readonly durability: 'strict' | 'relaxed';
  open(): Promise<void>;
  /** Takes in sessions that the server has, as many as there are at once. Durable when it resolves. */
  fill(sessions: readonly BenchSession[]): Promise<void>;
  /** Pairs that overlap in what `fill` took in; only where the contender can tell. */
  pairs?(): Promise<number>;
  /** Records one session that the server has not seen; a store that mints ids may mint another one. */
  write(session: BenchSession): Promise<unknown>;
  /** How many sessions wait for the server. */
  pending(): Promise<number> | number;
  /** When those started. */
  listPending(): Promise<readonly number[]>;
  /** How many of the newest hundred sessions it lists; only where a list goes through history. */
  newest?(): Promise<number>;
  /** Anything that has to happen before the first `overlapping` and is not part of it. */
  beforeOverlapping?(): Promise<void>;
  overlapping(from: number, to: number): Promise<Overlapping> | Overlapping;
  /** Anything that has to happen before `acknowledge` and is not part of it. */
  beforeAcknowledge?(): Promise<void>;
  /** The server has the `count` oldest pending sessions. */
  acknowledge(count: number): Promise<void>;
  /** Calls back with the number of pending sessions after each change, whoever made it. */
  observe?(listener: (pending: number) => void): Promise<void>;
  /** The pure computing of a status, in milliseconds; only where there is one. */
  computeStatus?(): number;
  close(): Promise<void>;
}
