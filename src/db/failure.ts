/** Whether a failed statement or transaction may have been applied. */
export type FailedOutcome = 'not_applied' | 'unknown';

/**
 * The database is unavailable: no connection, a broken connection, no answer in time, or a read-only server. The operation
 * can be retried; `outcome` says whether it may have been applied.
 */
export class DatabaseUnavailable extends Error {
  override name = 'DatabaseUnavailable';
  readonly outcome: FailedOutcome;
  /** The SQLSTATE or system error code of the cause. */
  readonly code: string | undefined;

  constructor(message: string, outcome: FailedOutcome, cause?: unknown) {
    super(message, { cause });
    this.outcome = outcome;
    this.code = codeOf(cause);
  }
}

/** Also recognises an error that a library has copied, as pg-boss does. */
export function isUnavailable(error: unknown): boolean {
  return (
    error instanceof DatabaseUnavailable ||
    (error instanceof Object && Reflect.get(error, 'name') === 'DatabaseUnavailable')
  );
}

/** The SQLSTATE or system error code of an error. */
export function codeOf(error: unknown): string | undefined {
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
  if (typeof code === 'string') return code;
  // Node tries every address of a host name and reports all failures as one AggregateError without a code.
  return error instanceof AggregateError && error.errors.length > 0 ? codeOf(error.errors[0]) : undefined;
}

/** The message of an error, or of the first error of an AggregateError. */
export function causeText(error: unknown): string {
  const first: unknown = error instanceof AggregateError ? (error.errors[0] ?? error) : error;
  return first instanceof Error ? first.message || first.name : String(first);
}

export const READ_ONLY = '25006';
const SERIALIZATION_FAILURE = '40001';
const DEADLOCK_DETECTED = '40P01';
const QUERY_CANCELLED = '57014';
const LOCK_NOT_AVAILABLE = '55P03';

/**
 * Errors of a server that did not apply the statement and may apply it later: repeated collisions, no resources (53xxx),
 * system errors (58xxx), time limits.
 */
const TEMPORARY_ERRORS = new Set([
  SERIALIZATION_FAILURE,
  DEADLOCK_DETECTED,
  QUERY_CANCELLED,
  LOCK_NOT_AVAILABLE,
  READ_ONLY,
]);
const TEMPORARY_ERRORS_CLASSES = /^(53|58)...$/;

/** Two transactions conflicted; the failed one can be run again. */
export function isCollision(error: unknown): boolean {
  const code = codeOf(error);
  return code === SERIALIZATION_FAILURE || code === DEADLOCK_DETECTED;
}

/**
 * Distinguishes failures of the database from errors of this program.
 * @returns the outcome of the statement or transaction; null for any other error
 */
export function failedOutcome(error: unknown): FailedOutcome | null {
  if (error instanceof DatabaseUnavailable) return error.outcome;
  if (!isFromServer(error)) return null;
  const code = codeOf(error) ?? '';
  return TEMPORARY_ERRORS.has(code) || TEMPORARY_ERRORS_CLASSES.test(code) ? 'not_applied' : null;
}

/** Only errors from the server have a severity, in both drivers. */
function isFromServer(error: unknown): boolean {
  return error instanceof Error && typeof Reflect.get(error, 'severity') === 'string';
}

/** 08: connection, 3D: no such database, 28: authorization, 57P: shutting down or starting. */
const SESSION_ENDED = /^(08...|57P..|3D000|28...)$/;

/** Whether the server has ended the session with this error. */
export function endsSession(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const severity: unknown = Reflect.get(error, 'severity');
  return severity === 'FATAL' || severity === 'PANIC' || SESSION_ENDED.test(codeOf(error) ?? '');
}

/**
 * Errors that an operator must fix, so a start-up does not wait for them. In a running gateway a failover can cause the same
 * errors, so it keeps retrying.
 */
export function needsOperator(error: unknown): boolean {
  const cause = error instanceof DatabaseUnavailable ? error.cause : error;
  return /^(28...|3D000|42501)$/.test(codeOf(cause) ?? '');
}
