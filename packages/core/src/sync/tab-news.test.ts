import { describe, expect, it } from 'vitest';
import { joinTabNews, parseTabNews, tabNewsOf } from './tab-news.ts';

const at = (version: number) => ({ version, by: `tab ${version}` });
const put = (table: 'operations' | 'history' | 'meta', key: string | number) => ({ kind: 'put', table, key, value: 1 }) as const;

describe('what a tab tells the others', () => {
  it('names the rows that it wrote and that others hold, but for the head, which they read anyway', () => {
    expect(tabNewsOf(at(7), [put('operations', 3), put('history', 1), put('meta', 'sync'), put('meta', 'head')])).toEqual({ v: 7, by: 'tab 7', since: 6, rows: [['operations', 3], ['meta', 'sync']] });
  });

  it('names none where it removed a range, or wrote many', () => {
    expect(tabNewsOf(at(7), [{ kind: 'deleteRange', table: 'operations', from: 1, to: 9 }])).toEqual({ v: 7 });
    expect(tabNewsOf(at(7), Array.from({ length: 33 }, (_, i) => put('operations', i)))).toEqual({ v: 7 });
  });

  it('joins what follows without a gap, and nothing else', () => {
    const [first, second, far] = [tabNewsOf(at(7), [put('operations', 1)]), tabNewsOf(at(8), [put('operations', 2)]), tabNewsOf(at(10), [put('operations', 3)])];
    expect(joinTabNews(first, second)).toEqual({ v: 8, by: 'tab 8', since: 6, rows: [['operations', 1], ['operations', 2]] });
    expect(joinTabNews(first, far)).toEqual({ v: 10 });
    expect(joinTabNews({ v: 9 }, second)).toEqual({ v: 9 });
    expect(joinTabNews(null, second)).toBe(second);
  });

  it('is believed only where it is whole', () => {
    const news = tabNewsOf(at(7), [put('operations', 1)]);
    expect(parseTabNews(structuredClone(news))).toEqual(news);
    for (const rows of [undefined, 1, [1], [['nowhere', 1]], [['operations', {}]], Array.from({ length: 40 }, () => ['operations', 1])]) {
      expect(parseTabNews({ v: 7, by: 'tab 7', since: 6, rows })).toEqual({ v: 7 });
    }
    expect(parseTabNews({ ...news, by: undefined })).toEqual({ v: 7 });
    for (const message of [null, 7, {}, { v: 'x' }]) expect(parseTabNews(message)).toBeNull();
  });
});
