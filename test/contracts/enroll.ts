// Holds one implementation of a port to the contract of that port. The registry test looks for these calls.
import type { ContractCase } from '@syncline/core/testing';
import { describe, expect, it } from 'vitest';

/** `file` is the implementation's, below `packages/core/src`. */
export function enroll(file: string, cases: readonly ContractCase[]): void {
  describe.each([file])('%s', () => {
    it.each(cases)('$name', async ({ run }) => {
      await expect(run()).resolves.toBeUndefined();
    });
  });
}
