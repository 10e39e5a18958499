import { beforeEach, describe, expect, it, vi } from 'vitest';
import { browserName, knownNames, learnNames, onNames } from './device-names.ts';
import { remember } from './remembered.ts';

beforeEach(() => remember('deviceNames', null));

describe('the names of devices', () => {
  it('are known again without a network, and those of devices that are on the list no more stay', () => {
    learnNames('jane', [{ deviceId: 'mac', name: 'Study' }, { deviceId: 'web', name: 'Firefox on Windows' }]);
    learnNames('jane', [{ deviceId: 'web', name: 'Kitchen' }]);
    expect([...knownNames('jane')]).toEqual([['mac', 'Study'], ['web', 'Kitchen']]);
    expect(knownNames('jane')).toBe(knownNames('jane'));
    learnNames('jane', [{ deviceId: 'web', name: null }]);
    expect([...knownNames('jane')]).toEqual([['mac', 'Study']]);
  });

  it('are told to whoever shows them, when one changed', () => {
    const told = vi.fn();
    const stop = onNames(told);
    learnNames('jane', [{ deviceId: 'mac', name: 'Study' }]);
    learnNames('jane', [{ deviceId: 'mac', name: 'Study' }]);
    stop();
    learnNames('jane', [{ deviceId: 'mac', name: 'Loft' }]);
    expect(told).toHaveBeenCalledTimes(1);
  });

  it('are those of one account, and junk is none', () => {
    learnNames('jane', [{ deviceId: 'mac', name: 'Study' }]);
    expect(knownNames('amir').size).toBe(0);
    for (const junk of ['', '{', 'null', '[]', '{"user":"jane","names":7}', '{"user":"jane","names":[["a"],7,["a",7]]}']) {
      remember('deviceNames', junk);
      expect(knownNames('jane').size).toBe(0);
    }
  });
});

describe('what a browser calls itself', () => {
  it.each([
    ['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/141.0.0.0 Safari/537.36', 'Chrome on Linux'],
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0', 'Edge on Windows'],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:143.0) Gecko/20100101 Firefox/143.0', 'Firefox on Mac'],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1', 'Safari on iPhone'],
    ['Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36', 'Chrome on Android'],
    ['something else', 'Web timer'],
  ])('%s', (userAgent, name) => {
    expect(browserName(userAgent)).toBe(name);
  });
});
