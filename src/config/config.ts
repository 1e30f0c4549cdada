import Type, { type Static } from 'typebox';
import Value from 'typebox/value';
import { weaknessOf } from '../core/weak-key.ts';
import { type DatabaseAddress, isInMemory, parseDatabaseUrl } from '../db/database-url.ts';
import { ALLOW_EVERYTHING, readAllowList } from '../net/allow-list.ts';
import { readTrustedProxies } from '../net/client-address.ts';
import { isThisMachine, readListenHost, readRedisAddress, readWebAddress } from './addresses.ts';

const Port = Type.Integer({ minimum: 0, maximum: 65_535 });
/** A timer of more than 2³¹ − 1 ms goes off at once, so every length of time has a bound far below that. */
const [TEN_MINUTES_MS, HOUR_MS, DAY_MS] = [600_000, 3_600_000, 86_400_000];
const CallMs = Type.Integer({ minimum: 1, maximum: TEN_MINUTES_MS });

/** Every setting there is. Environment names are in `environment` below; `docs/operating.md` lists them. */
const Schema = Type.Object({
  host: Type.String({ minLength: 1 }),
  port: Port,
  /** What the outside calls this gateway; empty: `http://<host>:<port>`. */
  publicUrl: Type.String(),
  dataDir: Type.String({ minLength: 1 }),
  /** Empty: the embedded database under `dataDir`; `memory:`: one that keeps nothing. */
  databaseUrl: Type.String(),
  /** After how long PostgreSQL cancels a statement. */
  statementTimeoutMs: Type.Integer({ minimum: 100, maximum: 600_000 }),
  /** Off behind a transaction pooler: nothing is prepared, set or listened to in sessions. */
  databasePrepare: Type.Boolean(),
  /** Where several nodes share their rate limits; empty: each counts for itself. */
  redisUrl: Type.String(),
  /** How much of the limit that all clients of a merchant share on a route one of them may use; 100: all of it. */
  clientSharePercent: Type.Integer({ minimum: 1, maximum: 100 }),
  poolMax: Type.Integer({ minimum: 2, maximum: 500 }),
  role: Type.Enum(['all', 'api', 'worker']),
  sandbox: Type.Boolean(),
  /** `allow`: a sandbox may use a database that is not on this machine. */
  sandboxRemoteDatabase: Type.Enum(['', 'allow']),
  /** -1: the gateway's port plus 10,000, or any free one when that is taken. */
  marketplacePort: Type.Integer({ minimum: -1, maximum: 65_535 }),
  /** A sandbox marketplace that runs elsewhere; empty: this process starts one. */
  marketplaceUrl: Type.String(),
  /** Encrypts merchants' API secrets at rest: 64 hex digits. Empty only in the sandbox, which makes its own. */
  secretKey: Type.String({ pattern: '^([0-9a-fA-F]{64})?$' }),
  /** Keys that secrets may still be sealed with, separated by commas, while the key is changed. */
  secretKeyPrevious: Type.String({ pattern: '^([0-9a-fA-F]{64}(,[0-9a-fA-F]{64})*)?$' }),
  /** How long a start waits for a PostgreSQL that cannot be reached. */
  databaseWaitMs: Type.Integer({ minimum: 0, maximum: DAY_MS }),
  supplierTimeoutMs: CallMs,
  /** How often each supplier is asked what has changed of what it sells. */
  marketPollMs: Type.Integer({ minimum: 1, maximum: HOUR_MS }),
  callbackTimeoutMs: CallMs,
  /** How long a merchant may take over the question whether to buy. */
  approvalTimeoutMs: CallMs,
  /** Hosts, addresses and CIDR ranges that callbacks may reach beyond the open internet; `*`: everything. */
  callbackAllow: Type.String(),
  /** How often the workers look for rows that are due. */
  tickMs: Type.Integer({ minimum: 1, maximum: 60_000 }),
  /** How long an orderly stop may take in all. */
  stopTimeoutMs: Type.Integer({ minimum: 1, maximum: HOUR_MS }),
  /** How often the workers prove the whole database; 0: never. */
  verifyEveryMin: Type.Integer({ minimum: 0, maximum: 10_080 }),
  /** After how many minutes what is not sent is cancelled, where a buy does not say; 720: never. */
  autoCancelMin: Type.Integer({ minimum: 30, maximum: 720 }),
  /** For how many minutes what is held back by a freeze waits before it is cancelled and its money released. */
  freezeWaitMin: Type.Integer({ minimum: 1, maximum: 10_080 }),
  /** The proxies whose `X-Forwarded-For` names the caller: `off`, how many in a row, or their addresses. */
  trustProxy: Type.String(),
  /** Requests without a valid key or token that one address may send in a minute; 0: any number. */
  invalidKeysPerMinute: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
  /** How long a request may take to arrive whole. */
  requestTimeoutMs: Type.Integer({ minimum: 1000, maximum: 600_000 }),
  /** Open connections of this node, those of the live feed included. */
  connectionsMax: Type.Integer({ minimum: 10, maximum: 1_000_000 }),
  adminHost: Type.String({ minLength: 1 }),
  /** Where `/metrics`, `/docs` and `/openapi.json` are served; -1: on the gateway's own port. */
  adminPort: Type.Integer({ minimum: -1, maximum: 65_535 }),
  logLevel: Type.Enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
});

export type Config = Readonly<Static<typeof Schema>>;

/** Setting → environment variable. */
export const environment = {
  host: 'HOST',
  port: 'PORT',
  publicUrl: 'PUBLIC_URL',
  dataDir: 'DATA_DIR',
  databaseUrl: 'DATABASE_URL',
  redisUrl: 'REDIS_URL',
  clientSharePercent: 'CLIENT_SHARE_PERCENT',
  poolMax: 'DATABASE_POOL_MAX',
  statementTimeoutMs: 'DATABASE_STATEMENT_TIMEOUT_MS',
  databasePrepare: 'DATABASE_PREPARE',
  role: 'ROLE',
  sandbox: 'SANDBOX',
  sandboxRemoteDatabase: 'SANDBOX_REMOTE_DATABASE',
  marketplacePort: 'MARKETPLACE_PORT',
  marketplaceUrl: 'MARKETPLACE_URL',
  secretKey: 'SECRET_KEY',
  secretKeyPrevious: 'SECRET_KEY_PREVIOUS',
  databaseWaitMs: 'DATABASE_WAIT_MS',
  supplierTimeoutMs: 'SUPPLIER_TIMEOUT_MS',
  marketPollMs: 'MARKET_POLL_MS',
  callbackTimeoutMs: 'CALLBACK_TIMEOUT_MS',
  approvalTimeoutMs: 'APPROVAL_TIMEOUT_MS',
  callbackAllow: 'CALLBACK_ALLOW',
  tickMs: 'TICK_MS',
  stopTimeoutMs: 'STOP_TIMEOUT_MS',
  verifyEveryMin: 'VERIFY_EVERY_MIN',
  autoCancelMin: 'AUTO_CANCEL_MIN',
  freezeWaitMin: 'FREEZE_WAIT_MIN',
  trustProxy: 'TRUST_PROXY',
  invalidKeysPerMinute: 'INVALID_KEYS_PER_MINUTE',
  requestTimeoutMs: 'REQUEST_TIMEOUT_MS',
  connectionsMax: 'CONNECTIONS_MAX',
  adminHost: 'ADMIN_HOST',
  adminPort: 'ADMIN_PORT',
  logLevel: 'LOG_LEVEL',
} as const satisfies Record<keyof Config, string>;

const usual: Config = {
  host: '127.0.0.1',
  port: 3000,
  publicUrl: '',
  dataDir: './data',
  databaseUrl: '',
  redisUrl: '',
  clientSharePercent: 20,
  poolMax: 16,
  statementTimeoutMs: 10_000,
  databasePrepare: true,
  role: 'all',
  sandbox: true,
  sandboxRemoteDatabase: '',
  marketplacePort: -1,
  marketplaceUrl: '',
  secretKey: '',
  secretKeyPrevious: '',
  databaseWaitMs: 60_000,
  supplierTimeoutMs: 10_000,
  marketPollMs: 2000,
  callbackTimeoutMs: 15_000,
  approvalTimeoutMs: 10_000,
  callbackAllow: '',
  tickMs: 1000,
  stopTimeoutMs: 28_000,
  verifyEveryMin: 60,
  autoCancelMin: 720,
  freezeWaitMin: 60,
  trustProxy: 'off',
  invalidKeysPerMinute: 300,
  requestTimeoutMs: 30_000,
  connectionsMax: 12_000,
  adminHost: '127.0.0.1',
  adminPort: -1,
  logLevel: 'info',
};

/** In the sandbox answers come from this machine, callbacks go to it, and a developer waits for them. */
const usualInSandbox: Partial<Config> = {
  supplierTimeoutMs: 2000,
  marketPollMs: 1000,
  tickMs: 250,
  callbackAllow: ALLOW_EVERYTHING,
};

/** A setting that cannot be used, in words for the operator. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

/** Keys before the present one, newest first. */
export function previousKeys({ secretKeyPrevious }: Pick<Config, 'secretKeyPrevious'>): string[] {
  return secretKeyPrevious.split(',').filter((key) => key !== '');
}

export type ConfigFlags = Partial<Record<keyof Config, string | undefined>>;

/**
 * Reads the settings once, flags before environment before what is usual, and freezes them.
 * @throws ConfigError naming the first setting that cannot be used
 */
export function loadConfig(env: Readonly<Record<string, string | undefined>>, flags: ConfigFlags = {}): Config {
  const given: Record<string, string> = {};
  for (const [name, variable] of Object.entries(environment)) {
    const text = flags[name as keyof Config] ?? env[variable]; // the keys of `environment` are those of Config
    if (text !== undefined && text !== '') given[name] = text;
  }
  const sandbox = readBoolean('sandbox', given['sandbox']) ?? usual.sandbox;
  const merged: Record<string, unknown> = { ...usual, ...(sandbox ? usualInSandbox : {}), ...given };
  merged['sandbox'] = sandbox;
  merged['databasePrepare'] = readBoolean('databasePrepare', given['databasePrepare']) ?? usual.databasePrepare;
  requireNumbers(given);
  const config: unknown = Value.Convert(Schema, merged);
  if (!Value.Check(Schema, config)) throw new ConfigError(describe(config));
  requireReadable(config);
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
  });
}

function readBoolean(name: keyof typeof environment, text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  if (/^(true|on|yes|1)$/i.test(text)) return true;
  if (/^(false|off|no|0)$/i.test(text)) return false;
  throw new ConfigError(`${environment[name]} must be on or off, not "${text}"`);
}

/** Left to the conversion, `0x10`, `1e3` and `true` would be numbers, and a fraction would be cut off without a word. */
function requireNumbers(given: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(given)) {
    const range = rangeOf(name);
    if (range && !/^-?\d{1,10}$/.test(text)) throw new ConfigError(`${Reflect.get(environment, name)} ${range}`);
  }
}

/** @returns for a number what it must be, in words; null for any other setting */
function rangeOf(name: string): string | null {
  const property: unknown = Reflect.get(Schema.properties, name);
  if (typeof property !== 'object' || property === null || Reflect.get(property, 'type') !== 'integer') return null;
  return `must be a whole number from ${Reflect.get(property, 'minimum')} to ${Reflect.get(property, 'maximum')}`;
}

/** Named at the start, with the part that is wrong, and not at the first callback. */
function requireReadable(config: Config): void {
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

function readDatabaseUrl(url: string): DatabaseAddress | null {
  return !url || isInMemory(url) ? null : parseDatabaseUrl(url);
}

/** A forgotten SANDBOX=off must not put a clock that anybody can move, and a demo shop, on a real gateway's database. */
function requireForSandbox(config: Config, env: Readonly<Record<string, string | undefined>>): void {
  const { databaseUrl, sandboxRemoteDatabase } = config;
  if (sandboxRemoteDatabase === 'allow') return;
  const hosts = readDatabaseUrl(databaseUrl)?.servers.map(
    ({ config: { host } }) => host || env['PGHOST'] || 'localhost',
  );
  const remote = hosts?.find((host) => !isThisMachine(host));
  if (remote === undefined) return;
  throw new ConfigError(
    `DATABASE_URL names ${remote}, which is not this machine, and the sandbox is on; set SANDBOX=off for a real ` +
      'gateway, or SANDBOX_REMOTE_DATABASE=allow when this database is for a sandbox',
  );
}

function requireForProduction(config: Config): void {
  if (!config.secretKey) {
    throw new ConfigError('SECRET_KEY is needed outside the sandbox: 64 hex digits, the same on every node');
  }
  const weakness = weaknessOf(config.secretKey);
  if (weakness) throw new ConfigError(`SECRET_KEY can be guessed, as ${weakness}; make one with: openssl rand -hex 32`);
  if (config.marketplaceUrl) throw new ConfigError('MARKETPLACE_URL is for the sandbox only');
  if (readAllowList(config.callbackAllow).isEverything) {
    throw new ConfigError('CALLBACK_ALLOW can be * in the sandbox only; name hosts, addresses or CIDR ranges');
  }
}

/** The value is never named: it may be a secret. */
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
