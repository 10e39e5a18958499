// Nobody implements a port without being held to its contract.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const core = join(import.meta.dirname, '../../packages/core/src');
const tests = [import.meta.dirname, join(import.meta.dirname, '../browser')];
const implementsPort = /(?:implements|\)|\|) ?:? ?(?:Clock|Ids|StoreFactory|Transport|Locks|ChannelFactory|Lifecycle)\b(?=[ ,;{])/;

const sources = ['adapters', 'testing'].flatMap((folder) =>
  readdirSync(join(core, folder)).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts')).map((name) => `${folder}/${name}`));
const implementations = sources.filter((name) => implementsPort.test(readFileSync(join(core, name), 'utf8')));
const enrolled = tests.flatMap((folder) => readdirSync(folder).filter((name) => name.endsWith('.test.ts')).flatMap((name) =>
  [...readFileSync(join(folder, name), 'utf8').matchAll(/^\s*enroll\('([^']+)'/gm)].map(([, file]) => file)));

it('finds the implementations', () => {
  expect(implementations).toEqual(expect.arrayContaining(['adapters/dexie-store.ts', 'adapters/web-locks.ts', 'testing/memory-store.ts', 'testing/sim-locks.ts']));
  expect(implementations.length).toBeGreaterThanOrEqual(16);
});

it.each(implementations)('%s is enrolled', (file) => {
  expect(enrolled).toContain(file);
});
