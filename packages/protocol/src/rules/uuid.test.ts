import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalUuid } from './uuid.ts';

describe('canonicalUuid', () => {
  it('gives every text form of one id the same lower-case form, whatever the version', () => {
    const anyHex = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(anyHex, fc.func(fc.boolean()), (hex, isUpper) => {
        const id = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
        const mixed = [...id].map((unit, i) => (isUpper(i) ? unit.toUpperCase() : unit)).join('');
        expect(canonicalUuid(mixed)).toBe(id);
        expect(canonicalUuid(`URN:uuid:${mixed}`)).toBe(id);
      }),
    );
  });

  it.each([
    '', 'uuid-1', 'f81d4fae7dec41d0a76500a0c91e6bf6', '{f81d4fae-7dec-41d0-a765-00a0c91e6bf6}',
    'f81d4fae-7dec-41d0-a765-00a0c91e6bf', 'f81d4fae-7dec-41d0-a765-00a0c91e6bf6 ', 'g81d4fae-7dec-41d0-a765-00a0c91e6bf6',
    'f81d4fae-7dec-41d0-a76500-a0c91e6bf6', 'f81d4fae_7dec_41d0_a765_00a0c91e6bf6', 'f81d4fae-7dec-41d0-a765-00a0c91e6bfK',
    'uuid:urn:f81d4fae-7dec-41d0-a765-00a0c91e6bf6', 'urn:uuid:urn:uuid:f81d4fae-7dec-41d0-a765',
  ])('refuses %j', (text) => {
    expect(canonicalUuid(text)).toBeNull();
  });
});
