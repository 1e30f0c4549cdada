import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Authentication } from '../auth/authentication.ts';
import { errors } from '../core/errors.ts';
import type { App } from './app-type.ts';

/** How long a browser may rely on a preflight; it is also how long it may not notice that an origin was removed. */
const PREFLIGHT_KEPT_SECONDS = 600;

/**
 * Answers what a browser asks before a page of another origin may call a client route. No merchant is named there, so
 * an origin is let through that any of them has listed; whether the page may read the answer is decided by the token.
 */
export function preflightRoute(app: App, { origins }: Authentication): void {
  app.options('/client/*', { schema: { hide: true } }, async (request, reply) => {
    const { origin, 'access-control-request-method': method } = request.headers;
    if (origin === undefined || method === undefined) throw errors.of('NOT_FOUND');
    if (!(await origins.isListed(origin))) {
      throw errors.of('FORBIDDEN', { message: 'No merchant here has listed this origin.' });
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

/** Lets the page that sent a request read its answer, if it is of one of these origins. */
export function letRead(request: FastifyRequest, reply: FastifyReply, origins: readonly string[]): void {
  const { origin } = request.headers;
  reply.header('vary', 'Origin');
  if (origin === undefined || !origins.includes(origin)) return;
  reply.header('access-control-allow-origin', origin);
  reply.header('access-control-expose-headers', 'retry-after, x-request-id');
}
