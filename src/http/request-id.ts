import type { IncomingMessage } from 'node:http';
import { isUuid, newRequestId } from '../core/ids.ts';

/** The caller's `x-request-id` when it is a UUID, so that both logs have the same id; otherwise a new id. */
export function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  const id = typeof given === 'string' ? given.toLowerCase() : '';
  return isUuid(id) ? id : newRequestId();
}
