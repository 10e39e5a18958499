// Access tokens as JWTs, through `jose`. Algorithm, issuer, audience and type are fixed here and never read from the token.
import { createHash } from 'node:crypto';
import { type JWTPayload, SignJWT, jwtVerify } from 'jose';
import type { TokenClaims, Tokens } from '../ports.ts';

const ALGORITHM = 'HS256';
const ISSUER = 'syncline';
const AUDIENCE = 'syncline-api';
const TYPE = 'at+jwt';
/** Ours have some 400 characters. */
const TOKEN_CHARS_MAX = 1_024;
/** Servers that share a key may disagree by so much about the time. */
const BACKDATED_S = 60;
const HEADER_KEYS: ReadonlySet<string> = new Set(['alg', 'typ', 'kid']);
const CLAIM_TEXT_CHARS_MAX = 64;

interface SigningKey {
  readonly kid: string;
  readonly bytes: Uint8Array;
}

/** Tokens whose signature was looked at and found right. */
const SEEN_MAX = 5_000;

interface Seen {
  readonly claims: TokenClaims;
  /** Seconds since the epoch. */
  readonly from: number;
  readonly until: number;
}

/** Signs with the first secret and accepts tokens of all of them: one while the key stays, two while it is being changed. */
export function jwtTokens(secret: string, previousSecret: string | null): Tokens {
  const current = signingKey(secret);
  const keys = new Map([current, ...(previousSecret === null ? [] : [signingKey(previousSecret)])].map((key) => [key.kid, key.bytes]));
  // The keys stay, so a signature that was right stays right: of a token seen before only its time is looked at again.
  const seen = new Map<string, Seen>();
  const look = async (token: string, now: number): Promise<TokenClaims | null> => {
    const found = await verify(keys, token, now);
    if (found === null) return null;
    if (seen.size >= SEEN_MAX) seen.clear();
    seen.set(token, found);
    return found.claims;
  };
  return {
    sign: (claims) => sign(current, claims),
    verify: (token, now) => {
      const known = seen.get(token);
      const seconds = Math.floor(now / 1000);
      return known !== undefined && known.from <= seconds && seconds < known.until ? Promise.resolve(known.claims) : look(token, now);
    },
  };
}

/** The id is part of the key's hash, so both servers and both lives of a server name it alike. */
function signingKey(secret: string): SigningKey {
  const bytes = createHash('sha256').update('syncline access token key\0').update(secret).digest();
  return { bytes, kid: createHash('sha256').update(bytes).digest('base64url').slice(0, 8) };
}

function sign(key: SigningKey, claims: TokenClaims): Promise<string> {
  const issuedAt = Math.floor(claims.issuedAt / 1000);
  return new SignJWT({ sid: claims.sid })
    .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid: key.kid })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setSubject(claims.userId)
    .setJti(claims.tokenId)
    .setIssuedAt(issuedAt)
    .setNotBefore(issuedAt - BACKDATED_S)
    .setExpirationTime(Math.ceil(claims.expiresAt / 1000))
    .sign(key.bytes);
}

async function verify(keys: ReadonlyMap<string, Uint8Array>, token: string, now: number): Promise<Seen | null> {
  if (token.length > TOKEN_CHARS_MAX) return null;
  try {
    const { payload, protectedHeader } = await jwtVerify(
      token,
      (header) => keyOf(keys, header.kid),
      {
        algorithms: [ALGORITHM],
        issuer: ISSUER,
        audience: AUDIENCE,
        typ: TYPE,
        requiredClaims: ['sub', 'iat', 'exp', 'nbf', 'jti', 'sid'],
        currentDate: new Date(now),
      },
    );
    return Object.keys(protectedHeader).every((key) => HEADER_KEYS.has(key)) ? claimsOf(payload) : null;
  } catch {
    return null;
  }
}

function keyOf(keys: ReadonlyMap<string, Uint8Array>, kid: string | undefined): Uint8Array {
  const key = kid === undefined ? undefined : keys.get(kid);
  if (key === undefined) throw new Error('unknown key');
  return key;
}

function claimsOf(payload: JWTPayload): Seen | null {
  const { sub, sid, jti, iat, exp, nbf } = payload;
  if (!isShortText(sub) || !isShortText(sid) || !isShortText(jti) || iat === undefined || exp === undefined || nbf === undefined) return null;
  return { claims: { userId: sub, sid, tokenId: jti, issuedAt: iat * 1000, expiresAt: exp * 1000 }, from: nbf, until: exp };
}

function isShortText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= CLAIM_TEXT_CHARS_MAX;
}
