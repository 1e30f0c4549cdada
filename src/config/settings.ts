import Type, { type Static, type TSchema } from 'typebox';
import { ALLOW_EVERYTHING } from '../net/allow-list.ts';

/** Every setting: the one place for its variable, bounds, default and meaning. `docs/reference/settings.md` is made of it. */

interface Setting<S extends TSchema = TSchema> {
  readonly variable: string;
  readonly schema: S;
  readonly default: Static<S>;
  /** In the sandbox, answers come from this machine, callbacks go to it, and a developer waits for them. */
  readonly sandboxDefault?: Static<S>;
  /** The default in words, where the value is a placeholder. */
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

/** A timer of more than 2³¹ − 1 ms fires at once, so every duration has a bound far below that. */
const [TEN_MINUTES_MS, HOUR_MS, DAY_MS] = [600_000, 3_600_000, 86_400_000];
const WEEK_MIN = 10_080;

const whole = (minimum: number, maximum: number) => Type.Integer({ minimum, maximum });
const port = whole(0, 65_535);
/** -1: not set. */
const optionalPort = whole(-1, 65_535);
const callMs = whole(1, TEN_MINUTES_MS);
const text = Type.String();
const requiredText = Type.String({ minLength: 1 });

const listening = {
  host: setting('HOST', requiredText, '127.0.0.1', 'Address to listen on.'),
  port: setting('PORT', port, 3000, 'Port to listen on; 0 takes a free one.'),
  publicUrl: setting(
    'PUBLIC_URL',
    text,
    '',
    'The gateway’s address for the outside: shown in the OpenAPI document, and where the sandbox’s marketplace pushes to.',
    { shownDefault: '`http://<HOST>:<PORT>`' },
  ),
  adminPort: setting(
    'ADMIN_PORT',
    optionalPort,
    -1,
    'Serve `/metrics`, `/docs` and `/openapi.json` on a listener of their own instead of on `PORT`.',
    { shownDefault: 'empty: on `PORT`' },
  ),
  adminHost: setting('ADMIN_HOST', requiredText, '127.0.0.1', 'Address of the listener at `ADMIN_PORT`.'),
  trustProxy: setting(
    'TRUST_PROXY',
    text,
    'off',
    'Whose `X-Forwarded-For` names the caller: `off`, the number of proxies in a row (`1` to `16`), or their addresses ' +
      'and networks (`10.0.0.5,192.168.7.0/24`). See [Behind a proxy](../operators/security.md#behind-a-proxy).',
  ),
  requestTimeoutMs: setting(
    'REQUEST_TIMEOUT_MS',
    whole(1000, TEN_MINUTES_MS),
    30_000,
    'Time limit for a request to arrive whole; its headers have at most ten seconds of it.',
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
    'The least severe lines that are logged.',
  ),
};

const storage = {
  databaseUrl: setting(
    'DATABASE_URL',
    text,
    '',
    '`postgres://…` or `postgresql://…` with one host or [several](../operators/database.md#several-database-servers). ' +
      'Empty: the embedded database in `DATA_DIR`. `memory:`: an embedded one that keeps nothing.',
  ),
  poolMax: setting(
    'DATABASE_POOL_MAX',
    whole(2, 500),
    16,
    'Connections to PostgreSQL at most. The job queue uses up to 4 more and one to listen, `verify` 3, and the live ' +
      'feed 3 where there is no Redis.',
  ),
  statementTimeoutMs: setting(
    'DATABASE_STATEMENT_TIMEOUT_MS',
    whole(100, TEN_MINUTES_MS),
    10_000,
    'After this time PostgreSQL cancels a statement of a request or of background work. A connection that is silent ' +
      'for a second longer is closed. `verify` and the command line have ten minutes, migrations an hour.',
  ),
  databasePrepare: setting(
    'DATABASE_PREPARE',
    Type.Boolean(),
    true,
    'Set `off` behind a [transaction pooler](../operators/database.md#poolers): nothing is prepared, set or listened to ' +
      'in a session.',
  ),
  databaseWaitMs: setting(
    'DATABASE_WAIT_MS',
    whole(0, DAY_MS),
    60_000,
    'How long a start waits for a PostgreSQL that cannot be reached; 0: not at all.',
  ),
  redisUrl: setting(
    'REDIS_URL',
    text,
    '',
    '`redis://…` or `rediss://…`, where nodes share their rate limits. Empty: each node counts for itself.',
  ),
  dataDir: setting(
    'DATA_DIR',
    requiredText,
    './data',
    'Folder for what this process keeps. See [The data folder](../operators/install.md#the-data-folder).',
  ),
};

const roles = {
  role: setting(
    'ROLE',
    Type.Enum(['all', 'api', 'worker']),
    'all',
    'What this node does. See [Several nodes](../operators/scaling.md).',
  ),
  tickMs: setting('TICK_MS', whole(1, 60_000), 1000, 'How often workers look for rows that are due.', {
    sandboxDefault: 250,
  }),
  verifyEveryMin: setting(
    'VERIFY_EVERY_MIN',
    whole(0, WEEK_MIN),
    60,
    'Every so many minutes the whole database is [verified](../operators/monitoring.md#skinrail-verify); 0: never.',
  ),
  autoCancelMin: setting(
    'AUTO_CANCEL_MIN',
    whole(30, 720),
    720,
    'After so many minutes an item that is not sent is cancelled, where the buy does not say with `autoCancel`; 720: never.',
  ),
  freezeWaitMin: setting(
    'FREEZE_WAIT_MIN',
    whole(1, WEEK_MIN),
    60,
    'After so many minutes, what a [freeze](../operators/runbooks.md#stop-all-buying) holds back is cancelled and its ' +
      'money released.',
  ),
};

const sealing = {
  secretKey: setting(
    'SECRET_KEY',
    Type.String({ pattern: '^([0-9a-fA-F]{64})?$' }),
    '',
    'Encrypts merchants’ secrets: 64 hex digits, the same on every node. Required outside the sandbox, where one that ' +
      'can be guessed is refused; the sandbox makes its own.',
  ),
  secretKeyPrevious: setting(
    'SECRET_KEY_PREVIOUS',
    Type.String({ pattern: '^([0-9a-fA-F]{64}(,[0-9a-fA-F]{64})*)?$' }),
    '',
    'The keys before it, separated by commas, while [it is changed](../operators/security.md#change-secret_key).',
  ),
};

const selling = {
  supplierTimeoutMs: setting(
    'SUPPLIER_TIMEOUT_MS',
    callMs,
    10_000,
    'Time limit of one call to a marketplace or to a checker of trade URLs.',
    { sandboxDefault: 2000 },
  ),
  marketPollMs: setting(
    'MARKET_POLL_MS',
    whole(1, HOUR_MS),
    2000,
    'How often each marketplace is asked which of its listings have changed.',
    { sandboxDefault: 1000 },
  ),
};

const calling = {
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
    'Hosts, addresses and CIDR ranges that callbacks may reach beyond the open internet; `*`, in the sandbox only: ' +
      'everything. See [Where callbacks may go](../operators/security.md#where-callbacks-may-go).',
    { sandboxDefault: ALLOW_EVERYTHING },
  ),
  clientSharePercent: setting(
    'CLIENT_SHARE_PERCENT',
    whole(1, 100),
    20,
    'How much of a limit that all clients of a merchant share one of them may use. See [Limits](limits.md).',
  ),
  invalidKeysPerMinute: setting(
    'INVALID_KEYS_PER_MINUTE',
    whole(0, 1_000_000),
    300,
    'Requests without a valid key or token that one address may send in a minute; 0: any number.',
  ),
};

const pretending = {
  sandbox: setting(
    'SANDBOX',
    Type.Boolean(),
    true,
    'The sandbox: its clock, its marketplace, its demo merchant. See ' +
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
    'Port of the sandbox’s own marketplace; 0 takes a free one, as does the default when it is taken.',
    { shownDefault: '`PORT` plus 10,000' },
  ),
  marketplaceUrl: setting(
    'MARKETPLACE_URL',
    text,
    '',
    'A sandbox marketplace that runs elsewhere; the gateway then starts none. Sandbox only.',
  ),
};

/** Headings of the reference page → the settings below them. */
export const settingGroups = {
  'HTTP and process': listening,
  'Database, Redis and files': storage,
  Secrets: sealing,
  'Work of this node': roles,
  Marketplaces: selling,
  'Merchants and their callbacks': calling,
  Sandbox: pretending,
} satisfies Record<string, Record<string, Setting>>;

export const settings = { ...listening, ...storage, ...sealing, ...roles, ...selling, ...calling, ...pretending };

export type SettingName = keyof typeof settings;

export type Config = { readonly [Name in SettingName]: Static<(typeof settings)[Name]['schema']> };

const names = Object.keys(settings) as SettingName[]; // the keys of a constant object

function ofEach<T>(value: (setting: Setting, name: SettingName) => T): Record<SettingName, T> {
  const entries = names.map((name): [SettingName, T] => [name, value(settings[name], name)]);
  return Object.fromEntries(entries) as Record<SettingName, T>; // one entry for each name
}

/** Setting → environment variable. */
export const environment = ofEach(({ variable }) => variable);

type Schemas = { [Name in SettingName]: (typeof settings)[Name]['schema'] };

export const Schema = Type.Object(ofEach(({ schema }) => schema) as Schemas); // each under its own name

/** @returns the settings that hold when nothing is set */
export function defaultsOf(sandbox: boolean): Record<SettingName, unknown> {
  return ofEach((one) => (sandbox ? (one.sandboxDefault ?? one.default) : one.default));
}
