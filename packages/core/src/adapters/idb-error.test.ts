import { describe, expect, it } from 'vitest';
import { createStoreError } from '../store-error.ts';
import { storeErrorFrom } from './idb-error.ts';

const named = (name: string, more: object = {}): Error => Object.assign(new Error('words that mean nothing'), { name, ...more });

describe('storeErrorFrom', () => {
  it.each([
    ['a full disk', named('QuotaExceededError'), 'transaction', 'quota'],
    ['a full disk inside an abort', named('AbortError', { inner: named('QuotaExceededError') }), 'transaction', 'quota'],
    ['a full disk two levels down', named('OpenFailedError', { inner: named('AbortError', { cause: named('QuotaExceededError') }) }), 'open', 'quota'],
    ['a full disk when opening', named('QuotaExceededError'), 'open', 'quota'],
    ['a closing handle', named('InvalidStateError'), 'transaction', 'closed'],
    ['storage switched off', named('InvalidStateError'), 'open', 'unavailable'],
    ['a broken backing store', named('UnknownError'), 'open', 'unavailable'],
    ['no IndexedDB', named('MissingAPIError'), 'open', 'unavailable'],
    ['a newer release', named('VersionError'), 'open', 'newer_version'],
    ['an abort', named('AbortError'), 'transaction', 'aborted'],
    ['a commit too early', named('TransactionInactiveError'), 'transaction', 'aborted'],
    ['something unheard of', named('SomethingNew'), 'transaction', 'unavailable'],
    ['no error at all', 'text', 'transaction', 'unavailable'],
  ] as const)('%s', (_, error, phase, code) => {
    expect(storeErrorFrom(error, phase)).toMatchObject({ name: 'StoreError', code, cause: error });
  });

  it('leaves its own errors alone, and follows no circle for ever', () => {
    const own = createStoreError('blocked', 'x');
    expect(storeErrorFrom(own, 'open')).toBe(own);
    const circle = named('Odd');
    Object.assign(circle, { inner: circle });
    expect(storeErrorFrom(circle, 'open').code).toBe('unavailable');
  });
});
