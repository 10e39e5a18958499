// What is said of a device to somebody who looks after it. Pure.
import type { DeviceInfo, Session } from '@syncline/core';
import { deviceTypeName } from '@syncline/protocol';
import { ago, count } from './words.ts';

export function deviceTitle({ name, deviceType }: Pick<DeviceInfo, 'name' | 'deviceType'>): string {
  return name ?? deviceTypeName(deviceType);
}

/** Where a session was recorded: "This device", the name of another, or what kind it is. */
export function whereWords({ deviceId, source }: Pick<Session, 'deviceId' | 'source'>, ownId: string, names: ReadonlyMap<string, string>): string {
  return deviceId === ownId ? 'This device' : (names.get(deviceId ?? '') ?? deviceTypeName(source));
}

const since = (at: number | null, now: number): string => ago(at === null ? null : new Date(at).toISOString(), now);

/** "Mac app · mac-1.0 · seen 5 minutes ago · 2 sessions waiting, as of 5 minutes ago · signed out". @param now in server time. */
export function deviceNote(device: DeviceInfo, now: number): string {
  const { name, deviceType, version, lastSeen, sessionsPending, pendingAsOf, signedIn } = device;
  return [
    ...(name === null ? [] : [deviceTypeName(deviceType)]),
    ...(version === '' ? [] : [version]),
    lastSeen === null ? 'never seen' : `seen ${since(lastSeen, now)}`,
    ...(sessionsPending === 0 ? [] : [`${count(sessionsPending, 'session')} waiting${pendingAsOf === null ? '' : `, as of ${since(pendingAsOf, now)}`}`]),
    ...(signedIn ? [] : ['signed out']),
  ].join(' · ');
}
