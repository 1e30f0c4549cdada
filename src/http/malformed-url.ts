import type { IncomingMessage } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { errors } from '../errors.ts';

/** Requests whose path cannot be percent-decoded. */
const malformed = new WeakSet<object>();

/**
 * Lets a path with broken percent-encoding reach its route, so that the key and the limit are checked first
 * (DESIGN 4.2, rows 1 to 3); left alone, the router would refuse it before anything else.
 */
export function tolerateMalformed(request: IncomingMessage): string {
  const url = request.url ?? '/';
  const [path = '/'] = url.split('?', 1);
  try {
    decodeURIComponent(path);
    return url;
  } catch {
    malformed.add(request);
    return path.replaceAll('%', '%25') + url.slice(path.length);
  }
}

/** @throws VALIDATION_FAILED for such a path */
export function refuseMalformed(request: FastifyRequest): void {
  if (malformed.has(request.raw)) throw errors.validationFailed({ path: 'is not valid percent-encoding' });
}
