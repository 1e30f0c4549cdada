import type { IncomingMessage } from 'node:http';
import { isUuid, newRequestId } from '../core/ids.ts';

/** A caller's own `x-request-id`, when it is a UUID, so that both sides' logs agree; otherwise a new one. */
export function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  const id = typeof given === 'string' ? given.toLowerCase() : '';
  return isUuid(id) ? id : newRequestId();
}
