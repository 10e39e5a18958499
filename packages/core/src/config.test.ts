import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

const options = { user: 'u', device: { type: 'web_timer', version: '1' }, server: { url: 'https://a.test', token: () => null } };

describe('the options', () => {
  it('name one store for each account and server, however the address is spelled', () => {
    const name = (url: string, user = 'u') => readConfig({ ...options, user, server: { ...options.server, url } }).name;
    expect(new Set(['https://a.test', 'https://A.test/', 'https://a.test:443', 'https://a.test//'].map((url) => name(url))).size).toBe(1);
    expect(new Set([name('https://a.test'), name('https://a.test', 'v'), name('http://a.test'), name('https://a.test/x')]).size).toBe(4);
  });
  it('are refused with every fault named', () => {
    const bad = { user: '', device: { type: 'Web Timer', version: '', id: 'a b', name: '' }, server: { url: 'ftp://x', token: () => null, appIdentifier: 'a\nb' }, lastHours: 0 };
    expect(() => readConfig(bad)).toThrowError(expect.objectContaining({
      name: 'EngineError', code: 'invalid_input',
      details: ['user', 'device.version', 'device.name', 'device.id', 'device.type', 'server.appIdentifier', 'server.url', 'lastHours'].map((path) => expect.objectContaining({ path })),
    }));
  });
});
