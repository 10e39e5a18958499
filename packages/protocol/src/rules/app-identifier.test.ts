import { describe, expect, it } from 'vitest';
import { isDeviceType, parseAppIdentifier } from './app-identifier.ts';

describe('parseAppIdentifier', () => {
  it.each([
    ['RegardingWork-Mac-v1.0', { deviceType: 'mac_app', version: '1.0' }],
    ['RegardingWork-Windows-v1.1.0', { deviceType: 'windows_app', version: '1.1.0' }],
    ['RegardingWork-Web-v2.1.0-beta.1', { deviceType: 'web_timer', version: '2.1.0-beta.1' }],
    ['Syncline-cli-v0.1', { deviceType: 'cli', version: '0.1' }],
    ['Syncline-iOS_app-v0.1', { deviceType: 'ios_app', version: '0.1' }],
    ['RegardingWork-Mac-1.0', null],
    ['RegardingWork-Mac-v', null],
    ['RegardingWork--v1', null],
    ['Mac', null],
    ['', null],
    [`A-${'b'.repeat(33)}-v1`, null],
    [`A-b-v${'1'.repeat(200)}`, null],
  ])('%s', (text, expected) => {
    expect(parseAppIdentifier(text)).toEqual(expected);
  });
});

describe('isDeviceType', () => {
  it('takes 1 to 32 of a-z, 0-9 and _', () => {
    for (const text of ['mac_app', 'cli', '_', '7', 'a'.repeat(32)]) expect(isDeviceType(text)).toBe(true);
    for (const text of ['', 'Mac', 'mac-app', 'mac app', 'é', 'a'.repeat(33)]) expect(isDeviceType(text)).toBe(false);
  });
});
