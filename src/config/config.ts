import Value from 'typebox/value';
import { weaknessOf } from '../core/weak-key.ts';
import { type DatabaseAddress, isInMemory, parseDatabaseUrl } from '../db/database-url.ts';
import { readAllowList } from '../net/allow-list.ts';
import { readTrustedProxies } from '../net/client-address.ts';
import { isThisMachine, readListenHost, readRedisAddress, readWebAddress } from './addresses.ts';
import {
  type Config,
  defaultsOf,
  environment,
  ofEach,
  Schema,
  type SettingName,
  type SettingSource,
  type SettingValues,
  settings,
} from './settings.ts';

export type { Config } from './settings.ts';
export { environment } from './settings.ts';

/** An invalid setting, with a message for the operator. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

/** The previous keys, newest first. */
export function previousKeys({ secretKeyPrevious }: Pick<Config, 'secretKeyPrevious'>): string[] {
  return secretKeyPrevious.split(',').filter((key) => key !== '');
}

export type ConfigFlags = Partial<Record<SettingName, string | undefined>>;

/**
 * Reads the settings once and freezes them. Flags take precedence over the environment, and the environment over defaults.
 * @throws ConfigError with the first invalid setting
 */
export function loadConfig(env: Readonly<Record<string, string | undefined>>, flags: ConfigFlags = {}): Config {
  const given: Record<string, string> = {};
  for (const [name, variable] of Object.entries(environment)) {
    const text = flags[name as SettingName] ?? env[variable]; // the keys of `environment` are those of the settings
    if (text !== undefined && text !== '') given[name] = text;
  }
  const sandbox = readBoolean('sandbox', given['sandbox']) ?? settings.sandbox.default;
  const merged: Record<string, unknown> = { ...defaultsOf(sandbox), ...given };
  merged['sandbox'] = sandbox;
  for (const name of ['databasePrepare', 'webConsole'] as const) {
    merged[name] = readBoolean(name, given[name]) ?? settings[name].default;
  }
  requireNumbers(given);
  const config: unknown = Value.Convert(Schema, merged);
  if (!Value.Check(Schema, config)) throw new ConfigError(describe(config));
  requireReadable(config);
  requireRetention(config);
  if (config.sandbox) requireForSandbox(config, env);
  else requireForProduction(config);
  if (config.adminPort > 0 && config.adminPort === config.port) {
    throw new ConfigError('ADMIN_PORT must be another port than PORT, or empty to serve /metrics and /docs on PORT');
  }
  const { publicUrl, marketplaceUrl } = config;
  return Object.freeze({
    ...config,
    publicUrl: readWebAddress(publicUrl),
    marketplaceUrl: readWebAddress(marketplaceUrl),
    sources: Object.freeze(ofEach((_, name) => sourceOf(name, given, flags))),
  });
}

function sourceOf(name: SettingName, given: Readonly<Record<string, string>>, flags: ConfigFlags): SettingSource {
  if (given[name] === undefined) return 'default';
  return flags[name] === undefined ? 'environment' : 'flag';
}

function readBoolean(name: keyof typeof environment, text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  if (/^(true|on|yes|1)$/i.test(text)) return true;
  if (/^(false|off|no|0)$/i.test(text)) return false;
  throw new ConfigError(`${environment[name]} must be on or off, not "${text}"`);
}

/** Checked before the conversion, which would accept `0x10`, `1e3` and `true` as numbers and truncate fractions. */
function requireNumbers(given: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(given)) {
    const range = rangeOf(name);
    if (range && !/^-?\d{1,10}$/.test(text)) throw new ConfigError(`${Reflect.get(environment, name)} ${range}`);
  }
}

/** @returns the range of a numeric setting in words; null for any other setting */
function rangeOf(name: string): string | null {
  const property: unknown = Reflect.get(Schema.properties, name);
  if (typeof property !== 'object' || property === null || Reflect.get(property, 'type') !== 'integer') return null;
  return `must be a whole number from ${Reflect.get(property, 'minimum')} to ${Reflect.get(property, 'maximum')}`;
}

/** Checks settings with a syntax of their own at the start, so that errors do not appear at the first use. */
function requireReadable(config: SettingValues): void {
  const readers = {
    'CALLBACK_ALLOW:': () => readAllowList(config.callbackAllow),
    'TRUST_PROXY:': () => readTrustedProxies(config.trustProxy),
    DATABASE_URL: () => readDatabaseUrl(config.databaseUrl),
    HOST: () => readListenHost(config.host),
    ADMIN_HOST: () => readListenHost(config.adminHost),
    PUBLIC_URL: () => readWebAddress(config.publicUrl),
    REDIS_URL: () => readRedisAddress(config.redisUrl),
    MARKETPLACE_URL: () => readWebAddress(config.marketplaceUrl),
  };
  for (const [variable, read] of Object.entries(readers)) {
    try {
      read();
    } catch (error) {
      throw new ConfigError(`${variable} ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

/** Replays, reversals and comparisons with marketplaces look back for days to weeks. */
const BODIES_DAYS_MIN = 7;
const TRADES_DAYS_MIN = 30;

function requireRetention({ retentionBodiesDays, retentionTradesDays, retentionArchive }: SettingValues): void {
  if (retentionBodiesDays > 0 && retentionBodiesDays < BODIES_DAYS_MIN)
    throw new ConfigError(`RETENTION_BODIES_DAYS must be 0 (never), or at least ${BODIES_DAYS_MIN}`);
  if (retentionTradesDays === 0) return;
  if (retentionTradesDays < TRADES_DAYS_MIN)
    throw new ConfigError(`RETENTION_TRADES_DAYS must be 0 (never), or at least ${TRADES_DAYS_MIN}`);
  if (!retentionArchive)
    throw new ConfigError(
      'RETENTION_TRADES_DAYS needs RETENTION_ARCHIVE: a folder into which trades are archived before they are removed',
    );
}

function readDatabaseUrl(url: string): DatabaseAddress | null {
  return !url || isInMemory(url) ? null : parseDatabaseUrl(url);
}

/** Without this check a forgotten SANDBOX=off would put a demo shop and a movable clock on a production database. */
function requireForSandbox(config: SettingValues, env: Readonly<Record<string, string | undefined>>): void {
  const { databaseUrl, sandboxRemoteDatabase } = config;
  if (sandboxRemoteDatabase === 'allow') return;
  const hosts = readDatabaseUrl(databaseUrl)?.servers.map(
    ({ config: { host } }) => host || env['PGHOST'] || 'localhost',
  );
  const remote = hosts?.find((host) => !isThisMachine(host));
  if (remote === undefined) return;
  throw new ConfigError(
    `DATABASE_URL points to ${remote}, which is not this machine, and the sandbox is on; set SANDBOX=off for a production ` +
      'gateway, or SANDBOX_REMOTE_DATABASE=allow if this database is for a sandbox',
  );
}

function requireForProduction(config: SettingValues): void {
  if (!config.secretKey) {
    throw new ConfigError('SECRET_KEY is required outside the sandbox: 64 hex digits, the same on every node');
  }
  const weakness = weaknessOf(config.secretKey);
  if (weakness)
    throw new ConfigError(`SECRET_KEY can be guessed, as ${weakness}; create one with: openssl rand -hex 32`);
  if (config.marketplaceUrl) throw new ConfigError('MARKETPLACE_URL can be set only in the sandbox');
  if (config.sandboxMarketplaces !== 'apart')
    throw new ConfigError('SANDBOX_MARKETPLACES can be set only in the sandbox');
  if (readAllowList(config.callbackAllow).isEverything) {
    throw new ConfigError('CALLBACK_ALLOW can be * only in the sandbox; list hosts, addresses or CIDR ranges');
  }
}

/** The message never contains the value, which may be a secret. */
function describe(config: unknown): string {
  const [first] = Value.Errors(Schema, config);
  const name = first?.instancePath.split('/')[1] ?? '';
  const variable: unknown = Reflect.get(environment, name);
  const rule = rangeOf(name) ?? choiceOf(name) ?? first?.message ?? 'cannot be used';
  return `${typeof variable === 'string' ? variable : 'a setting'} ${rule}`;
}

function choiceOf(name: string): string | null {
  const property: unknown = Reflect.get(Schema.properties, name);
  const choice: unknown = typeof property === 'object' && property !== null ? Reflect.get(property, 'enum') : undefined;
  return Array.isArray(choice) ? `must be one of ${choice.filter((each) => each !== '').join(', ')}` : null;
}
