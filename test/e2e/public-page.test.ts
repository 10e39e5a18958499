// Code written against the public page runs unchanged: on the server's answer in a browser, and on the engine's own status.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEVICE_STATUS_DISPLAY, QUICK_SYNC_CHECK } from '../fixtures/public-page-samples.ts';
import { desktopClient, signInByApi, type SignedIn } from './lib/people.ts';
import { openProfile, type Profile } from './lib/profile.ts';
import { type ServerProcess, startServer } from './lib/server-process.ts';

const ORIGIN = 'https://game.regardingwork.com';

/** Runs the second sample over a device list and gives the lines it prints. */
function displayed(devices: unknown): string[] {
  const lines: string[] = [];
  const run = new Function('devices', 'console', `${DEVICE_STATUS_DISPLAY}\ndisplayDeviceStatus(devices);`) as (devices: unknown, console: unknown) => void;
  run(devices, { log: (line: string) => lines.push(line) });
  return lines;
}

describe('the samples of the public page', () => {
  let server: ServerProcess;
  let account: SignedIn;
  let profile: Profile;

  beforeAll(async () => {
    server = await startServer();
    account = await signInByApi(server.url);
    profile = await openProfile();
  });
  afterAll(async () => {
    await profile.dispose();
    await server.dispose();
  });

  it('the quick check runs in a browser with its address routed here', async () => {
    const page = await profile.context.newPage();
    const said: string[] = [];
    page.on('console', (message) => said.push(message.text()));
    await page.route(`${ORIGIN}/**`, async (route) => {
      const { pathname, search } = new URL(route.request().url());
      if (pathname === '/') return route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>sample</title>' });
      const answer = await fetch(server.url + pathname + search, { headers: { Authorization: route.request().headers()['authorization'] ?? '' } });
      return route.fulfill({ status: answer.status, contentType: 'application/json', body: await answer.text() });
    });
    await page.goto(`${ORIGIN}/`);
    await page.evaluate((token) => localStorage.setItem('jwt_token', token), account.token);
    const status = (await page.evaluate(`(async () => { ${QUICK_SYNC_CHECK}\nreturn checkSyncStatus(); })()`)) as { sync_status: string; devices: unknown[] };
    expect(status.sync_status).toBe('conflicts');
    expect(said.join('\n')).toMatch(/conflicts/i);
    expect(displayed(status.devices)).toHaveLength(4);
  });

  it('the device display runs on the engine\'s own devices', async () => {
    const engine = await desktopClient(server.url, account);
    await engine.sync();
    const lines = displayed(engine.status.current.devices);
    expect(lines.filter((line) => /mac_app|web_timer|windows_app/.test(line)).length).toBeGreaterThanOrEqual(4);
    expect(lines.some((line) => line.includes('2 sessions pending'))).toBe(true);
    await engine.close();
  });
});
