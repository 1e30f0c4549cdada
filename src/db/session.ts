/** The settings of sessions. */

/**
 * Settings on which this program's statements depend and which `alter database` or `alter role` may have changed.
 * `default_transaction_read_only` is not included: an operator who sets it wants no writes, and such a server is not used.
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
  // Short statements whose cost is overestimated were compiled: with 20,000 items, 1.2 to 3.8 s of a core for one that runs 1 ms.
  jit: 'off',
  // The pool closes idle connections itself, and listening connections are always idle.
  idle_session_timeout: '0',
  // The locks of a lost client are released after half a minute instead of two hours.
  tcp_keepalives_idle: '10',
  tcp_keepalives_interval: '5',
  tcp_keepalives_count: '4',
};

export interface SessionLimits {
  /** The time after which the server cancels a statement; 0: never. */
  readonly statementMs: number;
  /** The time after which the server ends a session with an idle open transaction. */
  readonly idleInTransactionMs: number;
}

/** All settings of a session, by name. */
export function sessionSettings(limits: SessionLimits): Readonly<Record<string, string>> {
  return {
    ...SETTINGS,
    statement_timeout: String(limits.statementMs),
    idle_in_transaction_session_timeout: String(limits.idleInTransactionMs),
  };
}

/** As the startup option `options`, which needs no round trip and applies from the first statement. */
export function asStartupOptions(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value.replace(/[\\ ]/g, '\\$&')}`)
    .join(' ');
}

/** As one statement, for poolers that refuse startup options; also returns whether the server is read-only. */
export function asStatement(settings: Readonly<Record<string, string>>): string {
  const set = Object.entries(settings).map(([name, value]) => `set_config('${name}', '${value}', false)`);
  return `select ${[`${IS_READ_ONLY} as read_only`, ...set].join(', ')}`;
}

export const IS_READ_ONLY = `(pg_is_in_recovery() or current_setting('transaction_read_only')::boolean)`;
