// The server as a process: reads the settings, takes the folder, opens the database, listens, and ends cleanly.
// Everything else it calls is a function of its arguments.
import type { Server } from 'node:http';
import { type AddressInfo, createServer as createProbe } from 'node:net';
import { inspect } from 'node:util';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { readCommand } from './process/cli.ts';
import { isLoopback, type ServerConfig } from './config.ts';
import { closeDemo, DEMO_PASSWORD, DEMO_USERNAME, type DemoOutcome, seedDemo } from './demo/seed-demo.ts';
import { type App, createApp } from './http/app.ts';
import { createPages, pagesThere } from './process/pages/pages.ts';
import { announce, operatorKey, withdraw } from './process/announcement.ts';
import { answerBrokenRequests, refuseAddress } from './process/broken-request.ts';
import { runAccountCommand } from './process/account-command.ts';
import { createHttpServer } from './process/http-server.ts';
import { createOperatorApp } from './process/operator-app.ts';
import { type OpenedStore, openStore } from './process/open-store.ts';
import { realPorts } from './process/real-ports.ts';
import { renewEpoch } from './process/restored-command.ts';
import { secretOfFolder } from './process/secret-file.ts';
import type { ServerPorts } from './ports.ts';

/** How long requests under way may take to finish after the signal to stop. */
const STOP_MS = 5_000;
const DAY_MS = 86_400_000;
const DEMO_WORDS: Readonly<Record<DemoOutcome, string>> = {
  made: 'Made the demo account with a year of sessions.',
  kept: 'The demo account is there.',
  taken: `No demo: the account "${DEMO_USERNAME}" has a password of its own.`,
};

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function fail(message: string, cause?: unknown): never {
  process.stderr.write(`${message}\n`);
  if (cause !== undefined && process.env['LOG_LEVEL'] === 'debug') process.stderr.write(`${inspect(cause)}\n`);
  process.exit(1);
}

/** The embedded database is a part of this process, and only another process can open it again. */
function endedBy(error: Error): never {
  return fail(`The embedded database ended: ${error.message}. What was stored is kept. Put that right, and start the server again.`, error);
}

async function main(): Promise<void> {
  const command = await readCommand(process.argv.slice(2), process.env);
  if (command.kind === 'account') return runAccountCommand(command, say, fail);
  const { config } = command;
  if (command.kind === 'restored') {
    await renewEpoch(config).catch((error: Error) => fail(error.message, error.cause));
    return say('Devices will offer again what they hold.');
  }
  await checkPort(config);
  say(config.databaseUrl === null ? `Opening the embedded database in ${config.dataDir} …` : 'Connecting to PostgreSQL …');
  const opened = await openStore(config, endedBy).catch((error: Error) => fail(error.message, error.cause));
  const secret = config.secret ?? (await secretOfFolder(config.dataDir).catch((error: Error) => fail(error.message)));
  const ports = realPorts(opened.store, secret, config);
  const demo = config.demo ? await seedDemo(ports) : null;
  if (demo !== null) say(DEMO_WORDS[demo]);
  else if (await closeDemo(ports)) say('Closed the demo account: its password is public, and this server may be.');
  keepUp(ports);
  await forgetLogins(ports, config);
  const api = createApp(ports, config.app);
  const server = listen(api, ports, config, secret);
  stopOnSignals(server, api, opened, config);
  await tell(server, config, demo === 'made' || demo === 'kept');
}

/** Said before a database is opened for nothing. */
function checkPort({ host, port }: ServerConfig): Promise<void> {
  return new Promise((resolve) => {
    const probe = createProbe();
    probe.once('error', (error: NodeJS.ErrnoException) => fail(portWords(error, host, port)));
    probe.listen(port, host, () => probe.close(() => resolve()));
  });
}

function portWords(error: NodeJS.ErrnoException, host: string, port: number): string {
  if (error.code === 'EADDRINUSE') return `Port ${port} on ${host} is taken by another program. Choose another one: PORT=${port + 1} npm start`;
  if (error.code === 'EACCES') return `Port ${port} on ${host} may not be used by this account. Choose one above 1023.`;
  return `Cannot listen on ${host}, port ${port}: ${error.code ?? error.message}.`;
}

function listen(api: App, ports: ServerPorts, config: ServerConfig, secret: string): Server {
  const isEncrypted = config.app.publicOrigin?.startsWith('https:') ?? false;
  const site = new Hono<{ Bindings: { incoming: { socket: { remoteAddress?: string } } } }>();
  const connectionOf = (incoming: { socket: { remoteAddress?: string } }) => ({ address: incoming.socket.remoteAddress ?? null });
  site.route('/', createOperatorApp(ports, operatorKey(secret)));
  site.all('/api/*', (context) => api(context.req.raw, connectionOf(context.env.incoming)));
  site.route('/', createPages({ version: config.app.version, isEncrypted }));
  site.notFound((context) => api(context.req.raw, connectionOf(context.env.incoming)));
  const fetch = (request: Request, env: unknown) => site.fetch(request, env as { incoming: { socket: { remoteAddress?: string } } });
  // The name is for callers of HTTP 1.0, who give none.
  const server = createHttpServer(getRequestListener(fetch, { hostname: 'localhost', errorHandler: refuseAddress }));
  answerBrokenRequests(server);
  server.once('error', (error: NodeJS.ErrnoException) => fail(portWords(error, config.host, config.port)));
  server.listen(config.port, config.host);
  return server;
}

async function tell(server: Server, config: ServerConfig, hasDemo: boolean): Promise<void> {
  if (!server.listening) await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const host = config.host === '0.0.0.0' || config.host === '::' ? '127.0.0.1' : config.host;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  if (config.databaseUrl === null) await announce(config.dataDir, url);
  say('');
  for (const { title, path } of pagesThere()) say(`  ${title.padEnd(14)}${url}${path}`);
  if (hasDemo) say(`  Demo account  ${DEMO_USERNAME} / ${DEMO_PASSWORD}`);
  if (!isLoopback(config.host)) say('  Other machines can reach this server. Put a proxy with TLS in front of it.');
  say('');
  say('Ctrl-C stops the server.');
}

function stopOnSignals(server: Server, api: App, opened: OpenedStore, config: ServerConfig): void {
  let isStopping = false;
  const stop = async (): Promise<void> => {
    if (isStopping) return process.exit(1);
    isStopping = true;
    say('Stopping …');
    const cut = setTimeout(() => server.closeAllConnections(), STOP_MS);
    api.stop();
    // A connection whose stream has just ended turns idle a moment later.
    const sweep = setInterval(() => server.closeIdleConnections(), 50);
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeIdleConnections();
    });
    clearInterval(sweep);
    clearTimeout(cut);
    if (config.databaseUrl === null) await withdraw(config.dataDir);
    await opened.close();
    say('Stopped.');
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop().catch((error: Error) => fail(`It did not end cleanly: ${error.message}`, error)));
}

/** Of a login that ended, now and once a day. Its last token has ended too by then: until that, a forgotten device is told that it was. */
async function forgetLogins({ store, clock, log }: ServerPorts, { app }: ServerConfig): Promise<void> {
  const forget = (): Promise<unknown> => store.accounts.forgetLogins(clock.now() - app.tokenLifetimeMs).catch(() => log.warn('logins_not_forgotten'));
  setInterval(() => void forget(), DAY_MS).unref();
  await forget();
}

/** A defect that escaped one request must not take the others with it. What it said may hold data, so only its name is logged. */
function keepUp({ log }: ServerPorts): void {
  const note = (event: string) => (thrown: unknown) => log.error(event, { error: thrown instanceof Error ? thrown.name : 'unknown' });
  process.on('unhandledRejection', note('unhandled_rejection'));
  process.on('uncaughtException', note('uncaught_exception'));
}

await main();
