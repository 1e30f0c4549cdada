import type { LoggerOptions } from 'pino';

/**
 * Fields in which libraries put data into errors: the arguments of a Redis command (its password), the text of an invalid
 * URL, and the row that violated a database constraint.
 */
const IN_ERRORS = ['err.command.args', 'err.input', 'err.detail', 'err.parameters'];

/** Removes secrets from log lines. */
export const logOptions: Pick<LoggerOptions, 'redact'> = {
  redact: ['headers["api-key"]', 'headers.authorization', 'apiKey', 'apiSecret', ...IN_ERRORS],
};
