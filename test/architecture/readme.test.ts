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

/** What the text around a page's samples gives them, by page. */
const GIVEN: Readonly<Record<string, string>> = {
  'README.md': `
    import { createSyncEngine, type Session, type SyncEngineOptions } from '@syncline/core';
    declare const options: SyncEngineOptions, session: Session;`,
  'packages/core/README.md': `
    import type { EngineWithPreferences, SyncEngineOptions } from '@syncline/core';
    interface SyncEvent { readonly tag: string; readonly lastChance: boolean; waitUntil(work: Promise<unknown>): void }
    declare const engine: EngineWithPreferences, id: string, shown: string, field: HTMLTextAreaElement;
    declare const self: { addEventListener(type: 'sync', listener: (event: SyncEvent) => void): void };
    declare function options(user: string): SyncEngineOptions;
    declare function show(value: unknown): void;`,
  'packages/rxjs/README.md': `
    import type { Session, SyncEngine } from '@syncline/core';
    declare const engine: SyncEngine;
    declare function show(status: string, unsynced: number): void;
    declare function badge(count: number): void;
    declare function list(sessions: readonly Session[]): void;`,
};

function samplesOf(page: string): string[] {
  const text = readFileSync(join(repository, page), 'utf8');
  return [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => code).filter((code) => code !== sample && code !== devices);
}

/** What the compiler says of these modules. */
function compile(modules: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'syncline-readme-'));
  try {
    modules.forEach((code, i) => writeFileSync(join(folder, `sample-${i}.ts`), `${code}\nexport {};\n`));
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({
      compilerOptions: {
        strict: true, noEmit: true, module: 'esnext', moduleResolution: 'bundler', target: 'es2022', lib: ['es2023', 'dom', 'dom.iterable'], types: [],
        allowImportingTsExtensions: true, skipLibCheck: true, customConditions: ['@syncline/source'],
        paths: { '@syncline/core/*': [join(repository, 'packages/core/src/*.ts')], '@syncline/*': [join(repository, 'packages/*/src/index.ts')] },
      },
      include: ['*.ts'],
    }));
    return spawnSync(process.execPath, [join(repository, 'node_modules/typescript/bin/tsc'), '--project', folder], { encoding: 'utf8' }).stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

it('every sample compiles: the twenty lines, what follows on many devices after them, and those of the packages', () => {
  expect(devices).toContain('plan(');
  const others = Object.entries(GIVEN).flatMap(([page, given]) => samplesOf(page).map((code) => given + code));
  expect(others.length).toBeGreaterThanOrEqual(5);
  expect(compile([sample + devices, ...others])).toBe('');
});

it('the sample for tests of one’s own is the one that is run', () => {
  const page = readFileSync(join(repository, 'docs', 'SIMULATION.md'), 'utf8');
  const [, shown] = /```ts\n([\s\S]*?)```/.exec(page) ?? [];
  expect(shown).toBe(readFileSync(join(repository, 'test', 'simulation', 'own-rule.test.ts'), 'utf8'));
});

it('the engine’s page names each of its entries, and each preference', () => {
  const folder = join(repository, 'packages', 'core');
  const page = readFileSync(join(folder, 'README.md'), 'utf8');
  const { exports: entries } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { readonly exports: object };
  const names = [...Object.keys(entries).map((entry) => `@syncline/core${entry.slice(1)}`), ...PREFERENCE_NAMES];
  expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});
