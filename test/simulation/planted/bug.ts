// Bugs planted one at a time to test the simulator, each a piece of the sources and what stands there instead.

export interface PlantedBug {
  readonly id: string;
  /** Rows of docs/SPEC.md whose handling it takes out. */
  readonly rows: readonly string[];
  /** Path below the repository's root. */
  readonly file: string;
  /** Text that is there exactly once. */
  readonly find: string;
  readonly replace: string;
  /** What it does wrong. */
  readonly says: string;
  /** Name of a plan that once failed and meets it; where drawn worlds meet it too seldom. */
  readonly plan?: string | undefined;
}
