// Firefox and WebKit as the distribution has them, opened on an address without any driver.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * @typedef {object} OtherBrowser
 * @property {(address: string, preferences?: object) => () => Promise<void>} open the address; the result ends the browser. Preferences are Firefox's own.
 */

/** Nothing but the page is to be asked for, and nobody sits there to answer a question about persistence. */
const FIREFOX_PREFS = {
  'app.normandy.enabled': false, 'app.update.enabled': false, 'browser.aboutwelcome.enabled': false, 'browser.shell.checkDefaultBrowser': false,
  'datareporting.policy.dataSubmissionEnabled': false, 'extensions.update.enabled': false, 'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false, 'toolkit.telemetry.enabled': false,
  'dom.storageManager.prompt.testing': true, 'dom.storageManager.prompt.testing.allow': true, 'browser.safebrowsing.update.enabled': false,
};

/** @returns {OtherBrowser | undefined} */
export function findFirefox() {
  const path = ['/usr/bin/firefox-esr', '/usr/bin/firefox'].find((file) => existsSync(file));
  if (path === undefined) return undefined;
  return {
    open(address, preferences = {}) {
      const profile = mkdtempSync(join(tmpdir(), 'syncline-firefox-'));
      const lines = Object.entries({ ...FIREFOX_PREFS, ...preferences }).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`);
      writeFileSync(join(profile, 'user.js'), lines.join('\n'));
      return start(path, ['--headless', '--no-remote', '--profile', profile, address], { HOME: profile }, profile);
    },
  };
}

/** @returns {OtherBrowser | undefined} */
export function findWebKit() {
  const folders = existsSync('/usr/lib') ? readdirSync('/usr/lib').map((name) => join('/usr/lib', name, 'webkit2gtk-4.1', 'MiniBrowser')) : [];
  const path = folders.find((file) => existsSync(file));
  const screen = '/usr/bin/xvfb-run';
  if (path === undefined || !existsSync(screen)) return undefined;
  return {
    open(address) {
      const home = mkdtempSync(join(tmpdir(), 'syncline-webkit-'));
      // Its sandbox needs rights that a container's root has not.
      const env = { HOME: home, XDG_RUNTIME_DIR: home, ...(process.getuid?.() === 0 ? { WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1' } : {}) };
      return start(screen, ['-a', path, '--private', address], env, home);
    },
  };
}

/**
 * @param {string} program
 * @param {string[]} args
 * @param {Record<string, string>} env
 * @param {string} folder removed at the end
 */
function start(program, args, env, folder) {
  // A group of its own, so that its helpers end with it.
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: 'ignore', detached: true });
  const ended = new Promise((resolve) => { child.once('close', resolve).once('error', resolve); });
  const kill = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // Already gone.
    }
  };
  process.once('exit', kill);
  return async () => {
    kill();
    await ended;
    process.off('exit', kill);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
}
