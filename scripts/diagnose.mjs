// pnpm diagnose <file>: derives every status of an exported diagnostics file again, and names the first wrong one.
// Ends with 0 when all are as derived, 1 when one is not, 2 when the file cannot be read or nothing was built that could read it.
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

const USAGE = 'usage: pnpm diagnose <file>\n\nThe file is what engine.diagnostics() gave, as JSON.';

async function readRules() {
  try {
    return await import('../packages/core/dist/diagnostics.js');
  } catch (cause) {
    throw new Error('The packages are not built yet: pnpm build', { cause });
  }
}

/** @returns {Promise<number>} how the command ends */
async function run() {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { help: { type: 'boolean', short: 'h' } } });
  if (values.help === true) {
    console.log(USAGE);
    return 0;
  }
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) throw new Error(USAGE);
  const { verifyDiagnostics } = await readRules();
  const { steps, wrong } = verifyDiagnostics(JSON.parse(await readFile(file, 'utf8')));
  if (wrong === null) {
    console.log(`${steps} steps, all as derived`);
    return 0;
  }
  const { step, at, path, shown, derived } = wrong;
  console.log(`step ${step} of ${steps}, shown at ${new Date(at).toISOString()}: ${path} was ${JSON.stringify(shown)}, the rules say ${JSON.stringify(derived)}`);
  return 1;
}

try {
  process.exitCode = await run();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
