import { expect, it } from 'vitest';
import { storeError } from '../store/store-error.ts';
import { because } from './because.ts';

it.each<[string, unknown]>([
  ['It failed: no such host.', new Error('no such host')],
  ['It failed: no such host.', storeError('unavailable', new Error('no such host.'))],
  ['It failed: ECONNREFUSED.', Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' })],
  ["It failed: { errno: 2 }.", storeError('unavailable', { errno: 2 })],
])('an error in words says at its end what went wrong underneath: %s', (words, cause) => {
  const error = because('It failed', cause);
  expect([error.message, error.cause]).toEqual([words, cause]);
});
