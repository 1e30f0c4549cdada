/** How a session has to be set up, and what may be sent with its start. */

/**
 * What a database or a role may have by `alter … set` and this program's statements depend on. `default_transaction_read_only`
 * is not among them: where an operator has set it, nothing is to be written, and such a server is not used.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  client_encoding: 'UTF8',
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  TimeZone: 'UTC',
  standard_conforming_strings: 'on',
  bytea_output: 'hex',
  extra_float_digits: '1',
  transform_null_equals: 'off',
  default_transaction_isolation: 'read committed',
  default_transaction_deferrable: 'off',
  search_path: 'public',
  lock_timeout: '0',
  // PostgreSQL ends idle sessions by this; the pool does that itself, and the connections that listen are always idle.
  idle_session_timeout: '0',
  // A client that was lost without a word holds its locks until the server notices: half a minute instead of two hours.
  tcp_keepalives_idle: '10',
  tcp_keepalives_interval: '5',
  tcp_keepalives_count: '4',
};

export interface SessionLimits {
  /** After this long the server cancels a statement; 0: never. */
  readonly statementMs: number;
  /** After this long the server ends a session that leaves a transaction open. */
  readonly idleInTransactionMs: number;
}

/** Every setting of a session, by its name. */
export function sessionSettings(limits: SessionLimits): Readonly<Record<string, string>> {
  return {
    ...SETTINGS,
    statement_timeout: String(limits.statementMs),
    idle_in_transaction_session_timeout: String(limits.idleInTransactionMs),
  };
}

/** As the startup option `options`: no round trip, and in force before the first statement. */
export function asStartupOptions(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value.replace(/[\\ ]/g, '\\$&')}`)
    .join(' ');
}

/** As one statement, for what lies between and takes no `options`; it also tells whether the server takes writes. */
export function asStatement(settings: Readonly<Record<string, string>>): string {
  const set = Object.entries(settings).map(([name, value]) => `set_config('${name}', '${value}', false)`);
  return `select ${[`${TAKES_NO_WRITES} as read_only`, ...set].join(', ')}`;
}

export const TAKES_NO_WRITES = `(pg_is_in_recovery() or current_setting('transaction_read_only')::boolean)`;
