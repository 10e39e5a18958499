// A wall display: it opens the store of this browser's user, subscribes to the status, and shows it. It records nothing.
// Of all pages of this browser, the web timer's too, one talks to the server for all: the one that was opened first.
import { calm, devices$, status$ } from '@syncline/rxjs';
import { createSyncEngine, type SyncEngine } from '@syncline/core';
import { yjsPreferences } from '@syncline/core/preferences';
import { BehaviorSubject, combineLatest, distinctUntilChanged, filter, map, timer } from 'rxjs';
import { onUserChange, rememberedDevice, rememberedUser, Tokens } from './account.ts';
import { type Board, boardOf, type DeviceTile, deviceTiles } from './board.ts';
import { knownNames, learnNames, onNamesElsewhere } from './device-names.ts';
import { element, fill, picture, place, say } from './dom.ts';
import { becomeNewest, keepPage } from './keep-page.ts';
import './styles.css';

/** The web timer's: this page is another window of the same device. */
const VERSION = '1.0.0';
const AGES_EVERY_MS = 10_000;
const NAMES_EVERY_MS = 600_000;

function showBoard({ word, overall, waiting, facts, notice, advice }: Board): void {
  document.body.dataset['word'] = word;
  document.title = `${overall}, ${waiting.toLowerCase()} · Syncline`;
  say('overall', overall);
  say('waiting', waiting);
  say('notice', notice ?? '');
  fill('facts', facts.map(({ name, value }) => element('div', '', element('dt', '', name), element('dd', '', value))));
  fill('advice', advice.map((line) => element('li', '', line)));
}

function showDevices(tiles: readonly DeviceTile[]): void {
  fill('devices', tiles.map(({ word, icon, name, state, detail }) =>
    element('li', `device ${word}`, picture(icon), element('strong', '', name), element('span', 'state', state), element('span', 'detail', detail))));
}

/** The server refused the token: the cookie may give a new one, once for each refusal. */
function renewOnRefusal(engine: SyncEngine, tokens: Tokens): void {
  let wasRefused = false;
  status$(engine).subscribe(({ local: { connection } }) => {
    const isRefused = connection === 'auth_required';
    if (isRefused && !wasRefused) {
      tokens.drop();
      void engine.sync().catch(() => undefined);
    }
    wasRefused = isRefused;
  });
}

/** What people call their devices, by id. Asked for when one comes or goes, and now and then; without an answer those heard before have to do. */
function namesOf(engine: SyncEngine): BehaviorSubject<ReadonlyMap<string, string>> {
  const names = new BehaviorSubject(knownNames(engine.user));
  onNamesElsewhere(() => names.next(knownNames(engine.user)));
  const listed = status$(engine).pipe(
    filter(({ local: { connection } }) => connection === 'online'),
    map(({ devices = [] }) => devices.map(({ device_id: id }) => id).sort().join()),
    distinctUntilChanged(),
  );
  combineLatest([listed, timer(0, NAMES_EVERY_MS)]).subscribe(() => engine.devices.list().then((found) => names.next(learnNames(engine.user, found)), () => undefined));
  return names;
}

async function open(userId: string): Promise<void> {
  const tokens = new Tokens(userId);
  const engine = await createSyncEngine({
    user: userId,
    device: { type: 'web_timer', version: VERSION, name: rememberedDevice() },
    server: { url: location.origin, token: (signal) => tokens.current(signal), appIdentifier: `Syncline-Web-v${VERSION}` },
    // Shown nowhere here; but while this page does the talking, those that the timer set are its to send.
    preferences: yjsPreferences(),
  });
  status$(engine).pipe(calm(), map((status) => boardOf(status, navigator.onLine))).subscribe(showBoard);
  const serverNow = (): number => Date.now() - (engine.status.current.local.clock_skew_ms ?? 0);
  combineLatest([devices$(engine), namesOf(engine), timer(0, AGES_EVERY_MS)])
    .pipe(map(([devices, names]) => deviceTiles(devices, serverNow(), names, engine.deviceId))).subscribe(showDevices);
  renewOnRefusal(engine, tokens);
  status$(engine).subscribe(({ local }) => local.problems.includes('update_needed') && becomeNewest());
}

keepPage();
onUserChange(() => location.reload());
const user = rememberedUser();
if (user === null) {
  say('overall', 'Signed out');
  place('sign-in').hidden = false;
} else {
  open(user).catch(() => {
    say('overall', 'The sessions of this browser could not be opened');
    becomeNewest();
  });
}
