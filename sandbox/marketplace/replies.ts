import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { MINUTE_MS } from '../../src/core/clock.ts';

/** Connections of callers without a time-out are closed after this time. */
const HANG_MAX_MS = MINUTE_MS;

const PAGE = '<!doctype html><title>One moment</title><p>We are checking your browser.</p>';

/** Does not answer until the caller closes the connection. */
export function hang(reply: FastifyReply): FastifyReply {
  const { socket } = reply.hijack().raw;
  const timer = setTimeout(() => socket?.destroy(), HANG_MAX_MS).unref();
  socket?.once('close', () => clearTimeout(timer));
  return reply;
}

/** Closes the connection without an answer. */
export function cut(reply: FastifyReply): FastifyReply {
  reply.hijack().raw.socket?.destroy();
  return reply;
}

/** Answers with an HTML page and status 200, as a proxy in front of a marketplace does. */
export function answerHtml(reply: FastifyReply): FastifyReply {
  return reply.type('text/html').send(PAGE);
}

export function answerUnavailable(reply: FastifyReply): FastifyReply {
  return reply.code(503).type('text/plain').send('Service Unavailable');
}

/** Gives none of the marketplace's own answers. */
export function answerOtherwise(reply: FastifyReply, how: 'unavailable' | 'html' | 'hang'): FastifyReply {
  switch (how) {
    case 'unavailable':
      return answerUnavailable(reply);
    case 'html':
      return answerHtml(reply);
    case 'hang':
      return hang(reply);
  }
}

/** The marketplace's address as the caller used it. */
export function originOf({ protocol, host }: FastifyRequest): string {
  return `${protocol}://${host}`;
}

/** An invalid call has certainly changed nothing; after an internal error this is unknown. */
export function isClientError(error: FastifyError): boolean {
  return error.statusCode !== undefined && error.statusCode < 500;
}
