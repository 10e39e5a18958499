// The sample of the README is what people copy first: it must compile as it stands, and be as short as it says.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PREFERENCE_NAMES } from '@syncline/protocol';
import { expect, it } from 'vitest';
import { repository } from './sources.ts';

const readme = readFileSync(join(repository, 'README.md'), 'utf8');
const devices = /## Many devices[\s\S]*?```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
const sample = /## Twenty lines\n+```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';

it('[S-05] says that what lies in the browser is not encrypted', () => {
  expect(readme).toMatch(/IndexedDB\. It is \*\*not encrypted\*\*/);
});

it('the twenty lines are about twenty', () => {
  const lines = sample.trim().split('\n').length;
  expect(lines).toBeGreaterThan(10);
  expect(lines).toBeLessThanOrEqual(22);
});

it('the twenty lines compile, and what follows on many devices after them', () => {
  expect(devices).toContain('plan(');
  const folder = mkdtempSync(join(tmpdir(), 'syncline-readme-'));
  try {
    writeFileSync(join(folder, 'sample.ts'), sample + devices);
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({
      compilerOptions: {
        strict: true, noEmit: true, module: 'esnext', moduleResolution: 'bundler', target: 'es2022', lib: ['es2023', 'dom'], types: [],
        allowImportingTsExtensions: true, skipLibCheck: true, customConditions: ['@syncline/source'],
        paths: { '@syncline/core': [join(repository, 'packages/core/src/index.ts')] },
      },
      include: ['sample.ts'],
    }));
    const { status, stdout } = spawnSync(process.execPath, [join(repository, 'node_modules/typescript/bin/tsc'), '--project', folder], { encoding: 'utf8' });
    expect(stdout).toBe('');
    expect(status).toBe(0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it('the engine’s page names each of its entries, and each preference', () => {
  const folder = join(repository, 'packages', 'core');
  const page = readFileSync(join(folder, 'README.md'), 'utf8');
  const { exports: entries } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { readonly exports: object };
  const names = [...Object.keys(entries).map((entry) => `@syncline/core${entry.slice(1)}`), ...PREFERENCE_NAMES];
  expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});
