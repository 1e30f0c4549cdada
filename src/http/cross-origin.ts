import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Authentication } from '../auth/authentication.ts';
import { errors } from '../core/errors.ts';
import type { App } from './app-type.ts';

/** How long a browser may cache a preflight answer, and so the longest time until it notices that an origin was removed. */
const PREFLIGHT_KEPT_SECONDS = 600;

/**
 * Answers preflight requests for client routes. A preflight does not identify the merchant, so every origin that any
 * merchant has listed is accepted. The token of the actual request decides whether the page may read the answer.
 */
export function preflightRoute(app: App, { origins }: Authentication): void {
  app.options('/client/*', { schema: { hide: true } }, async (request, reply) => {
    const { origin, 'access-control-request-method': method } = request.headers;
    if (origin === undefined || method === undefined) throw errors.of('NOT_FOUND');
    if (!(await origins.isListed(origin))) {
      throw errors.of('FORBIDDEN', { message: 'No merchant has listed this origin. Ask the operator to add it.' });
    }
    return reply
      .code(204)
      .headers({
        'access-control-allow-origin': origin,
        'access-control-allow-methods': 'GET, POST',
        'access-control-allow-headers': 'authorization, content-type, x-request-id',
        'access-control-max-age': PREFLIGHT_KEPT_SECONDS,
        vary: 'Origin',
      })
      .send();
  });
}

/** Allows the page that sent a request to read the answer, if its origin is listed. */
export function allowOrigin(request: FastifyRequest, reply: FastifyReply, origins: readonly string[]): void {
  const { origin } = request.headers;
  reply.header('vary', 'Origin');
  if (origin === undefined || !origins.includes(origin)) return;
  reply.header('access-control-allow-origin', origin);
  reply.header('access-control-expose-headers', 'retry-after, x-request-id');
}
