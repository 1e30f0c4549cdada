import type { LoggerOptions } from 'pino';

/**
 * What libraries put into their errors, beside a message: the arguments of a Redis command (its password), the text
 * that was no URL, and the row that a constraint of the database refused.
 */
const IN_ERRORS = ['err.command.args', 'err.input', 'err.detail', 'err.parameters'];

/** How log lines are written, without the secrets that may be in them. */
export const logOptions: Pick<LoggerOptions, 'redact'> = {
  redact: ['headers["api-key"]', 'headers.authorization', 'apiKey', 'apiSecret', ...IN_ERRORS],
};
