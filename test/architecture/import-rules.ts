// Who may import whom. Data flows protocol → model and ports → sync → engine; adapters hang on the ports.
// Cycles and file sizes are the linter's; what it cannot know is here.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository, target, type SourceFile } from './sources.ts';

const ours: Record<string, readonly string[]> = {
  protocol: [],
  core: ['protocol'],
  rxjs: ['protocol', 'core'],
  server: ['protocol'],
  'web-timer': ['protocol', 'core', 'rxjs'],
  'status-board': ['protocol', 'core', 'rxjs'],
};

type Layer = 'base' | 'model' | 'sync' | 'engine' | 'adapters' | 'testing' | 'preferences' | 'annotations' | 'background' | 'entry';

// Files of core outside any folder: `base` is what everything may know, `entry` what nothing imports.
const coreFiles: Record<string, Layer> = { 'config.ts': 'engine', 'engine.ts': 'engine', 'index.ts': 'entry', 'node.ts': 'entry', 'preferences.ts': 'entry', 'annotations.ts': 'entry', 'diagnostics.ts': 'entry', 'background.ts': 'entry' };

const mayImport: Record<Layer, readonly Layer[]> = {
  base: ['base', 'model'],
  model: ['base', 'model'],
  sync: ['base', 'model', 'sync'],
  engine: ['base', 'model', 'sync', 'engine'],
  adapters: ['base', 'model', 'adapters'],
  testing: ['base', 'model', 'sync', 'engine', 'testing'],
  // Loaded only with its entry; the one place of core that may import Yjs.
  preferences: ['base', 'model', 'sync', 'preferences'],
  annotations: ['base', 'model', 'sync', 'preferences', 'annotations'],
  // An engine of its own kind over the real parts, and nothing that it would not have.
  background: ['base', 'model', 'sync', 'engine', 'adapters', 'background'],
  entry: ['base', 'model', 'sync', 'engine', 'adapters', 'preferences', 'annotations', 'background', 'entry'],
};

function layerOf(name: string): Layer {
  const folder = name.includes('/') ? name.slice(0, name.indexOf('/')) : undefined;
  if (folder === undefined) return coreFiles[name] ?? 'base';
  return folder in mayImport ? (folder as Layer) : 'base';
}

export function importFaults(file: SourceFile): string[] {
  const faults = file.imports.flatMap(({ specifier, isType }) => {
    const at = target(file, specifier);
    const fault = at === undefined ? packageFault(file, specifier) : ownFault(file, at, isType);
    return fault === undefined ? [] : [`${file.path} imports ${specifier}: ${fault}`];
  });
  if (file.reexportsAll) faults.push(`${file.path}: public names are listed one by one, never \`export *\``);
  return faults;
}

function ownFault(file: SourceFile, at: string, isType: boolean): string | undefined {
  const source = `${file.path.split('/').slice(0, 3).join('/')}/`;
  if (!at.startsWith(source)) return "another package's files are its own";
  if (file.owner !== 'core') return undefined;
  const [from, to] = [layerOf(file.name), layerOf(at.slice(source.length))];
  // The one place that puts the real parts together.
  if (file.name === 'adapters/browser.ts' && to === 'engine') return undefined;
  if (!mayImport[from].includes(to)) return `${from} does not know ${to}`;
  if (from === 'adapters' && to === 'model' && !isType) return 'adapters know the types of the model, not its rules';
  return undefined;
}

function packageFault(file: SourceFile, specifier: string): string | undefined {
  const match = /^@syncline\/([^/]+)(\/.*)?$/.exec(specifier);
  if (!match) return undefined;
  const [, name = '', path = ''] = match;
  if (name === file.owner) return 'a package imports itself by relative paths';
  if (!ours[file.owner]?.includes(name)) return `${file.owner} may not know ${name}`;
  return `.${path}` in exportsOf(name) ? undefined : 'only what a package exports';
}

function exportsOf(name: string): object {
  return JSON.parse(readFileSync(join(repository, 'packages', name, 'package.json'), 'utf8')).exports;
}

/** Packages that the file pulls in when it runs, through every relative import. */
export function runtimePackages(start: string, files: readonly SourceFile[]): Set<string> {
  const byPath = new Map(files.map((file) => [file.path, file]));
  if (!byPath.has(start)) throw new Error(`${start} is not there`);
  const packages = new Set<string>();
  const seen = new Set<string>();
  const waiting = [start];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const file = byPath.get(path);
    if (!file || seen.has(path)) continue;
    seen.add(path);
    for (const { specifier, isType } of file.imports) {
      if (isType) continue;
      const at = target(file, specifier);
      if (at === undefined) packages.add(specifier);
      else waiting.push(at);
    }
  }
  return packages;
}
