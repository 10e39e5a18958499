// The documented header X-App-Identifier, for example "RegardingWork-Mac-v1.0": product, platform, version.

/** What an app identifier says: the device type (`mac_app`, `cli`, …) and the version without its `v`. */
export interface AppIdentity {
  readonly deviceType: string;
  readonly version: string;
}

const TYPE_BY_PLATFORM: ReadonlyMap<string, string> = new Map([
  ['mac', 'mac_app'],
  ['windows', 'windows_app'],
  ['web', 'web_timer'],
]);

/**
 * Reads `X-App-Identifier`. Platforms Mac, Windows and Web become `mac_app`, `windows_app` and `web_timer`;
 * another platform of letters, digits and underscores becomes itself in lower case.
 * @returns `null` when the text has not the form `Product-Platform-vVersion`, or is longer than 128 characters.
 */
export function parseAppIdentifier(text: string): AppIdentity | null {
  if (text.length > 128) return null;
  const [product, platform, ...rest] = text.split('-');
  const tail = rest.join('-');
  if (!product || !platform || !tail.startsWith('v') || tail.length < 2) return null;
  const name = platform.toLowerCase();
  const deviceType = TYPE_BY_PLATFORM.get(name) ?? name;
  return isDeviceType(deviceType) ? { deviceType, version: tail.slice(1) } : null;
}

/** Whether a value may be a `source` or `device_type`: 1 to 32 of `a`–`z`, `0`–`9` and `_`. */
export function isDeviceType(value: unknown): value is string {
  return typeof value === 'string' && /^[a-z0-9_]{1,32}$/.test(value);
}
