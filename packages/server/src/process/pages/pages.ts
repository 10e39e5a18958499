// What a browser gets at this address besides the API: the two examples and the API's page, each a folder of built files.
import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serveStatic } from '@hono/node-server/serve-static';
import { buildOpenApi } from '@syncline/protocol/openapi';
import { Hono } from 'hono';
import { libraryPageHeaders, pageHeaders } from '../../http/headers.ts';
import { SWAGGER_PAGE, SWAGGER_SETUP, swaggerFolder } from './swagger.ts';

const examples = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '..', '..', 'examples');

/** Title and address of each page that is there: an example that was not built is not. */
export function pagesThere(): readonly { readonly title: string; readonly path: string }[] {
  const built = [
    { title: 'Web timer', path: '/', folder: 'web-timer' },
    { title: 'Status board', path: '/status-board/', folder: 'status-board' },
  ].filter(({ folder }) => existsSync(join(examples, folder, 'dist', 'index.html')));
  return [...built, { title: 'API', path: '/docs/' }];
}

export interface PagesOptions {
  readonly version: string;
  readonly isEncrypted: boolean;
}

/** Pages and their headers. Unknown paths fall through to whatever is mounted after. */
export function createPages({ version, isEncrypted }: PagesOptions): Hono {
  const app = new Hono();
  const document = JSON.stringify(buildOpenApi({ version, refreshCookie: isEncrypted ? '__Host-syncline_refresh' : 'syncline_refresh' }));
  app.get('/openapi.json', pageHeaders(isEncrypted), (context) => context.body(document, 200, { 'Content-Type': 'application/json; charset=utf-8' }));
  app.use('/docs/*', libraryPageHeaders(isEncrypted));
  app.get('/docs', (context) => context.redirect('/docs/'));
  app.get('/docs/', (context) => context.html(SWAGGER_PAGE));
  app.get('/docs/setup.js', (context) => context.body(SWAGGER_SETUP, 200, { 'Content-Type': 'text/javascript; charset=utf-8' }));
  app.use('/docs/*', files(swaggerFolder(), '/docs'));
  mount(app, '/status-board', join(examples, 'status-board', 'dist'), isEncrypted);
  mount(app, '', join(examples, 'web-timer', 'dist'), isEncrypted);
  return app;
}

function mount(app: Hono, prefix: string, folder: string, isEncrypted: boolean): void {
  if (!existsSync(folder)) return;
  app.use(`${prefix}/*`, pageHeaders(isEncrypted));
  if (prefix !== '') app.get(prefix, (context) => context.redirect(`${prefix}/`));
  app.use(`${prefix}/*`, files(folder, prefix));
}

function files(folder: string, prefix: string) {
  return serveStatic({
    // The library reads its root from where the process stands.
    root: relative(process.cwd(), folder) || '.',
    rewriteRequestPath: (path) => path.slice(prefix.length) || '/',
    onFound: (path, context) => {
      // Built files carry their content in their name; everything else is asked for again each time.
      context.header('Cache-Control', /[/\\]assets[/\\]/.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
}
