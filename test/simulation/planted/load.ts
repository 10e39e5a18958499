// Loads the campaign with one bug planted in the sources: text replaced as the modules are bundled, so that shipped code carries no
// switch. A bug whose text is not there any more fails loudly.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import type * as Seeds from '../seeds.ts';
import type { PlantedBug } from './bug.ts';
import type * as Scenarios from './scenarios.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const folder = join(root, '.cache', 'planted');
// Packages that are CommonJS ask for `require`.
const banner = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

type Campaign = typeof Seeds;

function plant(bug: PlantedBug, done: { planted: boolean }): Plugin {
  const path = join(root, bug.file);
  return {
    name: 'planted-bug',
    setup(bundle) {
      bundle.onLoad({ filter: /\.ts$/ }, (args) => {
        if (args.path !== path) return undefined;
        const code = readFileSync(path, 'utf8');
        const at = code.indexOf(bug.find);
        if (at < 0 || code.includes(bug.find, at + 1)) throw new Error(`${bug.id}: its text is not there exactly once in ${bug.file}`);
        done.planted = true;
        return { contents: code.slice(0, at) + bug.replace + code.slice(at + bug.find.length), loader: 'ts' };
      });
    },
  };
}

/** The campaign over sources with that bug in them. */
export async function loadPlanted(bug: PlantedBug): Promise<Campaign> {
  return (await importPlanted(bug, 'seeds.ts')) as Campaign;
}

/** The named scenarios over sources with that bug in them. */
export async function loadScenarios(bug: PlantedBug): Promise<typeof Scenarios> {
  return (await importPlanted(bug, join('planted', 'scenarios.ts'))) as typeof Scenarios;
}

async function importPlanted(bug: PlantedBug, entry: string): Promise<unknown> {
  return import(pathToFileURL(await bundlePlanted(bug, entry)).href);
}

/**
 * Resolves to the bundle's path.
 * @param entry below `test/simulation`.
 */
export async function bundlePlanted(bug: PlantedBug, entry: string): Promise<string> {
  const done = { planted: false };
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, `${bug.id}-${process.pid}.mjs`);
  await build({
    entryPoints: [join(root, 'test', 'simulation', entry)], outfile, bundle: true, format: 'esm', platform: 'node', target: 'node20',
    conditions: ['@syncline/source'], external: ['esbuild'], banner: { js: banner }, logLevel: 'silent', plugins: [plant(bug, done)],
  });
  if (!done.planted) throw new Error(`${bug.id}: nothing loads ${bug.file}`);
  return outfile;
}
