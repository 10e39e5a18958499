// What is installed is what was chosen: exact versions, a hash for each, no address that could answer differently.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repository } from './sources.ts';

const manifests = ['package.json', 'test/package.json', ...workspaces('packages'), ...workspaces('examples')];
const read = (path: string) => JSON.parse(readFileSync(join(repository, path), 'utf8'));

function workspaces(group: string): string[] {
  return readdirSync(join(repository, group)).map((name) => `${group}/${name}/package.json`).filter((path) => existsSync(join(repository, path)));
}

describe('[S-20] pnpm-lock.yaml', () => {
  const lockfile = readFileSync(join(repository, 'pnpm-lock.yaml'), 'utf8');

  it('names no address', () => {
    expect(lockfile).not.toMatch(/https?:|tarball:/);
  });

  it('has a SHA-512 for every package', () => {
    const resolutions = lockfile.split('\n').filter((line) => line.startsWith('    resolution:'));
    expect(resolutions.length).toBeGreaterThan(100);
    expect(resolutions.filter((line) => !/\{integrity: sha512-[A-Za-z0-9+/]{86}==[,}]/.test(line))).toEqual([]);
  });
});

// The root spells its versions out, so that a stray `npm install` gets as far as the line that says what to use instead.
it('the root has the versions of the catalog', () => {
  const catalog = readFileSync(join(repository, 'pnpm-workspace.yaml'), 'utf8');
  const entries = [...catalog.matchAll(/^ {2}'?([@\w/-]+)'?: (\d\S*)$/gm)].map(([, name = '', version = '']) => [name, version] as const);
  const root: Record<string, string> = read('package.json').devDependencies;
  expect(entries.length).toBeGreaterThan(10);
  expect(entries.filter(([name, version]) => name in root && root[name] !== version)).toEqual([]);
});

describe.each(manifests)('%s', (path) => {
  const manifest = read(path);

  it('[S-20] pins exact versions', () => {
    const { dependencies, devDependencies, optionalDependencies } = manifest;
    const loose = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies }).filter(
      ([, version]) => !/^(catalog:|workspace:\*|\d+\.\d+\.\d+(-[\w.]+)?)$/.test(String(version)),
    );
    expect(loose).toEqual([]);
  });

  it('exports the same entries once published, without the sources', () => {
    const published = Object.entries(manifest.publishConfig?.exports ?? {});
    const local = Object.entries<Record<string, string>>(manifest.exports ?? {});
    expect(published).toEqual(local.map(([entry, { '@syncline/source': _source, ...rest }]) => [entry, rest]));
  });
});
