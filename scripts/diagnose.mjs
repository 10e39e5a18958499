// pnpm diagnose <file>: derives every status of an exported diagnostics file again, and names the first wrong one.
// Ends with 0 when all are as derived, 1 when one is not, 2 when the file cannot be read or nothing was built that could read it.
import { readFile } from 'node:fs/promises';
import { inspect, parseArgs } from 'node:util';

const USAGE = 'usage: pnpm diagnose <file>\n\nThe file is what engine.diagnostics() gave, as JSON.';

async function readRules() {
  try {
    return await import('../packages/core/dist/diagnostics.js');
  } catch (cause) {
    throw new Error('The packages are not built yet: pnpm build', { cause });
  }
}

const SHOWN_MAX = 300;

/**
 * In one line of plain characters: whoever sent the file chose what it holds.
 * @param {unknown} value
 */
function inShort(value) {
  const text = inspect(value, { breakLength: Infinity, maxArrayLength: 5, maxStringLength: SHOWN_MAX });
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;
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
  // A mark at the beginning, as some editors leave it, is no part of the text.
  const { steps, wrong } = verifyDiagnostics(JSON.parse(new TextDecoder().decode(await readFile(file))));
  if (wrong === null) {
    console.log(`${steps} steps, all as derived`);
    return 0;
  }
  const { step, at, path, shown, derived } = wrong;
  const where = /^[\w.]{1,100}$/.test(path) ? path : inShort(path);
  console.log(`step ${step} of ${steps}, shown at ${new Date(at).toISOString()}: ${where} was ${inShort(shown)}, the rules say ${inShort(derived)}`);
  return 1;
}

try {
  process.exitCode = await run();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
