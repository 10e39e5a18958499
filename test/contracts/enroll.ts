// Holds one implementation of a port to the contract of that port. The registry test looks for these calls.
import type { ContractCase } from '@syncline/core/testing';
import { describe, it } from 'vitest';

/** `file` is the implementation's, below `packages/core/src`. */
export function enroll(file: string, cases: readonly ContractCase[]): void {
  describe(file, () => {
    for (const { name, run } of cases) it(name, run);
  });
}
