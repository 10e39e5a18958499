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

const OWN_FILES = {
  defaultSrc: ["'none'"], scriptSrc: ["'self'"], connectSrc: ["'self'"], styleSrc: ["'self'"], imgSrc: ["'self'"],
  manifestSrc: ["'self'"], workerSrc: ["'self'"], baseUri: ["'none'"], objectSrc: ["'none'"], formAction: ["'self'"], frameAncestors: ["'none'"],
};

function policed(isEncrypted: boolean, contentSecurityPolicy: Readonly<Record<string, string[]>>): MiddlewareHandler {
  return secureHeaders({ ...COMMON, strictTransportSecurity: isEncrypted ? HSTS : false, contentSecurityPolicy });
}

export function apiHeaders(isEncrypted: boolean): MiddlewareHandler {
  return policed(isEncrypted, { defaultSrc: ["'none'"], frameAncestors: ["'none'"] });
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

const EXPOSED = ['Retry-After', 'Date', 'X-Request-Id'];

/** Exactly these origins, never with cookies: the refresh cookie is for pages of this server only. */
export function apiCors(origins: readonly string[]): MiddlewareHandler {
  const preflight = cors({
    origin: (origin) => (origins.includes(origin) ? origin : null),
    allowMethods: ['GET', 'POST', 'PUT', 'DELETE'],
    allowHeaders: ['Authorization', 'Content-Type', 'X-App-Identifier', 'X-Device-Id', 'X-Sessions-Pending'],
    exposeHeaders: EXPOSED,
    maxAge: 600,
  });
  return async (context, next) => {
    if (context.req.method === 'OPTIONS') return preflight(context, next);
    await next();
    const origin = context.req.header('Origin') ?? '';
    // As that library does it, but on the answer there is: it copies the answer first, which costs as much as the rest of a small call.
    const { headers } = context.res;
    if (origins.includes(origin)) headers.set('Access-Control-Allow-Origin', origin);
    headers.set('Access-Control-Expose-Headers', EXPOSED.join(','));
    headers.append('Vary', 'Origin');
  };
}
