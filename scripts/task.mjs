// `npm start`, `npm test` and `pnpm check` on a machine that has nothing but Node and npm. No dependencies: it runs
// before anything is installed. It brings the pinned pnpm, installs, and then runs each step with a deadline.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { asksForHelp, dataFolder, startHelp, whoRuns } from './lib/before-start.mjs';
import { endWithParent, isStopping, run } from './lib/child.mjs';
import { countCheck, countReport, notRunLines, summarise } from './lib/tally.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const reports = join(root, '.cache', 'reports');
const minutes = (/** @type {number} */ count) => count * 60_000;
const startedAt = Date.now();
const TEST_MS = minutes(29);
/** For the simulated worlds of which there are many. */
const MANY_MS = minutes(9);
/** Worlds over real parts, which cost more. */
const OVER_REAL_PARTS = [{ part: ['--store', 'dexie'], seeds: 2000 }, { part: ['--server', 'pglite'], seeds: 250 }];
const REAL_PARTS_MS = minutes(3);

const node = process.execPath;
const bin = (/** @type {string} */ path) => join(root, 'node_modules', path);
const tsc = [node, bin('typescript/bin/tsc'), '--build'];
const viteBuild = [node, bin('vite/bin/vite.js'), 'build', '--logLevel', 'warn'];
const simulator = 'test/simulation/cli.ts';
const simulationKinds = 'test/simulation/kinds.json';

/** @param {string} line */
const say = (line) => console.error(`\n> ${line}`);

/** The pnpm that package.json pins, whatever the machine has. */
function pnpm() {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const [pinned] = packageManager.split('+');
  const caller = process.env.npm_execpath;
  if (caller && process.env.npm_config_user_agent?.startsWith(pinned.replace('@', '/'))) {
    return /\.[cm]?js$/.test(caller) ? [node, caller] : [caller];
  }
  const npm = caller?.endsWith('npm-cli.js') ? [node, caller] : [process.platform === 'win32' ? 'npm.cmd' : 'npm'];
  // `--package` by name: inside `npx -p …` an inherited setting would replace it.
  return [...npm, 'exec', '--yes', `--package=${pinned}`, '--', 'pnpm'];
}

function install() {
  say('installing dependencies');
  return run([...pnpm(), 'install', '--frozen-lockfile', '--prefer-offline'], { cwd: root, timeoutMs: minutes(8) });
}

/** @param {string[]} args of the server */
async function start(args) {
  if (asksForHelp(args)) return console.log(startHelp()), 0;
  const folder = args.some((word) => word === 'account' || word === 'restored') ? null : dataFolder(args, process.env, root);
  const taken = folder === null ? null : await whoRuns(folder, root);
  if (taken !== null) return console.error(taken), 1;
  const steps = [
    () => install(),
    () => { say('building the packages'); return run(tsc.concat('packages/server', 'packages/rxjs'), { cwd: root, timeoutMs: minutes(3) }); },
    () => { say('building the web timer'); return buildExample('web-timer'); },
    () => { say('building the status board'); return buildExample('status-board'); },
  ];
  for (const step of steps) {
    const { code } = await step();
    if (code !== 0) return code;
  }
  say(['starting the server', ...args].join(' '));
  return (await run([node, 'packages/server/dist/main.js', ...args], { cwd: root })).code;
}

/** @param {string} name */
function buildExample(name) {
  return run(viteBuild, { cwd: join(root, 'examples', name), timeoutMs: minutes(3) });
}

/**
 * @param {{ suites: string[], seeds: number, seedsOfOthers: number, whole: boolean }} scope
 * @returns {Promise<number>}
 */
async function test({ suites, seeds, seedsOfOthers, whole }) {
  rmSync(reports, { recursive: true, force: true });
  mkdirSync(reports, { recursive: true });
  /** @type {import('./lib/tally.mjs').Count[]} */
  const counts = [];
  /** @param {string} name @param {string[]} command @param {string} [cwd] */
  const check = async (name, command, cwd = root) => {
    say(name);
    const { code, lines, timedOut } = await run(command, { cwd, timeoutMs: remaining(minutes(10)), collect: true });
    if (timedOut) say(`${name}: stopped at its deadline`);
    counts.push(countCheck(code === 0), { passed: 0, failed: 0, notRun: notRunLines(lines) });
    return code === 0;
  };

  const installed = await install();
  if (installed.code !== 0) return finish([countCheck(false)]);
  await check('types', tsc);
  await check('lint', [node, bin('oxlint/bin/oxlint')]);
  await check('unused code and dependencies', [node, bin('knip/bin/knip.js')]);
  await check('docs/SPEC.md names its tests', [node, 'scripts/spec.mjs', '--check']);
  if (whole) {
    for (const example of ['web-timer', 'status-board']) {
      await check(`build ${example}`, viteBuild, join(root, 'examples', example));
    }
    await check('a browser', [node, 'test/provision/browser.mjs']);
  }
  for (const suite of suites) counts.push(...(await runSuite(suite)));
  if (existsSync(join(root, simulator))) {
    const simulate = [node, bin('tsx/dist/cli.mjs'), '--conditions=@syncline/source', simulator];
    const inTime = (/** @type {number} */ mostMs) => ['--minutes', String(Math.max(0, Math.min(mostMs, startedAt + TEST_MS - Date.now() - minutes(1)) / minutes(1)))];
    for (const { part, seeds: count } of whole ? OVER_REAL_PARTS : []) {
      await check(`simulator, ${count} seeds over ${part[1]}`, [...simulate, '--seeds', String(count), ...part, ...inTime(REAL_PARTS_MS)]);
    }
    // The many last: a slow machine runs as many of them as it has time for, and says how many it did not.
    for (const { name, from } of JSON.parse(readFileSync(join(root, simulationKinds), 'utf8')).reverse()) {
      const isMany = from === 0;
      const words = isMany ? ['--seeds', String(seeds), ...inTime(MANY_MS)] : ['--seeds', String(seedsOfOthers), '--from', String(from)];
      await check(`simulator, ${isMany ? seeds : seedsOfOthers} seeds of ${name}`, [...simulate, ...words]);
    }
  } else {
    counts.push({ passed: 0, failed: 0, notRun: [`simulator: ${simulator} is absent`] });
  }
  return finish(counts);
}

/**
 * @param {import('./lib/tally.mjs').Count[]} counts
 * @returns {number} exit code
 */
function finish(counts) {
  if (isStopping()) return 130;
  const { checks } = JSON.parse(readFileSync(join(root, 'test', 'not-run.json'), 'utf8'));
  const summary = summarise(counts, checks);
  say(`finished in ${Math.round((Date.now() - startedAt) / 1000)} s\n`);
  console.log(summary.lines.join('\n'));
  return summary.succeeded ? 0 : 1;
}

/** @param {string} suite a project of test/vitest.config.ts */
async function runSuite(suite) {
  say(`tests: ${suite}`);
  const report = join(reports, `${suite}.json`);
  const { code, lines, timedOut } = await run(
    [
      node, bin('vitest/vitest.mjs'), 'run', '--config', 'test/vitest.config.ts', '--project', suite, '--passWithNoTests',
      '--reporter=default', '--reporter=json', `--outputFile.json=${report}`,
    ],
    { cwd: root, timeoutMs: remaining(minutes(12)), collect: true },
  );
  if (timedOut || !existsSync(report)) {
    say(`${suite}: ${timedOut ? 'stopped at its deadline' : 'no report'}`);
    return [countCheck(false)];
  }
  const count = countReport(suite, JSON.parse(readFileSync(report, 'utf8')));
  // An error outside every test (an unhandled rejection) fails the run and no test.
  if (code !== 0 && count.failed === 0) count.failed = 1;
  return [count, { passed: 0, failed: 0, notRun: notRunLines(lines) }];
}

/** @param {number} wantedMs */
function remaining(wantedMs) {
  return Math.max(1000, Math.min(wantedMs, startedAt + TEST_MS - Date.now()));
}

endWithParent();
const [task, ...args] = process.argv.slice(2);
if (task === 'start') process.exitCode = await start(args);
else if (task === 'test') process.exitCode = await test({ suites: ['unit', 'node', 'worlds', 'browser', 'e2e', 'postgres', 'faults'], seeds: 25_000, seedsOfOthers: 500, whole: true });
else if (task === 'check') process.exitCode = await test({ suites: ['unit', 'node'], seeds: 500, seedsOfOthers: 50, whole: false });
else {
  console.error('usage: node scripts/task.mjs start [server arguments] | test | check');
  process.exitCode = 2;
}
