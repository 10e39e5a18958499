// docs/STATUS.md lists every word of the status with its cause, measure and action, made from the functions themselves.
import { explainDevice, explainOverall, type SyncFacts } from '@syncline/protocol';
import { expect, it } from 'vitest';
import { explainStatus } from '../../packages/core/src/sync/explain.ts';
import { EXPLAINED_CASES } from '../../packages/core/src/sync/explain-cases.test-support.ts';

const NOW = Date.UTC(2025, 7, 24, 18);
const HOUR = 3_600_000;
const AGES: readonly (readonly [string, number | null])[] = [
  ['never', null], ['under 1 h ago', 0], ['1 h to `last_hours` ago', HOUR], ['longer than `last_hours` ago', 25 * HOUR],
];

function row(cells: readonly (string | number | null)[]): string {
  return `| ${cells.map((cell) => cell ?? '–').join(' | ')} |`;
}

function measure({ cause, unit, threshold, action }: { cause: string; unit: string; threshold: number | null; action: string }): readonly string[] {
  const limit = threshold === null ? '–' : unit === 'ms' && threshold >= HOUR ? `${threshold / HOUR} h` : `${threshold}${unit === 'count' ? '' : ` ${unit}`}`;
  return [`\`${cause}\``, unit, limit, `\`${action}\``];
}

function deviceRows(): readonly string[] {
  return AGES.flatMap(([age, ms]) => [0, 1].map((sessionsPending) => {
    const facts = { deviceId: 'a', deviceType: 'mac_app', version: '1', lastSeen: ms === null ? null : NOW - ms, sessionsPending };
    const found = explainDevice(facts, NOW, true);
    return row([age, sessionsPending === 0 ? 'none' : '1 or more', `\`${found.state}\``, ...measure(found)]);
  }));
}

function overallRows(): readonly string[] {
  const rows: string[] = [];
  const device = (ms: number | null, sessionsPending: number) => ({ deviceId: 'a', deviceType: 'mac_app', version: '1', lastSeen: ms === null ? null : NOW - ms, sessionsPending });
  const devices: readonly (readonly [string, SyncFacts['devices']])[] = [
    ['no device', []],
    ...AGES.flatMap(([age, ms]) => [0, 1].map((pending) => [`newest seen ${age}, ${pending === 0 ? 'nothing' : 'sessions'} pending`, [device(ms, pending)]] as const)),
  ];
  for (const [says, list] of devices) for (const openConflicts of [0, 1]) for (const waits of [false, true]) {
    const found = explainOverall({ devices: list, totalSessions: 0, lastSession: null, preferencesUpdated: null, openConflicts, preferencesPending: waits }, NOW);
    rows.push(row([says, openConflicts === 0 ? 'no' : 'yes', waits ? 'yes' : 'no', `\`${found.state}\``, ...measure(found)]));
  }
  return rows;
}

function localRows(): readonly string[] {
  return EXPLAINED_CASES.flatMap((one) => explainStatus(one).filter(({ of }) => of !== 'sync_status' && of !== 'device'))
    .map((found) => row([found.of, `\`${found.state}\``, ...measure(found)]))
    .filter((line, i, all) => all.indexOf(line) === i)
    .sort();
}

const HEAD = ['cause', 'unit', 'threshold', 'action'];
const table = (head: readonly string[], rows: readonly string[]): readonly string[] => [row(head), row(head.map(() => '---')), ...rows];

it('docs/STATUS.md is what the functions say, over all combinations', async () => {
  const text = [
    '# Every word of the status, explained', '',
    'Made from `explainDevice`, `explainOverall` and `engine.explain()`; a test compares this page with them. The actions are the calls that',
    '`ActionCode` names. For a device that is not this one, the action is `open_device` wherever it says `sync` here.', '',
    '## A device', '', ...table(['last seen', 'sessions pending', 'word', ...HEAD], deviceRows()), '',
    '## The whole', '', '*Waiting* means preferences or settlements that are not delivered.', '',
    ...table(['devices', 'open conflict', 'waiting', 'word', ...HEAD], overallRows()), '',
    '## What only this device knows', '', 'A cause that is the code of the last error is shown here as `network`.', '',
    ...table(['of', 'word', ...HEAD], localRows()), '',
  ].join('\n');
  await expect(text).toMatchFileSnapshot('../../docs/STATUS.md');
});
