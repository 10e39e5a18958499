import { describe, expect, it } from 'vitest';
import { firstAuthor, readAnnotation, writeFirstState } from './annotations.ts';

const id = '0f8fad5b-d9cb-469f-a165-70867728950e';

describe('the document of an edited session', () => {
  it('[D04] begins under one author for equal content, and another for any other', () => {
    const first = firstAuthor(id, { note: 'a', tags: ['b'] });
    expect(firstAuthor(id, { note: 'a', tags: ['b'] })).toBe(first);
    expect(Number.isSafeInteger(first)).toBe(true);
    const others = [
      firstAuthor(id, { note: 'b', tags: ['a'] }), firstAuthor(id, { note: 'a', tags: [] }), firstAuthor(id, { note: '', tags: ['a', 'b'] }),
      firstAuthor(id.replace('0', '1'), { note: 'a', tags: ['b'] }),
    ];
    expect(new Set([first, ...others]).size).toBe(5);
  });

  it('writes what is there and nothing else', () => {
    const written: unknown[] = [];
    const roots = { note: { insert: (...args: unknown[]) => written.push(args) }, tags: { push: (tags: string[]) => written.push(tags) } };
    writeFirstState(roots, { note: '', tags: [] });
    expect(written).toEqual([]);
    writeFirstState(roots, { note: 'n', tags: ['t'] });
    expect(written).toEqual([[0, 'n'], ['t']]);
  });

  it('shows a merged note up to its limit, in whole characters', () => {
    expect(readAnnotation('short', []).note).toBe('short');
    expect(readAnnotation('x'.repeat(4095) + 'é', []).note).toBe('x'.repeat(4095));
    expect(readAnnotation('x'.repeat(4094) + 'é!', []).note).toBe(`${'x'.repeat(4094)}é`);
    expect(readAnnotation('😀'.repeat(2000), []).note).toBe('😀'.repeat(1024));
    expect(readAnnotation('a\0b\uD800c', []).note).toBe('a\uFFFDb\uFFFDc');
  });

  it('shows each tag once, at most sixteen, and nothing that is no tag', () => {
    expect(readAnnotation('', ['a', 'b', 'a', '', 7, null, 'x'.repeat(65), { a: 1 }]).tags).toEqual(['a', 'b']);
    const many = Array.from({ length: 20 }, (_, i) => `t${i}`);
    expect(readAnnotation('', many).tags).toEqual(many.slice(0, 16));
  });
});
