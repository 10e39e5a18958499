// Headers of every answer, through Hono's own middleware: what pages may load, who may embed them, who may call from elsewhere.
import { cors } from 'hono/cors';
import { secureHeaders } from 'hono/secure-headers';
import type { MiddlewareHandler } from 'hono';

const COMMON = {
  crossOriginOpenerPolicy: 'same-origin',
  crossOriginResourcePolicy: 'same-origin',
  referrerPolicy: 'no-referrer',
  xContentTypeOptions: true,
  xFrameOptions: 'DENY',
  originAgentCluster: '?1',
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
} as const;

/** Two years, sub-domains included; only where the connection is encrypted does it mean anything. */
const HSTS = 'max-age=63072000; includeSubDomains';

export function apiHeaders(isEncrypted: boolean): MiddlewareHandler {
  return secureHeaders({
    ...COMMON,
    strictTransportSecurity: isEncrypted ? HSTS : false,
    contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
  });
}

/** Of pages. Scripts and styles are files of this server; text can become script nowhere. */
export function pageHeaders(isEncrypted: boolean, styleSrc: readonly string[] = ["'self'"], trusted = true): MiddlewareHandler {
  return secureHeaders({
    ...COMMON,
    strictTransportSecurity: isEncrypted ? HSTS : false,
    contentSecurityPolicy: {
      defaultSrc: ["'none'"], scriptSrc: ["'self'"], connectSrc: ["'self'"], styleSrc: [...styleSrc], imgSrc: ["'self'", 'data:'],
      manifestSrc: ["'self'"], workerSrc: ["'self'"], baseUri: ["'none'"], objectSrc: ["'none'"], formAction: ["'self'"], frameAncestors: ["'none'"],
      ...(trusted ? { requireTrustedTypesFor: ["'script'"], trustedTypes: ['syncline-worker'] } : {}),
    },
  });
}

/** Exactly these origins, never with cookies: the refresh cookie is for pages of this server only. */
export function apiCors(origins: readonly string[]): MiddlewareHandler {
  return cors({
    origin: (origin) => (origins.includes(origin) ? origin : null),
    allowMethods: ['GET', 'POST', 'PUT', 'DELETE'],
    allowHeaders: ['Authorization', 'Content-Type', 'X-App-Identifier', 'X-Device-Id', 'X-Sessions-Pending'],
    exposeHeaders: ['Retry-After', 'Date', 'X-Request-Id'],
    maxAge: 600,
  });
}
