/** What became of a statement or transaction that failed for want of the database. */
export type FailedOutcome = 'not_applied' | 'unknown';

/**
 * The database was away: no connection was had, it broke, it gave no answer in time, or it takes no writes. Repeating
 * what failed is right; `outcome` says whether it may have been applied all the same.
 */
export class DatabaseUnavailable extends Error {
  override name = 'DatabaseUnavailable';
  readonly outcome: FailedOutcome;
  /** The SQLSTATE or the system's code of the cause. */
  readonly code: string | undefined;

  constructor(message: string, outcome: FailedOutcome, cause?: unknown) {
    super(message, { cause });
    this.outcome = outcome;
    this.code = codeOf(cause);
  }
}

/** Also of one that a library has copied into an error of its own, as pg-boss does. */
export function isUnavailable(error: unknown): boolean {
  return (
    error instanceof DatabaseUnavailable ||
    (error instanceof Object && Reflect.get(error, 'name') === 'DatabaseUnavailable')
  );
}

/** The SQLSTATE or the system's code that an error carries. */
export function codeOf(error: unknown): string | undefined {
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
  if (typeof code === 'string') return code;
  // Node tries every address of a name, and reports all of those failures as one without a code.
  return error instanceof AggregateError && error.errors.length > 0 ? codeOf(error.errors[0]) : undefined;
}

/** What an error says, also where Node has put several into one without words. */
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
 * Answers of a server that did not do what it was asked, and may do it later: a collision that all repetitions met, no
 * room (53xxx), a fault of its system (58xxx), a time limit.
 */
const REFUSED_FOR_NOW = new Set([
  SERIALIZATION_FAILURE,
  DEADLOCK_DETECTED,
  QUERY_CANCELLED,
  LOCK_NOT_AVAILABLE,
  READ_ONLY,
]);
const REFUSED_FOR_NOW_CLASSES = /^(53|58)...$/;

/** Two transactions wrote to the same rows: the one that is told so can be run again. */
export function isCollision(error: unknown): boolean {
  const code = codeOf(error);
  return code === SERIALIZATION_FAILURE || code === DEADLOCK_DETECTED;
}

/**
 * Tells failures of the database from faults of this program.
 * @returns what became of the statement or transaction; null: the error has another reason
 */
export function failedOutcome(error: unknown): FailedOutcome | null {
  if (error instanceof DatabaseUnavailable) return error.outcome;
  if (!isFromServer(error)) return null;
  const code = codeOf(error) ?? '';
  return REFUSED_FOR_NOW.has(code) || REFUSED_FOR_NOW_CLASSES.test(code) ? 'not_applied' : null;
}

/** Both drivers' errors carry the severity that the server has given; those of the system and of suppliers do not. */
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
 * What an operator has to put right: waiting does not help a start that meets it. While a gateway runs, the same answers
 * may also come of a failover, so it goes on trying.
 */
export function needsOperator(error: unknown): boolean {
  const cause = error instanceof DatabaseUnavailable ? error.cause : error;
  return /^(28...|3D000|42501)$/.test(codeOf(cause) ?? '');
}
