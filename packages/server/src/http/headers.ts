// Headers of every answer: what pages may load, who may embed them, who may call from elsewhere. Of pages through Hono's own middleware;
// those of the API are there before the answer is, because changing them afterwards costs as much as the rest of a small call.
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

const OWN_FILES = {
  defaultSrc: ["'none'"], scriptSrc: ["'self'"], connectSrc: ["'self'"], styleSrc: ["'self'"], imgSrc: ["'self'"],
  manifestSrc: ["'self'"], workerSrc: ["'self'"], baseUri: ["'none'"], objectSrc: ["'none'"], formAction: ["'self'"], frameAncestors: ["'none'"],
};

function policed(isEncrypted: boolean, contentSecurityPolicy: Readonly<Record<string, string[]>>): MiddlewareHandler {
  return secureHeaders({ ...COMMON, strictTransportSecurity: isEncrypted ? HSTS : false, contentSecurityPolicy });
}

/** Of our pages. Scripts, styles and pictures are files of this server; text can become script nowhere. */
export function pageHeaders(isEncrypted: boolean): MiddlewareHandler {
  return policed(isEncrypted, { ...OWN_FILES, requireTrustedTypesFor: ["'script'"], trustedTypes: ['syncline-worker'] });
}

/**
 * Of the API's page. Its library writes styles into its elements, has small pictures inside its style sheet and text in its
 * markup. Scripts are still files of this server only, and it shows nothing of any user.
 */
export function libraryPageHeaders(isEncrypted: boolean): MiddlewareHandler {
  return policed(isEncrypted, { ...OWN_FILES, styleSrc: ["'self'", "'unsafe-inline'"], imgSrc: ["'self'", 'data:'] });
}

/** Made with the answer. Exactly these origins may read it, never with cookies: the refresh cookie is for pages of this server only. */
export function apiHeaders(isEncrypted: boolean, origins: readonly string[]): (asked: Headers, requestId: string) => Readonly<Record<string, string>> {
  const always = {
    'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Origin-Agent-Cluster': '?1',
    ...(isEncrypted ? { 'Strict-Transport-Security': HSTS } : {}),
    'Cache-Control': 'no-store',
    'Access-Control-Expose-Headers': 'Retry-After,Date,X-Request-Id',
    Vary: 'Origin',
  };
  return (asked, requestId) => {
    const origin = asked.get('Origin');
    const reader = origin !== null && origins.includes(origin) ? { 'Access-Control-Allow-Origin': origin } : {};
    return { ...always, ...reader, 'X-Request-Id': requestId };
  };
}

/** What a browser asks before it sends a page's call to another origin. */
export const PREFLIGHT: Readonly<Record<string, string>> = {
  'Access-Control-Allow-Methods': 'GET,POST,PUT,DELETE',
  'Access-Control-Allow-Headers': 'Authorization,Content-Type,X-App-Identifier,X-Device-Id,X-Sessions-Pending',
  'Access-Control-Max-Age': '600',
};
