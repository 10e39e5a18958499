import { createHash, createHmac } from 'node:crypto';
import { SignJWT, generateKeyPair } from 'jose';
import { describe, expect, it } from 'vitest';
import { jwtTokens } from './jwt-tokens.ts';

const SECRET = 'kJ3nq0v8sVY2c1wq7xLzT5uR9eHbGd4A';
const NOW = Date.UTC(2025, 7, 24, 15, 30);
const CLAIMS = { userId: 'u-1', sid: 's-1', tokenId: 't-1', issuedAt: NOW, expiresAt: NOW + 60_000 };
const tokens = jwtTokens(SECRET, null);
const KEY = createHash('sha256').update('syncline access token key\0').update(SECRET).digest();
const KID = createHash('sha256').update(KEY).digest('base64url').slice(0, 8);

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const HEADER = { alg: 'HS256', typ: 'at+jwt', kid: KID };
const second = Math.floor(NOW / 1000);
const PAYLOAD = { iss: 'syncline', aud: 'syncline-api', sub: 'u-1', sid: 's-1', jti: 't-1', iat: second, nbf: second, exp: second + 60 };

/** A token signed with the true key, whatever it says. */
function forge(header: object, payload: object, key: Buffer = KEY, hash = 'sha256'): string {
  const signed = `${encode(header)}.${encode(payload)}`;
  return `${signed}.${createHmac(hash, key).update(signed).digest('base64url')}`;
}

const without = (name: keyof typeof PAYLOAD): object => Object.fromEntries(Object.entries(PAYLOAD).filter(([key]) => key !== name));

describe('access tokens', () => {
  it('[S-02] come back as the claims they were made of', async () => {
    expect(await tokens.verify(await tokens.sign(CLAIMS), NOW)).toEqual(CLAIMS);
    expect(await tokens.verify(forge(HEADER, PAYLOAD), NOW)).not.toBeNull();
  });

  it('[S-02] of the key before are accepted while it is known, and of no other', async () => {
    const old = await jwtTokens('an earlier key, long enough to be one', null).sign(CLAIMS);
    expect(await jwtTokens(SECRET, 'an earlier key, long enough to be one').verify(old, NOW)).toEqual(CLAIMS);
    expect(await tokens.verify(old, NOW)).toBeNull();
  });

  it.each<[string, () => string | Promise<string>]>([
    ['no algorithm', () => `${encode({ ...HEADER, alg: 'none' })}.${encode(PAYLOAD)}.`],
    ['no algorithm, signed', () => forge({ ...HEADER, alg: 'none' }, PAYLOAD)],
    ['the algorithm left out', () => forge({ typ: 'at+jwt', kid: KID }, PAYLOAD)],
    ['another HMAC', () => forge({ ...HEADER, alg: 'HS512' }, PAYLOAD, KEY, 'sha512')],
    ['another HMAC than it says', () => forge({ ...HEADER, alg: 'HS512' }, PAYLOAD)],
    ['an RSA signature', async () => new SignJWT(PAYLOAD).setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: KID }).sign((await generateKeyPair('RS256')).privateKey)],
    ['another type', () => forge({ ...HEADER, typ: 'JWT' }, PAYLOAD)],
    ['no type', () => forge({ alg: 'HS256', kid: KID }, PAYLOAD)],
    ['no key id', () => forge({ alg: 'HS256', typ: 'at+jwt' }, PAYLOAD)],
    ['an unknown key id', () => forge({ ...HEADER, kid: 'another!' }, PAYLOAD)],
    ['a key in its header', () => forge({ ...HEADER, jwk: { kty: 'oct', k: KEY.toString('base64url') } }, PAYLOAD)],
    ['the address of a key', () => forge({ ...HEADER, jku: 'https://evil.example/keys' }, PAYLOAD)],
    ['the address of a certificate', () => forge({ ...HEADER, x5u: 'https://evil.example/cert' }, PAYLOAD)],
    ['a critical extension', () => forge({ ...HEADER, crit: ['b64'], b64: true }, PAYLOAD)],
    ['another key', () => forge(HEADER, PAYLOAD, Buffer.alloc(32, 7))],
    ['another issuer', () => forge(HEADER, { ...PAYLOAD, iss: 'elsewhere' })],
    ['another audience', () => forge(HEADER, { ...PAYLOAD, aud: 'another-api' })],
    ['a past end', () => forge(HEADER, { ...PAYLOAD, exp: second - 1 })],
    ['a start to come', () => forge(HEADER, { ...PAYLOAD, nbf: second + 61 })],
    ['an end that is no number', () => forge(HEADER, { ...PAYLOAD, exp: '9999999999' })],
    ['a subject that is no text', () => forge(HEADER, { ...PAYLOAD, sub: { $ne: '' } })],
    ['an empty subject', () => forge(HEADER, { ...PAYLOAD, sub: '' })],
    ['a header of 8 kB', () => forge({ ...HEADER, pad: 'x'.repeat(8192) }, PAYLOAD)],
    ['a list as payload', () => forge(HEADER, [PAYLOAD])],
    ['nothing in it', () => ''],
    ['two dots', () => '..'],
    ['odd characters', () => 'ÿ.ÿ.ÿ'],
  ])('[S-02] with %s are refused', async (_, make) => {
    expect(await tokens.verify(await make(), NOW)).toBeNull();
  });

  it.each(['iss', 'aud', 'sub', 'sid', 'jti', 'iat', 'nbf', 'exp'] as const)('[S-02] without %s are refused', async (claim) => {
    expect(await tokens.verify(forge(HEADER, without(claim)), NOW)).toBeNull();
  });

  it('[S-02] end at their instant', async () => {
    const token = await tokens.sign(CLAIMS);
    expect(await tokens.verify(token, NOW + 59_999)).not.toBeNull();
    expect(await tokens.verify(token, NOW + 60_000)).toBeNull();
  });

  it('[S-02] seen before are looked at for their time again, by every reading of the clock', async () => {
    const token = forge(HEADER, PAYLOAD);
    const ask = async (now: number): Promise<boolean> => (await tokens.verify(token, now)) !== null;
    const ends = second * 1000 + 60_000;
    expect([await ask(NOW), await ask(NOW - 1001), await ask(ends - 1), await ask(ends), await ask(NOW)]).toEqual([true, false, true, false, true]);
    expect(await tokens.verify(`${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`, NOW)).toBeNull();
  });

  it('[S-02] with any one character changed are refused, 10,000 times out of 10,000', async () => {
    const token = await tokens.sign(CLAIMS);
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.';
    // The last character carries two spare bits, so some of its neighbours decode to the same signature.
    const length = token.length - 1;
    let accepted = 0;
    for (let index = 0; index < 10_000; index += 1) {
      const at = index % length;
      const current = alphabet.indexOf(token[at] ?? '');
      const changed = alphabet[(current + 1 + (Math.floor(index / length) % (alphabet.length - 1))) % alphabet.length] ?? '';
      if ((await tokens.verify(token.slice(0, at) + changed + token.slice(at + 1), NOW)) !== null) accepted += 1;
    }
    expect(accepted).toBe(0);
  });
});
