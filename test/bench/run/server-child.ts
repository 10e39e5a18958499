// A process of its own: the real server app over PostgreSQL, behind the real listener, and beside it the least a call can be on the same
// stack. Its address goes to the parent, and it ends with it.
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import pg from 'pg';
import { readConfig } from '../../../packages/server/src/config.ts';
import { createApp } from '../../../packages/server/src/http/app.ts';
import type { ServerPorts, Throttle } from '../../../packages/server/src/ports.ts';
import { createHttpServer } from '../../../packages/server/src/process/http-server.ts';
import { memoryThrottle } from '../../../packages/server/src/process/memory-throttle.ts';
import { realPorts } from '../../../packages/server/src/process/real-ports.ts';
import { openPostgresStore } from '../../../packages/server/src/store/sql/open.ts';

const CONNECTIONS = 10;
/** Callers that the throttle is told of in turn. */
const CALLERS = 1000;

/** Costs what the real one costs and turns nobody away: each call is counted under another name. */
function patientThrottle(): Throttle {
  const real = memoryThrottle();
  let calls = 0;
  const name = (): string => `caller ${(calls += 1) % CALLERS}`;
  return { ...real, beforeCall: () => real.beforeCall(name()), beforeUserCall: () => real.beforeUserCall(name()) };
}

/** `SELECT 1` as JSON by the same framework over a pool of the same kind and size: without any check of the caller, and with the token's. */
function createFloor(databaseUrl: string, { tokens }: ServerPorts): Hono {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: CONNECTIONS, pipeline: true } as pg.PoolConfig);
  const floor = new Hono();
  floor.get('/select-1', async (context) => {
    const { rows } = await pool.query<{ one: number }>('select 1 as one');
    return context.json(rows[0]);
  });
  floor.get('/select-1-signed-in', async (context) => {
    const claims = await tokens.verify((context.req.header('Authorization') ?? '').replace('Bearer ', ''), Date.now());
    if (claims === null) return context.json({ error: 'no token' }, 401);
    const { rows } = await pool.query<{ one: number }>('select 1 as one');
    return context.json(rows[0]);
  });
  return floor;
}

async function main(databaseUrl: string, secret: string): Promise<void> {
  const read = readConfig({ databaseUrl, secret, logLevel: 'warn' }, '0.0.0-bench');
  if (!read.ok) throw new Error(read.complaints.join(' '));
  const store = await openPostgresStore(databaseUrl, { connections: CONNECTIONS });
  const ports: ServerPorts = { ...realPorts(store, secret, read.config), throttle: patientThrottle() };
  const api = createApp(ports, read.config.app);
  const site = new Hono();
  site.all('/api/*', (context) => api(context.req.raw));
  site.route('/', createFloor(databaseUrl, ports));
  const server = createHttpServer(getRequestListener((request) => site.fetch(request)));
  server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
  process.once('disconnect', () => process.exit(0));
}

await main(process.argv[2] ?? '', process.argv[3] ?? '');
