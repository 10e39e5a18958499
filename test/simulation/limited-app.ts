// The real server app with extensions switched off, one by one: not listed in its health, and not there when called.
import { CALLS, type Capability } from '@syncline/protocol';

type App = (request: Request) => Promise<Response>;

const NOT_FOUND = JSON.stringify({ error: 'Not found', code: 'not_found', details: [], request_id: '' });

function capabilityOf({ method, url }: Request): Capability | null {
  const { pathname } = new URL(url);
  const call = Object.values(CALLS).find((one) => one.method === method && matches(one.path, pathname));
  return call?.capability ?? null;
}

function matches(pattern: string, path: string): boolean {
  const [wanted, given] = [pattern.split('/'), path.split('/')];
  return wanted.length === given.length && wanted.every((part, i) => part.startsWith('{') || part === given[i]);
}

/** @param isOff asked at each request, so that a server can lose what it offered. */
export function limitedApp(app: App, isOff: (capability: Capability) => boolean): App {
  return async (request) => {
    const capability = capabilityOf(request);
    if (capability !== null && isOff(capability)) return new Response(NOT_FOUND, { status: 404, headers: { 'Content-Type': 'application/json' } });
    const isHealth = new URL(request.url).pathname === '/api/health';
    const response = await app(request);
    if (!isHealth) return response;
    const { capabilities, ...body } = (await response.json()) as { capabilities: Capability[] };
    const left = capabilities.filter((one) => !isOff(one));
    // A server without any knows of no such list.
    return Response.json(left.length === 0 ? body : { ...body, capabilities: left }, { status: response.status, headers: { Date: response.headers.get('Date') ?? '' } });
  };
}
