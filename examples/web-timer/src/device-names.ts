// What people call their devices, as the server said last: kept between visits, so that lanes have their names without a network, and
// devices that were forgotten keep theirs. And what this browser calls itself.
import type { DeviceInfo } from '@syncline/core';
import { recall, remember } from './remembered.ts';

type Names = ReadonlyMap<string, string>;

const DEVICES_MAX = 200;
const listeners = new Set<() => void>();
let read: { readonly text: string | null; readonly user: string; readonly names: Names } | null = null;

/** Names by device id; the same map until one changes. */
export function knownNames(user: string): Names {
  const text = recall('deviceNames');
  if (read?.text !== text || read.user !== user) read = { text, user, names: parse(text, user) };
  return read.names;
}

export function onNames(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export function learnNames(user: string, devices: readonly Pick<DeviceInfo, 'deviceId' | 'name'>[]): void {
  const names = new Map(knownNames(user));
  for (const { deviceId, name } of devices) {
    names.delete(deviceId);
    if (name !== null) names.set(deviceId, name);
  }
  const text = JSON.stringify({ user, names: [...names].slice(-DEVICES_MAX) });
  if (text === recall('deviceNames')) return;
  remember('deviceNames', text);
  for (const listener of listeners) listener();
}

function parse(text: string | null, user: string): Names {
  try {
    const kept = JSON.parse(text ?? 'null') as { user?: unknown; names?: unknown } | null;
    const rows: readonly unknown[] = kept?.user === user && Array.isArray(kept.names) ? kept.names : [];
    return new Map(rows.filter((row): row is [string, string] => Array.isArray(row) && row.length === 2 && row.every((word) => typeof word === 'string')));
  } catch {
    return new Map();
  }
}

const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/Edg(e|A|iOS)?\//, 'Edge'], [/OPR\//, 'Opera'], [/SamsungBrowser\//, 'Samsung Internet'], [/Firefox\/|FxiOS\//, 'Firefox'], [/Chrom(e|ium)\/|CriOS\//, 'Chrome'], [/Safari\//, 'Safari'],
];
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/iPhone/, 'iPhone'], [/iPad/, 'iPad'], [/Android/, 'Android'], [/CrOS/, 'ChromeOS'], [/Windows/, 'Windows'], [/Mac OS X/, 'Mac'], [/Linux/, 'Linux'],
];

/** "Firefox on Windows": a name by which a person knows a browser among others, until they give it one. */
export function browserName(userAgent: string): string {
  const find = (words: typeof BROWSERS): string | undefined => words.find(([pattern]) => pattern.test(userAgent))?.[1];
  const [browser, system] = [find(BROWSERS), find(SYSTEMS)];
  if (browser === undefined) return system === undefined ? 'Web timer' : `Web timer on ${system}`;
  return system === undefined ? browser : `${browser} on ${system}`;
}
