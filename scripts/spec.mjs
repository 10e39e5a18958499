// Writes the last column of docs/SPEC.md from the tags in test titles, so the map from rule to test cannot go stale. Tests whose titles
// are made from data are read from these data: planted bugs that have a finding, and plans that once failed.
// `node scripts/spec.mjs` rewrites it; `--check` only compares and exits 1 when it differs.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const specFile = join(root, 'docs', 'SPEC.md');
const TAG = /\[((?:[A-E]\d\d|[IS]-\d\d)(?:,\s*(?:[A-E]\d\d|[IS]-\d\d))*)\]/g;
const ROW = /^\| ([A-E]\d\d|[IS]-\d\d) \|/;

/** @param {string} folder @returns {string[]} */
function testFiles(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (['node_modules', 'dist', '.cache', 'screenshots'].includes(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return testFiles(path);
    return /(?:\.test|-contract)\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

const filesByRow = new Map();
/** @param {string} rows @param {string} file */
function note(rows, file) {
  for (const id of rows.split(/,\s*/)) filesByRow.set(id, (filesByRow.get(id) ?? new Set()).add(relative(root, file)));
}

for (const folder of ['packages', 'examples', 'test']) {
  for (const file of testFiles(join(root, folder))) {
    for (const match of readFileSync(file, 'utf8').matchAll(TAG)) note(match[1] ?? '', file);
  }
}

const simulation = join(root, 'test', 'simulation');
const found = JSON.parse(readFileSync(join(simulation, 'planted', 'found.json'), 'utf8'));
for (const name of readdirSync(join(simulation, 'planted')).filter((file) => file.startsWith('bugs-'))) {
  const bugs = readFileSync(join(simulation, 'planted', name), 'utf8').matchAll(/id: '([^']+)', rows: \[([^\]]+)\](.*)/g);
  for (const [, id, rows = '', rest = ''] of bugs) {
    const isNamed = rest.includes('scenario:');
    const finding = found[id ?? ''];
    if (isNamed || finding !== undefined) note(rows.replaceAll("'", ''), join(simulation, isNamed ? 'planted-exchange.test.ts' : 'planted.test.ts'));
    // The check of that invariant is proved, too.
    if (finding !== undefined) note(finding.invariant, join(simulation, 'planted.test.ts'));
  }
}
for (const name of readdirSync(join(simulation, 'regressions'))) {
  note(JSON.parse(readFileSync(join(simulation, 'regressions', name), 'utf8')).invariant, join(simulation, 'regressions.test.ts'));
}

const before = readFileSync(specFile, 'utf8');
const after = before
  .split('\n')
  .map((line) => {
    const id = ROW.exec(line)?.[1];
    if (id === undefined) return line;
    const [, , text = '', old = ''] = line.split('|');
    const files = [...(filesByRow.get(id) ?? [])].sort();
    const cell = files.length > 0 ? files.map((file) => `\`${file}\``).join(', ') : /open:/.test(old) ? old.trim() : '';
    return `| ${id} |${text}| ${cell} |`.replace(/ {2}\|$/, ' |');
  })
  .join('\n');

if (process.argv.includes('--check')) {
  if (after !== before) {
    console.error('docs/SPEC.md differs from the tags in the tests: run `node scripts/spec.mjs`.');
    process.exit(1);
  }
} else {
  writeFileSync(specFile, after);
  const rows = after.split('\n').filter((line) => ROW.test(line));
  const open = rows.filter((line) => !/`[^`|]*\.tsx?` \|$/.test(line)).map((line) => ROW.exec(line)?.[1]);
  console.log(`${rows.length} rows, ${rows.length - open.length} with tests. Open: ${open.join(' ') || 'none'}`);
}
