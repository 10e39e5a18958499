import { describe, expect, it } from 'vitest';
import { parseAppIdentifier } from '@syncline/protocol';
import { yjsAnnotations } from './annotations.ts';
import type { SyncEngineOptions } from './api.ts';
import { readConfig } from './config.ts';
import { yjsPreferences } from './preferences.ts';

const options = { user: 'u', device: { type: 'web_timer', version: '1' }, server: { url: 'https://a.test', token: () => null } };

describe('the options', () => {
  it('[D05] name one store for each account and server, however the address is spelled', () => {
    const name = (url: string, user = 'u') => readConfig({ ...options, user, server: { ...options.server, url } }).name;
    expect(new Set(['https://a.test', 'https://A.test/', 'https://a.test:443', 'https://a.test//'].map((url) => name(url))).size).toBe(1);
    expect(['https://A.test/ ', 'https://a.test:443/x//'].map((url) => readConfig({ ...options, server: { ...options.server, url } }).server)).toEqual(['https://a.test', 'https://a.test/x']);
    expect(new Set([name('https://a.test'), name('https://a.test', 'v'), name('http://a.test'), name('https://a.test/x')]).size).toBe(4);
  });
  it('say what the app is, so that other devices show its type and version from the first call', () => {
    const said = (type: string, version: string) => readConfig({ ...options, device: { type, version } }).defaultIdentifier;
    expect([said('web_timer', '1.0.0'), said('mac_app', '2'), said('smart_watch', '3-rc.1'), said('web_timer', 'one two')]).toEqual(
      ['Syncline-web_timer-v1.0.0', 'Syncline-mac_app-v2', 'Syncline-smart_watch-v3-rc.1', null],
    );
    expect(parseAppIdentifier('Syncline-smart_watch-v3-rc.1')).toEqual({ deviceType: 'smart_watch', version: '3-rc.1' });
    expect(parseAppIdentifier('Syncline-web_timer-v1.0.0')).toEqual({ deviceType: 'web_timer', version: '1.0.0' });
  });
  it.each(['https://me:secret@a.test', 'https://me@a.test', 'https://a.test/?x=1', 'https://a.test/#x', 'a.test'])('name no server as %s: no call would get there', (url) => {
    expect(() => readConfig({ ...options, server: { ...options.server, url } })).toThrowError(expect.objectContaining({ details: [expect.objectContaining({ path: 'server.url' })] }));
  });
  it('are refused where plain JavaScript mixes up plug-ins, or says something else than whether to sync', () => {
    const [preferences, annotations] = [yjsAnnotations(), yjsPreferences()];
    const bad = { ...options, preferences, annotations, sync: 'no' } as unknown as SyncEngineOptions;
    expect(() => readConfig(bad)).toThrowError(expect.objectContaining({ details: ['sync', 'preferences', 'annotations'].map((path) => expect.objectContaining({ path })) }));
    expect(readConfig({ ...options, preferences: yjsPreferences(), annotations: yjsAnnotations(), sync: false })).toMatchObject({ maySend: false });
  });
  it('are refused with every fault named', () => {
    const bad = { user: '', device: { type: 'Web Timer', version: '', id: 'a b', name: '' }, server: { url: 'ftp://x', token: () => null, appIdentifier: 'a\nb' }, lastHours: 0 };
    expect(() => readConfig(bad)).toThrowError(expect.objectContaining({
      name: 'EngineError', code: 'invalid_input',
      details: ['user', 'device.version', 'device.name', 'device.id', 'device.type', 'server.appIdentifier', 'server.url', 'lastHours'].map((path) => expect.objectContaining({ path })),
    }));
  });
});
