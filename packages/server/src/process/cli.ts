// The command line and the environment, as text for the settings. Flags win over the environment.
import { readFile } from 'node:fs/promises';
import { Command, CommanderError, Option } from 'commander';
import { type RawSettings, readConfig, type ServerConfig, type SettingName, SETTINGS } from '../config.ts';

export interface ServeCommand {
  readonly kind: 'serve';
  readonly config: ServerConfig;
}

export interface AccountCommand {
  readonly kind: 'account';
  readonly action: 'add' | 'password';
  readonly username: string;
  readonly config: ServerConfig;
  /** Given by the environment, or null to make one. */
  readonly password: string | null;
}

export interface RestoredCommand {
  readonly kind: 'restored';
  readonly config: ServerConfig;
}

export type AnyCommand = ServeCommand | AccountCommand | RestoredCommand;

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the command; ends the process with words for help and for mistakes. */
export async function readCommand(args: readonly string[], env: Environment): Promise<AnyCommand> {
  const version = await ownVersion();
  let chosen: AnyCommand | undefined;
  const program = new Command('syncline-server')
    .description('Reference server of the Syncline API, with a web timer at its address.')
    .version(version)
    .showHelpAfterError('(--help lists everything)')
    .configureHelp({ sortOptions: false })
    // Before there are other commands, which take it over.
    .exitOverride();
  for (const { flag, value, help, env: variable, fallback } of SETTINGS) {
    const shown = `${help} [${variable}${fallback === '' ? '' : `, ${fallback}`}]`;
    if (flag !== undefined) program.addOption(new Option(`--${flag} <${value}>`, shown));
  }
  const secrets = SETTINGS.filter(({ flag }) => flag === undefined).map(({ env: variable, help }) => `  ${variable.padEnd(22)}${help}`);
  program.addHelpText('after', `\nOnly by the environment, because flags show in the process list:\n${secrets.join('\n')}`);
  const configOf = (): ServerConfig => settle(program, env, version);
  program.action(() => void (chosen = { kind: 'serve', config: configOf() }));
  const account = program.command('account').description('make an account, or set its password (ACCOUNT_PASSWORD; one is made when absent)');
  for (const action of ['add', 'password'] as const) {
    account.command(`${action} <name>`).action((username: string) => {
      chosen = { kind: 'account', action, username, config: configOf(), password: env['ACCOUNT_PASSWORD'] ?? null };
    });
  }
  program.command('restored').description('after a backup was put back: devices offer again what they hold')
    .action(() => void (chosen = { kind: 'restored', config: configOf() }));
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    process.exit(error instanceof CommanderError && error.exitCode === 0 ? 0 : 2);
  }
  if (chosen === undefined) process.exit(2);
  return chosen;
}

function settle(program: Command, env: Environment, version: string): ServerConfig {
  const options = program.opts<Partial<Record<SettingName, string>>>();
  const raw: Partial<Record<SettingName, string>> = {};
  for (const { name, env: variable } of SETTINGS) {
    const text = options[name] ?? env[variable];
    if (text !== undefined) raw[name] = text;
  }
  const outcome = readConfig(raw as RawSettings, version);
  if (outcome.ok) return outcome.config;
  process.stderr.write(`${outcome.complaints.join('\n')}\n`);
  process.exit(2);
}

async function ownVersion(): Promise<string> {
  const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
  return version;
}
