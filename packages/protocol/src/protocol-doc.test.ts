import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ERRORS } from './errors.ts';
import { LIMITS } from './rules/limits.ts';
import { CALLS } from './wire/calls.ts';
import { OPERATION_TYPES } from './wire/operations.ts';

const text = readFileSync(new URL('../../../docs/PROTOCOL.md', import.meta.url), 'utf8');

/** The rows of the first table below a heading, without its head, each cell trimmed. */
function rowsBelow(heading: string): string[][] {
  const lines = text.slice(text.indexOf(`\n${heading}\n`)).split('\n');
  const first = lines.findIndex((line) => line.startsWith('| '));
  const rows: string[][] = [];
  for (const line of lines.slice(first + 2)) {
    if (!line.startsWith('| ')) break;
    rows.push(line.slice(1, -1).split('|').map((cell) => cell.trim()));
  }
  return rows;
}

describe('docs/PROTOCOL.md', () => {
  it('lists every error as the code has it, in the same order', () => {
    const coded = Object.entries(ERRORS).map(([code, entry]) => [`\`${code}\``, String(entry.status), entry.retry, entry.message]);
    expect(rowsBelow('## Errors')).toEqual(coded);
  });

  it('lists every call as the code has it, in the same order', () => {
    const coded = Object.values(CALLS).map((call) => [
      `\`${call.method} ${call.path}\``, call.auth, String(call.success), call.capability === null ? 'documented' : `\`${call.capability}\``,
    ]);
    expect(rowsBelow('## Calls')).toEqual(coded);
  });

  it('prints the caps that the code has', () => {
    const rows = rowsBelow('## Caps');
    expect(rows.length).toBeGreaterThan(30);
    for (const [name = '', value = ''] of rows) expect([name, String(Reflect.get(LIMITS, name.slice(1, -1)))]).toEqual([name, value]);
  });

  it('describes every operation', () => {
    expect(rowsBelow('**Operations**').map(([type]) => type)).toEqual(OPERATION_TYPES.map((type) => `\`${type}\``));
  });
});
