// The options of an engine, checked once and put into one flat form.
import { type FieldIssue, isDeviceType, LIMITS, textProblem } from '@syncline/protocol';
import type { SyncEngineOptions } from './api.ts';
import { storeName } from './store-name.ts';
import { type AnnotationsFactory, isAnnotationsFactory } from './sync/annotations-part.ts';
import { isHeaderText, refuse, unless } from './sync/check-call.ts';
import { isPreferencesFactory, type PreferencesFactory } from './sync/preferences-part.ts';

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
  readonly preferences: PreferencesFactory | null;
  readonly annotations: AnnotationsFactory | null;
  /** Address of the server, in one spelling. */
  readonly server: string;
  /** Name of the store, of its lock and of its channel. */
  readonly name: string;
}

/** @throws EngineError `invalid_input` that names every faulty option. */
export function readConfig(options: SyncEngineOptions): EngineConfig {
  const issues: FieldIssue[] = [];
  const need = (path: string, isFit: boolean, message: string): void => void issues.push(...unless(isFit, path, message));
  const needText = (path: string, value: string, maxBytes: number): void => {
    const problem = typeof value === 'string' ? textProblem(value, maxBytes, 1) : 'must be text';
    if (problem !== null) issues.push({ path, message: problem });
  };
  const needHeader = (path: string, value: string): void => need(path, isHeaderText(value), 'must be 1 to 128 printable ASCII characters without spaces');
  // Plain JavaScript may call with anything: what is no object has no fields.
  const { user, device: ofDevice, server: ofServer, lastHours = LIMITS.lastHoursDefault, ...rest } = { ...options };
  const { type, version, name, id } = { ...ofDevice };
  const { url, token, appIdentifier } = { ...ofServer };
  const address = addressOf(url);
  const preferences = isPreferencesFactory(rest.preferences) ? rest.preferences : null;
  const annotations = isAnnotationsFactory(rest.annotations) ? rest.annotations : null;
  needText('user', user, LIMITS.usernameBytesMax);
  needText('device.version', version, LIMITS.versionBytesMax);
  if (name !== undefined) needText('device.name', name, LIMITS.deviceNameBytesMax);
  if (id !== undefined) needHeader('device.id', id);
  need('device.type', isDeviceType(type), 'must be 1 to 32 of a-z, 0-9 and _');
  if (appIdentifier !== undefined) needHeader('server.appIdentifier', appIdentifier);
  need('server.url', address !== null, 'must be an http or https address, and no more than that');
  need('server.token', typeof token === 'function', 'must be a function');
  need('lastHours', Number.isInteger(lastHours) && lastHours >= 1 && lastHours <= LIMITS.lastHoursMax, `must be a whole number from 1 to ${LIMITS.lastHoursMax}`);
  need('sync', typeof (rest.sync ?? true) === 'boolean', 'must be true or false');
  need('preferences', preferences === (rest.preferences ?? null), 'must be made by yjsPreferences()');
  need('annotations', annotations === (rest.annotations ?? null), 'must be made by yjsAnnotations()');
  refuse(issues);
  return {
    user,
    deviceType: type,
    deviceVersion: version,
    deviceName: name ?? null,
    deviceId: id ?? null,
    token,
    appIdentifier: appIdentifier ?? null,
    defaultIdentifier: identifierOf(type, version),
    lastHours,
    maySend: rest.sync ?? true,
    preferences,
    annotations,
    server: address ?? '',
    name: storeName(address ?? '', user),
  };
}

/** `web_timer` 1.0 is `Syncline-web_timer-v1.0`: a type stands for its platform. */
function identifierOf(type: string, version: string): string | null {
  const identifier = `Syncline-${type}-v${version}`;
  return isHeaderText(identifier) ? identifier : null;
}

/** Address without `/api`, in one spelling, so that two spellings of it share a store. */
function addressOf(url: string): string | null {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return null;
  }
  const { protocol, username, password, search, hash } = parsed;
  if ((protocol !== 'https:' && protocol !== 'http:') || username + password + search + hash !== '') return null;
  let path = parsed.pathname;
  while (path.endsWith('/')) path = path.slice(0, -1);
  return parsed.origin + path;
}
