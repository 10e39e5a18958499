// Loads the campaign with one bug planted in the sources: text replaced as the modules are read, so that shipped code carries no
// switch. A bug whose text is not there any more fails loudly.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createServer, type Plugin } from 'vite';
import type * as Seeds from '../seeds.ts';
import type { PlantedBug } from './bugs.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

type Campaign = typeof Seeds;

function plant(bug: PlantedBug, done: { planted: boolean }): Plugin {
  return {
    name: 'planted-bug',
    enforce: 'pre',
    transform(code, id) {
      if (!id.endsWith(`/${bug.file}`)) return null;
      const at = code.indexOf(bug.find);
      if (at < 0 || code.includes(bug.find, at + 1)) throw new Error(`${bug.id}: its text is not there exactly once in ${bug.file}`);
      done.planted = true;
      return { code: code.slice(0, at) + bug.replace + code.slice(at + bug.find.length), map: null };
    },
  };
}

/** The campaign over sources with that bug in them; `close` lets go of them. */
export async function loadPlanted(bug: PlantedBug): Promise<Campaign & { readonly close: () => Promise<void> }> {
  const done = { planted: false };
  const server = await createServer({
    configFile: false,
    root: join(root, 'test'),
    appType: 'custom',
    logLevel: 'error',
    server: { middlewareMode: true, hmr: false, ws: false, watch: null },
    optimizeDeps: { noDiscovery: true },
    ssr: { resolve: { conditions: ['@syncline/source', 'module', 'node'] }, noExternal: [/^@syncline\//] },
    plugins: [plant(bug, done)],
  });
  const campaign = (await server.ssrLoadModule('/simulation/seeds.ts')) as Campaign;
  if (!done.planted) {
    await server.close();
    throw new Error(`${bug.id}: nothing loads ${bug.file}`);
  }
  return { ...campaign, close: () => server.close() };
}
