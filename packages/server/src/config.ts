// Every setting of the server: its name, its default, what it may hold, and the words for a wrong one.
// Pure: text in, settings or complaints out. Reading the environment and the command line is `cli.ts`'s work.
import { isIP } from 'node:net';

/** What the app itself needs to know; the same in production, in tests and in a simulated world. */
export interface AppConfig {
  readonly version: string;
  /** Shown in conflict advice. */
  readonly supportContact: string;
  /** Life of an access token, in milliseconds. */
  readonly tokenLifetimeMs: number;
  /** Life of a login, however often it is refreshed, in milliseconds. */
  readonly loginLifetimeMs: number;
  /** Origins of other sites whose pages may call, each exactly as a browser writes it. */
  readonly corsOrigins: readonly string[];
  /** Origin under which browsers see this server, when a proxy stands in front; null means the address that was asked. */
  readonly publicOrigin: string | null;
  /** How many proxies in front of the server may be believed about the caller's address. */
  readonly trustedProxies: number;
}

/** All settings of a server process. */
export interface ServerConfig {
  readonly app: AppConfig;
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Folder of the embedded database, the secret and the lock. */
  readonly dataDir: string;
  /** PostgreSQL to use in place of the embedded database. */
  readonly databaseUrl: string | null;
  /** Key of the access tokens; null means one made once and kept in the data folder. */
  readonly secret: string | null;
  /** The key before it: tokens signed with it are still accepted. */
  readonly previousSecret: string | null;
  /** Whether the demo account exists. */
  readonly demo: boolean;
  readonly logLevel: LogLevel;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Settings as text, from flags or the environment. */
export type RawSettings = Readonly<Partial<Record<SettingName, string>>>;

export type SettingName =
  | 'port' | 'host' | 'dataDir' | 'databaseUrl' | 'secret' | 'previousSecret' | 'tokenDays' | 'loginDays'
  | 'corsOrigins' | 'publicOrigin' | 'trustedProxies' | 'supportContact' | 'demo' | 'logLevel';

export interface Setting {
  readonly name: SettingName;
  /** Environment variable. */
  readonly env: string;
  /** Flag without dashes; absent for what may hold a secret, because it would show in the process list. */
  readonly flag?: string;
  readonly value: string;
  readonly fallback: string;
  readonly help: string;
}

/** In the order in which `--help` shows them. */
export const SETTINGS: readonly Setting[] = [
  { name: 'port', env: 'PORT', flag: 'port', value: 'number', fallback: '4000', help: 'port to listen on; 0 lets the system choose' },
  { name: 'host', env: 'HOST', flag: 'host', value: 'address', fallback: '127.0.0.1', help: 'address to listen on; 0.0.0.0 for every network' },
  { name: 'dataDir', env: 'DATA_DIR', flag: 'data-dir', value: 'folder', fallback: '.syncline', help: 'folder of the embedded database and the secret' },
  { name: 'databaseUrl', env: 'DATABASE_URL', value: 'url', fallback: '', help: 'postgres://… or postgresql://…: PostgreSQL in place of the embedded database' },
  { name: 'secret', env: 'AUTH_SECRET', value: 'text', fallback: '', help: 'key of the access tokens, at least 32 characters; made once in the data folder when absent' },
  { name: 'previousSecret', env: 'AUTH_SECRET_PREVIOUS', value: 'text', fallback: '', help: 'the key before it, while its tokens are still about' },
  { name: 'tokenDays', env: 'TOKEN_DAYS', flag: 'token-days', value: 'days', fallback: '30', help: 'life of an access token, 0.0001 to 365' },
  { name: 'loginDays', env: 'LOGIN_DAYS', flag: 'login-days', value: 'days', fallback: '90', help: 'life of a login, however often it is refreshed, at least the token\'s' },
  { name: 'corsOrigins', env: 'CORS_ORIGINS', flag: 'cors-origins', value: 'list', fallback: '', help: 'origins of other sites that may call, separated by commas' },
  { name: 'publicOrigin', env: 'PUBLIC_ORIGIN', flag: 'public-origin', value: 'origin', fallback: '', help: 'https://… under which browsers see the server behind a proxy' },
  { name: 'trustedProxies', env: 'TRUSTED_PROXIES', flag: 'trusted-proxies', value: 'number', fallback: '0', help: 'proxies in front whose X-Forwarded-For is believed, 0 to 9' },
  { name: 'supportContact', env: 'SUPPORT_CONTACT', flag: 'support-contact', value: 'text', fallback: 'api-support@regardingwork.com', help: 'address in the advice on conflicts' },
  { name: 'demo', env: 'DEMO', flag: 'demo', value: 'auto|off', fallback: 'auto', help: 'demo account; auto: only on a loopback host with the embedded database and no proxy in front' },
  { name: 'logLevel', env: 'LOG_LEVEL', flag: 'log-level', value: 'level', fallback: 'warn', help: 'debug, info, warn, error or silent' },
];

/** Secrets that appear in documents and examples, and so in every attacker's list. */
const SAMPLE_SECRET = /^(.)\1*$|changeme|change-me|change_me|example|password|your[-_ ]?secret|secret[-_ ]?key|0123456789abcdef|12345678/i;
const SECRET_LENGTH_MIN = 32;
const DAY_MS = 86_400_000;

export type ConfigOutcome =
  | { readonly ok: true; readonly config: ServerConfig }
  | { readonly ok: false; readonly complaints: readonly string[] };

/** Whether only programs on this machine can reach a server that listens there. */
export function isLoopback(host: string): boolean {
  const bare = host.toLowerCase().replace(/^\[|\]$/g, '');
  return bare === 'localhost' || bare === '::1' || (isIP(bare) === 4 && bare.startsWith('127.'));
}

/** Reads every setting; names each faulty one in words, never with a secret's value. */
export function readConfig(raw: RawSettings, version: string): ConfigOutcome {
  const complaints: string[] = [];
  const read = reader(raw, complaints);
  const tokenDays = read.number('tokenDays', 0.0001, 365, false);
  const loginDays = read.number('loginDays', 0.0001, 3650, false);
  if (complaints.length === 0 && loginDays < tokenDays) complaints.push(`${nameOf('loginDays')}: a login must live at least as long as its tokens (${tokenDays} days).`);
  const app: AppConfig = {
    version,
    supportContact: read.contact(),
    tokenLifetimeMs: Math.round(tokenDays * DAY_MS),
    loginLifetimeMs: Math.round(loginDays * DAY_MS),
    corsOrigins: read.origins(),
    publicOrigin: read.origin('publicOrigin'),
    trustedProxies: read.number('trustedProxies', 0, 9, true),
  };
  const host = read.host();
  const databaseUrl = read.databaseUrl();
  const config: ServerConfig = {
    app,
    host,
    port: read.number('port', 0, 65_535, true),
    dataDir: read.text('dataDir'),
    databaseUrl,
    secret: read.secret('secret'),
    previousSecret: read.secret('previousSecret'),
    demo: read.oneOf('demo', ['auto', 'off']) === 'auto' && databaseUrl === null && isLoopback(host) && app.publicOrigin === null && app.trustedProxies === 0,
    logLevel: read.oneOf('logLevel', ['debug', 'info', 'warn', 'error', 'silent']),
  };
  if (config.secret === null && config.previousSecret !== null) complaints.push('AUTH_SECRET_PREVIOUS: it needs AUTH_SECRET beside it.');
  return complaints.length === 0 ? { ok: true, config } : { ok: false, complaints };
}

function settingOf(name: SettingName): Setting {
  const found = SETTINGS.find((setting) => setting.name === name);
  if (found === undefined) throw new Error(`no such setting: ${name}`);
  return found;
}

function nameOf(name: SettingName): string {
  const setting = settingOf(name);
  return setting.flag === undefined ? setting.env : `--${setting.flag} (${setting.env})`;
}

interface SettingReader {
  text(name: SettingName): string;
  number(name: SettingName, min: number, max: number, whole: boolean): number;
  oneOf<T extends string>(name: SettingName, words: readonly T[]): T;
  host(): string;
  contact(): string;
  origin(name: SettingName): string | null;
  origins(): readonly string[];
  databaseUrl(): string | null;
  secret(name: SettingName): string | null;
}

function reader(raw: RawSettings, complaints: string[]): SettingReader {
  const text = (name: SettingName): string => {
    const given = raw[name]?.trim();
    return given === undefined || given === '' ? settingOf(name).fallback : given;
  };
  const complain = (name: SettingName, words: string): void => {
    complaints.push(`${nameOf(name)}: ${words}`);
  };
  return {
    text,
    number: (name, min, max, whole) => {
      const value = text(name);
      const parsed = /^\d{1,9}(\.\d{1,9})?$/.test(value) ? Number(value) : Number.NaN;
      if (!(parsed >= min && parsed <= max) || (whole && !Number.isInteger(parsed))) {
        complain(name, `"${value}" is not a ${whole ? 'whole ' : ''}number from ${min} to ${max}.`);
        return min;
      }
      return parsed;
    },
    oneOf: (name, words) => {
      const value = text(name);
      const found = words.find((word) => word === value);
      if (found !== undefined) return found;
      complain(name, `"${value}" is none of ${words.join(', ')}.`);
      return words[0] as (typeof words)[number];
    },
    host: () => {
      const value = text('host');
      if (isIP(value) === 0 && !/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i.test(value)) complain('host', `"${value}" is neither an address nor a host name.`);
      return value;
    },
    contact: () => {
      const value = text('supportContact');
      if (value.length > 200) complain('supportContact', 'at most 200 characters.');
      return value;
    },
    origin: (name) => readOrigin(text(name), (words) => complain(name, words)),
    origins: () => readOrigins(text('corsOrigins'), (words) => complain('corsOrigins', words)),
    databaseUrl: () => readDatabaseUrl(text('databaseUrl'), (words) => complain('databaseUrl', words)),
    secret: (name) => readSecret(text(name), (words) => complain(name, words)),
  };
}

type Complain = (words: string) => void;

function readOrigin(value: string, complain: Complain): string | null {
  if (value === '') return null;
  const parsed = URL.canParse(value) ? new URL(value) : null;
  if (parsed === null || !/^https?:$/.test(parsed.protocol) || parsed.origin !== value) {
    complain(`"${value}" is not an origin such as https://timer.example (scheme, host and port, nothing after).`);
    return null;
  }
  return value;
}

function readOrigins(value: string, complain: Complain): readonly string[] {
  const parts = value.split(',').map((part) => part.trim()).filter((part) => part !== '');
  return parts.flatMap((part) => readOrigin(part, complain) ?? []);
}

function readDatabaseUrl(value: string, complain: Complain): string | null {
  if (value === '') return null;
  if (!/^postgres(ql)?:/i.test(value)) complain('it must begin with postgres:// or postgresql://.');
  else if (URL.canParse(value)) return value;
  else complain('it is no address that can be read. In a password / is written as %2F, # as %23, ? as %3F, @ as %40 and % as %25.');
  return null;
}

function readSecret(value: string, complain: Complain): string | null {
  if (value === '') return null;
  if (Buffer.byteLength(value) < SECRET_LENGTH_MIN) complain(`too short; ${SECRET_LENGTH_MIN} characters at least, for example the output of: openssl rand -base64 48`);
  else if (SAMPLE_SECRET.test(value)) complain('this looks like a sample; make one with: openssl rand -base64 48');
  return value;
}
