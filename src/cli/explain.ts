import { ApiError } from '../core/errors.ts';

/** One line for the operator, without a stack trace. */
export function explain(error: unknown): string {
  const text = error instanceof Error ? explainError(error) : String(error);
  return text.split('\n', 1)[0] ?? text;
}

function explainError(error: Error & { code?: unknown; address?: unknown; port?: unknown }): string {
  if (error instanceof ApiError) return [error.context.message ?? error.message].flat().join('; ');
  // Node tries every address of a host name and reports all failures as one AggregateError.
  const cause = error instanceof AggregateError && error.errors[0] instanceof Error ? error.errors[0] : error;
  switch (error.code) {
    case 'EADDRINUSE':
      return `${error.address}:${error.port} is in use; choose another port, or stop the process that listens there`;
    case 'EACCES':
      return `permission denied: ${error.message}`;
    case '28P01':
    case '28000':
    case '3D000':
      return `the database refused the connection: ${error.message}`;
    default:
      return cause.message || cause.name;
  }
}
