import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nameProblem, textProblem, utf8Length } from './text.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 60 });
/** Code units drawn alone, so that halves of surrogate pairs turn up. */
const anyUnits = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0xd7f0, max: 0xe010 }), fc.integer({ min: 0, max: 0xffff })), { maxLength: 20 })
  .map((units) => String.fromCharCode(...units));

describe('utf8Length', () => {
  it('counts what the platform would encode', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, anyUnits), (text) => {
        expect(utf8Length(text)).toBe(Buffer.byteLength(text, 'utf8'));
      }),
    );
  });
});

describe('textProblem', () => {
  it('lets a text of exactly the cap pass and one byte more not, in every script', () => {
    for (const unit of ['a', 'é', '語', '🍅']) {
      const size = Buffer.byteLength(unit);
      const fitting = unit.repeat(Math.floor(4096 / size)) + 'x'.repeat(4096 % size);
      expect(textProblem(fitting, 4096)).toBeNull();
      expect(textProblem(`${fitting}x`, 4096)).toContain('4096 bytes');
    }
  });

  it('refuses exactly what cannot be stored unchanged', () => {
    fc.assert(
      fc.property(anyUnits, (text) => {
        const isStorable = Buffer.from(text, 'utf8').toString('utf8') === text && !text.includes('\0');
        expect(textProblem(text, 1000) === null).toBe(isStorable);
      }),
    );
  });

  it('refuses the empty text only where something must stand', () => {
    expect(textProblem('', 10)).toBeNull();
    expect(textProblem('', 10, 1)).toBe('must not be empty');
  });

  it('refuses a name of blanks only', () => {
    expect(['a', ' a ', ''].map((text) => nameProblem(text, 10))).toEqual([null, null, 'must not be empty']);
    expect(['  ', '\t\n', '\u00a0\u2003'].map((text) => nameProblem(text, 10))).toEqual(Array.from({ length: 3 }, () => 'must not be empty'));
    expect(nameProblem(' a ', 2)).toContain('at most 2 bytes');
  });
});
