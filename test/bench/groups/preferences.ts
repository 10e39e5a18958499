// How long an engine with preferences takes to open after ten edits that were exchanged, and after ten thousand.
import { Device } from '../../../packages/core/src/preferences/device.test-support.ts';
import { inlineDocuments } from '../../../packages/server/src/documents/inline-documents.ts';
import type { StoredPreferences, UserSummary } from '../../../packages/server/src/ports.ts';
import { exchangePreferences } from '../../../packages/server/src/sync/preferences.ts';
import { openSite, removeSettled, type Settled, settledFolder, visit } from '../run/browser.ts';
import { bundlePage } from '../run/bundle.ts';
import { inTurns, type Results, Rounds } from '../run/rounds.ts';

const EDITS: Readonly<Record<string, number>> = { '10 edits': 10, '10,000 edits': 10_000 };
const AT_ONCE = 10;
const FIRST: StoredPreferences = { values: {}, updatedAt: null, document: null, stateVector: null, digest: null, retired: null };

/** What is in a device's store after so many edits, each taken by a real server. */
async function storedAfter(edits: number): Promise<Device['stored']> {
  const device = new Device('bench-device', 1, () => 1_756_000_000_000);
  let server = FIRST;
  const exchange = async (): Promise<void> => {
    const sent = await device.part.outgoing();
    if (sent === undefined) return;
    const summary = { preferencesUpdated: server.updatedAt } as UserSummary;
    const { answer, changes } = await exchangePreferences(server, sent, { documents: inlineDocuments(), now: 1_756_000_000_000, deviceId: null, summary });
    server = changes.preferences ?? server;
    await device.commit(device.part.incoming(answer));
    device.part.follow();
  };
  for (let turn = 0; turn < edits / AT_ONCE; turn += 1) {
    const isEven = turn % 2 === 0;
    await device.api.set({
      daily_goal: 1 + (turn % 20), default_duration: 5 + (turn % 50), short_break_duration: 1 + (turn % 30), long_break_duration: 5 + (turn % 50), public_leaderboard: isEven,
      email_notifications: isEven, slack_notifications: isEven, auto_start_breaks: isEven, theme_preference: isEven ? 'dark' : 'light', focus_mode: isEven ? 'strict' : 'relaxed',
    });
    await exchange();
    await exchange();
  }
  for (let round = 0; round < 3; round += 1) await exchange();
  return device.stored;
}

export async function measurePreferences(rounds: number, say: (line: string) => void): Promise<Results> {
  const site = await openSite();
  const settled = new Map<string, Settled>();
  const found = new Rounds();
  try {
    site.add('preferences', await bundlePage("import './preferences.ts';"));
    for (const [name, edits] of Object.entries(EDITS)) {
      say(`making ${name}`);
      const { document, row } = await storedAfter(edits);
      const keep = settledFolder(name.replaceAll(/[ ,]/g, ''));
      settled.set(name, keep);
      const text = JSON.stringify({ document, row }, (_, part: unknown) => (part instanceof Uint8Array ? { bytes: [...part] } : part));
      await visit(site, { from: null, keep }, async ({ open }) => (await open('preferences')).evaluate(`works.fill(${text})`));
      await visit(site, { from: keep, keep }, async ({ open }) => (await open('preferences')).evaluate('works.cold()'));
    }
    await inTurns(Object.keys(EDITS), rounds, async (name, number) => {
      say(`round ${number + 1} of ${rounds}: ${name}`);
      const ms = await visit(site, { from: settled.get(name) ?? null }, async ({ open }) => (await open('preferences')).evaluate<number>('works.cold()'));
      found.add(name, { 'opening ms': ms });
    });
  } finally {
    site.close();
    for (const left of settled.values()) removeSettled(left);
  }
  return found.results();
}
