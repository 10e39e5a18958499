// The options of an engine, checked once and put into one flat form.
import { type FieldIssue, isDeviceType, LIMITS, textProblem } from '@syncline/protocol';
import type { SyncEngineOptions } from './api.ts';
import type { AnnotationsPlugin } from './api-annotations.ts';
import type { PreferencesPlugin } from './api-preferences.ts';
import { engineError } from './errors.ts';
import { storeName } from './store-name.ts';

const IDENTIFIER_CHARS = 128;

export interface EngineConfig {
  readonly user: string;
  readonly deviceType: string;
  readonly deviceVersion: string;
  readonly deviceName: string | null;
  /** Set by the app; null when the store's own identity is to be used. */
  readonly deviceId: string | null;
  readonly token: SyncEngineOptions['server']['token'];
  readonly appIdentifier: string | null;
  /** What stands in for it with a server that lists devices, made of type and version; null when the version fits no header. */
  readonly defaultIdentifier: string | null;
  readonly lastHours: number;
  readonly maySend: boolean;
  readonly preferences: PreferencesPlugin | null;
  readonly annotations: AnnotationsPlugin | null;
  /** Name of the store, of its lock and of its channel. */
  readonly name: string;
}

/** @throws EngineError `invalid_input` that names every faulty option. */
export function readConfig(options: SyncEngineOptions): EngineConfig {
  const issues: FieldIssue[] = [];
  const text = (path: string, value: string, maxBytes: number, minChars: number): void => {
    const problem = typeof value === 'string' ? textProblem(value, maxBytes, minChars) : 'must be text';
    if (problem !== null) issues.push({ path, message: problem });
  };
  const { device, server } = options;
  text('user', options.user, LIMITS.usernameBytesMax, 1);
  text('device.version', device.version, LIMITS.versionBytesMax, 1);
  if (device.name !== undefined) text('device.name', device.name, LIMITS.deviceNameBytesMax, 1);
  if (device.id !== undefined && !isHeaderText(device.id, LIMITS.deviceIdChars)) {
    issues.push({ path: 'device.id', message: `must be 1 to ${LIMITS.deviceIdChars} printable ASCII characters without spaces` });
  }
  if (!isDeviceType(device.type)) issues.push({ path: 'device.type', message: 'must be 1 to 32 of a-z, 0-9 and _' });
  if (server.appIdentifier !== undefined && !isHeaderText(server.appIdentifier, IDENTIFIER_CHARS)) {
    issues.push({ path: 'server.appIdentifier', message: 'must be 1 to 128 printable ASCII characters without spaces' });
  }
  const origin = originOf(server.url);
  if (origin === null) issues.push({ path: 'server.url', message: 'must be an http or https address' });
  const lastHours = options.lastHours ?? LIMITS.lastHoursDefault;
  if (!Number.isInteger(lastHours) || lastHours < 1 || lastHours > LIMITS.lastHoursMax) {
    issues.push({ path: 'lastHours', message: `must be a whole number from 1 to ${LIMITS.lastHoursMax}` });
  }
  if (issues.length > 0 || origin === null) throw engineError('invalid_input', issues);
  return {
    user: options.user,
    deviceType: device.type,
    deviceVersion: device.version,
    deviceName: device.name ?? null,
    deviceId: device.id ?? null,
    token: server.token,
    appIdentifier: server.appIdentifier ?? null,
    defaultIdentifier: identifierOf(device.type, device.version),
    lastHours,
    maySend: options.sync ?? true,
    preferences: options.preferences ?? null,
    annotations: options.annotations ?? null,
    name: storeName(origin, options.user),
  };
}

/** `web_timer` 1.0 is `Syncline-web_timer-v1.0`: a type stands for its platform. */
function identifierOf(type: string, version: string): string | null {
  const identifier = `Syncline-${type}-v${version}`;
  return isHeaderText(identifier, IDENTIFIER_CHARS) ? identifier : null;
}

/** Address without `/api`, in one spelling, so that two spellings of it share a store. */
function originOf(url: string): string | null {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return null;
  }
  if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:') return null;
  let path = parsed.pathname;
  while (path.endsWith('/')) path = path.slice(0, -1);
  return parsed.origin + path;
}

function isHeaderText(text: string, maxChars: number): boolean {
  if (text.length < 1 || text.length > maxChars) return false;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code <= 32 || code >= 127) return false;
  }
  return true;
}
