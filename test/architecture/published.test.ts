// The packages as a stranger gets them: built, `publishConfig` applied, no workspace around.
// Needs the build (`pnpm typecheck`), which `npm test` and `pnpm check` have done before.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { repository } from './sources.ts';

const packages = ['protocol', 'core', 'rxjs', 'server'];
const tsc = join(repository, 'node_modules', 'typescript', 'bin', 'tsc');
const entries: string[] = [];
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'syncline-published-'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  for (const name of packages) publish(name);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function publish(name: string): void {
  const source = join(repository, 'packages', name);
  const copy = join(folder, 'node_modules', '@syncline', name);
  const { publishConfig, ...manifest } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'));
  mkdirSync(copy, { recursive: true });
  writeFileSync(join(copy, 'package.json'), JSON.stringify({ ...manifest, exports: publishConfig.exports }));
  cpSync(join(source, 'dist'), join(copy, 'dist'), { recursive: true });
  entries.push(...Object.keys(publishConfig.exports).map((entry) => `@syncline/${name}${entry.slice(1)}`));
  for (const dependency of Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })) {
    const link = join(folder, 'node_modules', dependency);
    const installed = join(source, 'node_modules', dependency);
    if (dependency.startsWith('@syncline/') || existsSync(link) || !existsSync(installed)) continue;
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(installed, link, 'junction');
  }
}

it.each([
  ['a page', 'es2023,dom,dom.iterable', ['--types', '']],
  ['a program for Node', 'es2023', ['--types', 'node', '--typeRoots', join(repository, 'node_modules', '@types')]],
])('their types stand on their own in %s', (_where, lib, types) => {
  const imports = entries.map((entry, index) => `import * as entry${index} from '${entry}';\nexport type E${index} = typeof entry${index};`);
  writeFileSync(join(folder, 'consumer.ts'), imports.join('\n'));
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--lib', lib, ...types];
  const { stdout } = spawnSync(process.execPath, [tsc, ...options, 'consumer.ts'], { cwd: folder, encoding: 'utf8' });
  // Faults inside other people's declarations are not ours to fail on.
  expect(stdout.split('\n').filter((line) => /^consumer|^node_modules\/@syncline/.test(line))).toEqual([]);
});

it.each([
  ['', ''],
  // As the main entry of Dexie leaves its version for others to find.
  [', beside another version of Dexie', "globalThis[Symbol.for('Dexie')] = { semVer: '4.2.1' };"],
])('every entry can be loaded in Node%s', (_where, before) => {
  const script = `${before} for (const entry of ${JSON.stringify(entries)}) await import(entry);`;
  expect(execFileSync(process.execPath, ['--input-type=module', '--eval', script], { cwd: folder, encoding: 'utf8' })).toBe('');
});
