import Type, { type Static, type TSchema } from 'typebox';
import { ALLOW_EVERYTHING } from '../net/allow-list.ts';

/** Every setting with its variable, bounds, default and meaning. `docs/reference/settings.md` is generated from it. */

interface Setting<S extends TSchema = TSchema> {
  readonly variable: string;
  readonly schema: S;
  readonly default: Static<S>;
  /** The default in the sandbox, where calls are local and a developer waits for the result. */
  readonly sandboxDefault?: Static<S>;
  /** The default in words, when the value is a placeholder. */
  readonly shownDefault?: string;
  /** For operators, in Markdown. */
  readonly meaning: string;
}

type More<S extends TSchema> = Pick<Setting<S>, 'sandboxDefault' | 'shownDefault'>;

function setting<S extends TSchema>(
  variable: string,
  schema: S,
  value: Static<S>,
  meaning: string,
  more: More<S> = {},
): Setting<S> {
  return { variable, schema, default: value, meaning, ...more };
}

/** Every duration is limited, because a timer of more than 2³¹ − 1 ms fires at once. */
const [TEN_MINUTES_MS, HOUR_MS, DAY_MS] = [600_000, 3_600_000, 86_400_000];
const WEEK_MIN = 10_080;
const CENTURY_DAYS = 36_500;

const whole = (minimum: number, maximum: number) => Type.Integer({ minimum, maximum });
const port = whole(0, 65_535);
/** -1: not set. */
const optionalPort = whole(-1, 65_535);
const callMs = whole(1, TEN_MINUTES_MS);
const text = Type.String();
const requiredText = Type.String({ minLength: 1 });

const listening = {
  host: setting('HOST', requiredText, '127.0.0.1', 'Address to listen on.'),
  port: setting('PORT', port, 3000, 'Port to listen on; 0: any free port.'),
  publicUrl: setting(
    'PUBLIC_URL',
    text,
    '',
    'The gateway’s address for the outside: shown in the OpenAPI document, where links and passkeys of the console belong, and where the sandbox’s marketplace pushes to.',
    { shownDefault: '`http://<HOST>:<PORT>`' },
  ),
  adminPort: setting(
    'ADMIN_PORT',
    optionalPort,
    -1,
    'Serve `/metrics`, `/docs` and `/openapi.json` on a separate listener instead of on `PORT`.',
    { shownDefault: 'empty: on `PORT`' },
  ),
  adminHost: setting('ADMIN_HOST', requiredText, '127.0.0.1', 'Address of the listener at `ADMIN_PORT`.'),
  webConsole: setting(
    'CONSOLE',
    Type.Boolean(),
    true,
    'Serve the console at `/console` and its API at `/operator/v1`, where staff and members of merchants sign in. `off`: the ' +
      'gateway is operated with the command line only. See [Who may sign in](../operators/people.md).',
  ),
  trustProxy: setting(
    'TRUST_PROXY',
    text,
    'off',
    'Which proxies are trusted to report the caller’s address in `X-Forwarded-For`:  `off`, the number of proxies in a row (`1` to `16`), or their addresses ' +
      'and networks (`10.0.0.5,192.168.7.0/24`). See [Behind a proxy](../operators/security.md#behind-a-proxy).',
  ),
  requestTimeoutMs: setting(
    'REQUEST_TIMEOUT_MS',
    whole(1000, TEN_MINUTES_MS),
    30_000,
    'Time limit for a complete request to arrive; the limit for its headers is at most ten seconds.',
  ),
  connectionsMax: setting(
    'CONNECTIONS_MAX',
    whole(10, 1_000_000),
    12_000,
    'Open connections of this node. The live feed takes up to 10,000 of them; each costs a file descriptor (`ulimit -n`).',
  ),
  stopTimeoutMs: setting(
    'STOP_TIMEOUT_MS',
    whole(1, HOUR_MS),
    28_000,
    'Time limit of an orderly stop. See [Starting and stopping](../operators/install.md#starting-and-stopping).',
  ),
  logLevel: setting(
    'LOG_LEVEL',
    Type.Enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
    'info',
    'The lowest level that is logged.',
  ),
};

const storage = {
  databaseUrl: setting(
    'DATABASE_URL',
    text,
    '',
    '`postgres://…` or `postgresql://…` with one host or [several](../operators/database.md#several-database-servers). ' +
      'Empty: the embedded database in `DATA_DIR`. `memory:`: an embedded database that is not stored.',
  ),
  poolMax: setting(
    'DATABASE_POOL_MAX',
    whole(2, 500),
    16,
    'Maximum number of connections to PostgreSQL. The job queue uses up to 4 more and one to listen, the watch over the ' +
      'connections one, `verify` 3, and the live feed 3 without Redis.',
  ),
  statementTimeoutMs: setting(
    'DATABASE_STATEMENT_TIMEOUT_MS',
    whole(100, TEN_MINUTES_MS),
    10_000,
    'After this time PostgreSQL cancels a statement of a request or of background work. A connection that does not answer ' +
      'within another second is closed. `verify` and the command line have ten minutes, migrations an hour.',
  ),
  databasePrepare: setting(
    'DATABASE_PREPARE',
    Type.Boolean(),
    true,
    'Set `off` behind a [transaction pooler](../operators/database.md#poolers): the gateway then prepares, sets and listens to nothing ' +
      'in a session.',
  ),
  databaseWaitMs: setting(
    'DATABASE_WAIT_MS',
    whole(0, DAY_MS),
    60_000,
    'How long the start-up waits for a PostgreSQL that cannot be reached; 0: not at all.',
  ),
  redisUrl: setting(
    'REDIS_URL',
    text,
    '',
    '`redis://…` or `rediss://…` for rate limits, and for calls to marketplaces, that all nodes count together. Empty: each node counts alone.',
  ),
  dataDir: setting(
    'DATA_DIR',
    requiredText,
    './data',
    'Folder for the files of this process. See [The data folder](../operators/install.md#the-data-folder).',
  ),
};

const roles = {
  role: setting(
    'ROLE',
    Type.Enum(['all', 'api', 'worker']),
    'all',
    'The role of this node. See [Several nodes](../operators/scaling.md).',
  ),
  tickMs: setting(
    'TICK_MS',
    whole(1, 60_000),
    1000,
    'The shortest pause between two looks for due work. A node with nothing to do looks when something was written, and every ten seconds.',
    { sandboxDefault: 250 },
  ),
  verifyEveryMin: setting(
    'VERIFY_EVERY_MIN',
    whole(0, WEEK_MIN),
    60,
    'Interval in minutes at which the whole database is [verified](../operators/monitoring.md#skinrail-verify); 0: never.',
  ),
  reconcileEveryMin: setting(
    'RECONCILE_EVERY_MIN',
    whole(0, WEEK_MIN),
    60,
    'Interval in minutes at which each marketplace’s own list of orders is [compared](../operators/marketplaces.md#their-books-against-yours) ' +
      'with our purchases; 0: never.',
  ),
  autoCancelMin: setting(
    'AUTO_CANCEL_MIN',
    whole(30, 720),
    720,
    'After this number of minutes an unsent item is cancelled, unless the buy sets `autoCancel`; 720: never.',
  ),
  freezeWaitMin: setting(
    'FREEZE_WAIT_MIN',
    whole(1, WEEK_MIN),
    60,
    'After this number of minutes, items that wait because of a [freeze](../operators/runbooks.md#stop-all-buying) are cancelled and their ' +
      'money released.',
  ),
};

const retention = {
  retentionBodiesDays: setting(
    'RETENTION_BODIES_DAYS',
    whole(0, CENTURY_DAYS),
    90,
    'After this number of days the bodies of callbacks and what merchants answered are removed, at least 7; 0: never.',
  ),
  retentionTradesDays: setting(
    'RETENTION_TRADES_DAYS',
    whole(0, CENTURY_DAYS),
    0,
    'After this number of days, rounded up to whole months, trades that have ended are [archived](../operators/retention.md) and removed, at ' +
      'least 30; 0: never, so that everything is kept.',
  ),
  retentionArchive: setting(
    'RETENTION_ARCHIVE',
    text,
    '',
    'Existing folder for the archives of removed trades. Required with `RETENTION_TRADES_DAYS`.',
  ),
};

const secrets = {
  secretKey: setting(
    'SECRET_KEY',
    Type.String({ pattern: '^([0-9a-fA-F]{64})?$' }),
    '',
    'Encrypts merchants’ secrets: 64 hex digits, the same on every node. Required outside the sandbox, where a key that ' +
      'can be guessed is refused; the sandbox creates its own key.',
  ),
  secretKeyPrevious: setting(
    'SECRET_KEY_PREVIOUS',
    Type.String({ pattern: '^([0-9a-fA-F]{64}(,[0-9a-fA-F]{64})*)?$' }),
    '',
    'The previous keys, separated by commas, while [the key is changed](../operators/security.md#change-secret_key).',
  ),
};

const marketplaces = {
  supplierTimeoutMs: setting(
    'SUPPLIER_TIMEOUT_MS',
    callMs,
    10_000,
    'Time limit of one call to a marketplace, and of one check of a trade URL.',
    { sandboxDefault: 2000 },
  ),
  marketPollMs: setting(
    'MARKET_POLL_MS',
    whole(1, HOUR_MS),
    2000,
    'How often each marketplace is polled for changes of its listings.',
    { sandboxDefault: 1000 },
  ),
  supplierFailuresMax: setting(
    'SUPPLIER_FAILURES_MAX',
    whole(0, 1000),
    5,
    'After this number of failed purchases in a row a marketplace is [not offered](../operators/marketplaces.md#when-its-purchases-fail) ' +
      'for a while; 0: always offered, as in the sandbox, whose test listings fail on purpose.',
    { sandboxDefault: 0 },
  ),
  listingsPerName: setting(
    'MARKET_LISTINGS_PER_NAME',
    whole(1, 1000),
    20,
    'How many listings of each name are kept of a marketplace whose whole list is read (Waxpeer, LIS-SKINS): the cheapest. ' +
      'See [Large marketplaces](../operators/marketplaces.md#large-marketplaces).',
  ),
};

const merchants = {
  callbackTimeoutMs: setting('CALLBACK_TIMEOUT_MS', callMs, 15_000, 'Time limit of one attempt at a callback.'),
  approvalTimeoutMs: setting(
    'APPROVAL_TIMEOUT_MS',
    callMs,
    10_000,
    'Time limit for a merchant to answer an approval request.',
  ),
  callbackAllow: setting(
    'CALLBACK_ALLOW',
    text,
    '',
    'Hosts, addresses and CIDR ranges that callbacks may reach in addition to the public internet; `*`, in the sandbox only: ' +
      'everything. See [Where callbacks may go](../operators/security.md#where-callbacks-may-go).',
    { sandboxDefault: ALLOW_EVERYTHING },
  ),
  clientSharePercent: setting(
    'CLIENT_SHARE_PERCENT',
    whole(1, 100),
    20,
    'The share of a limit for all clients of a merchant that one client may use, in percent. See [Limits](limits.md).',
  ),
  invalidKeysPerMinute: setting(
    'INVALID_KEYS_PER_MINUTE',
    whole(0, 1_000_000),
    300,
    'Maximum number of requests per minute and address without a valid key or token; 0: no limit.',
  ),
};

const sandboxSettings = {
  sandbox: setting(
    'SANDBOX',
    Type.Boolean(),
    true,
    'Run the sandbox with its clock, marketplace and demo merchant. See ' +
      '[Sandbox or production](../operators/install.md#sandbox-or-production).',
  ),
  sandboxRemoteDatabase: setting(
    'SANDBOX_REMOTE_DATABASE',
    Type.Enum(['', 'allow']),
    '',
    '`allow`: a sandbox may use a database that is not on this machine.',
  ),
  marketplacePort: setting(
    'MARKETPLACE_PORT',
    optionalPort,
    -1,
    'Port of the sandbox’s marketplace; 0, or the default when it is in use: any free port.',
    { shownDefault: '`PORT` plus 10,000' },
  ),
  marketplaceUrl: setting(
    'MARKETPLACE_URL',
    text,
    '',
    'A sandbox marketplace that runs elsewhere; the gateway then starts none. Sandbox only.',
  ),
  sandboxMarketplaces: setting(
    'SANDBOX_MARKETPLACES',
    Type.Enum(['apart', 'all']),
    'apart',
    '`apart`: each of the three simulated marketplaces sells something else. `all`: each of them sells all that it can. ' +
      'See [Its marketplaces](../guides/sandbox.md#its-marketplaces).',
  ),
};

/** Headings of the reference page → the settings below them. */
export const settingGroups = {
  'HTTP and process': listening,
  'Database, Redis and files': storage,
  Retention: retention,
  Secrets: secrets,
  'Work of this node': roles,
  Marketplaces: marketplaces,
  'Merchants and their callbacks': merchants,
  Sandbox: sandboxSettings,
} satisfies Record<string, Record<string, Setting>>;

export const settings = {
  ...listening,
  ...storage,
  ...retention,
  ...secrets,
  ...roles,
  ...marketplaces,
  ...merchants,
  ...sandboxSettings,
};

export type SettingName = keyof typeof settings;

export type SettingValues = { readonly [Name in SettingName]: Static<(typeof settings)[Name]['schema']> };

/** Where a value comes from. */
export type SettingSource = 'flag' | 'environment' | 'default';

export type Config = SettingValues & { readonly sources: Readonly<Record<SettingName, SettingSource>> };

const names = Object.keys(settings) as SettingName[]; // the keys of a constant object

/** @returns what is made of each setting, by its name */
export function ofEach<T>(value: (setting: Setting, name: SettingName) => T): Record<SettingName, T> {
  const entries = names.map((name): [SettingName, T] => [name, value(settings[name], name)]);
  return Object.fromEntries(entries) as Record<SettingName, T>; // one entry for each name
}

/** Setting → environment variable. */
export const environment = ofEach(({ variable }) => variable);

type Schemas = { [Name in SettingName]: (typeof settings)[Name]['schema'] };

export const Schema = Type.Object(ofEach(({ schema }) => schema) as Schemas); // each under its own name

/** @returns the default settings */
export function defaultsOf(sandbox: boolean): Record<SettingName, unknown> {
  return ofEach((one) => (sandbox ? (one.sandboxDefault ?? one.default) : one.default));
}
