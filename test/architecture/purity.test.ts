import { describe, expect, it } from 'vitest';
import { isPure, purityFaults } from './purity-rules.ts';
import { parse, readSources } from './sources.ts';

it('pure files touch nothing outside themselves', () => {
  expect(readSources('packages').filter(isPure).flatMap(purityFaults)).toEqual([]);
});

describe('the rules notice', () => {
  it.each([
    'const now = () => new Date();',
    'const now = () => Date();',
    'const hour = (at: Date) => at.getHours();',
    'const text = (at: Date) => at.toLocaleString();',
    'let count = 0;',
    'export let count = 0;',
    'const seen = new Map<string, number>();',
    'export const waiting: string[] = [];',
    'const byId: Record<string, string> = {};',
    "import { readFileSync } from 'node:fs';",
    "import { createHash, randomUUID } from 'node:crypto';",
  ])('%s', (text) => {
    expect(purityFaults(parse('packages/core/src/sync/a.ts', text))).toHaveLength(1);
  });

  it('and let the intended pass', () => {
    const text = "import { createHash } from 'node:crypto'; const words = new Set(['a']); const none: readonly string[] = []; const calm: Faults = {}; const at = new Date(0).getUTCHours(); function f() { let n = 0; const m = new Map(); return [n, m]; }";
    expect(purityFaults(parse('packages/server/src/auth/a.ts', text))).toEqual([]);
  });
});

it.each([
  ['packages/protocol/src/rules/status.ts', true],
  ['packages/core/src/sync/push.ts', true],
  ['packages/core/src/testing/clock.ts', true],
  ['packages/core/src/adapters/dexie-store.ts', false],
  ['packages/server/src/routes/status.ts', true],
  ['packages/server/src/main.ts', false],
  ['packages/server/src/store/sql/sessions.ts', false],
  ['packages/server/src/store/memory/sessions.ts', true],
])('%s is pure: %s', (path, expected) => {
  expect(isPure(parse(path, ''))).toBe(expected);
});
