import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { MINUTE_MS } from '../../src/core/clock.ts';

/** A caller without a time-out of its own is let go after this. */
const HANG_MAX_MS = MINUTE_MS;

const PAGE = '<!doctype html><title>One moment</title><p>We are checking your browser.</p>';

/** Leaves the caller without an answer until it hangs up. */
export function hang(reply: FastifyReply): FastifyReply {
  const { socket } = reply.hijack().raw;
  const letGo = setTimeout(() => socket?.destroy(), HANG_MAX_MS).unref();
  socket?.once('close', () => clearTimeout(letGo));
  return reply;
}

/** Drops the connection in the middle of the exchange. */
export function cut(reply: FastifyReply): FastifyReply {
  reply.hijack().raw.socket?.destroy();
  return reply;
}

/** An HTML page with status 200, as a proxy in front of a marketplace shows it. */
export function answerHtml(reply: FastifyReply): FastifyReply {
  return reply.type('text/html').send(PAGE);
}

export function answerUnavailable(reply: FastifyReply): FastifyReply {
  return reply.code(503).type('text/plain').send('Service Unavailable');
}

/** The marketplace's own address, as the caller knows it. */
export function originOf({ protocol, host }: FastifyRequest): string {
  return `${protocol}://${host}`;
}

/** A call that was not valid has surely changed nothing; of a failure in here nobody can say that. */
export function isCallersFault(error: FastifyError): boolean {
  return error.statusCode !== undefined && error.statusCode < 500;
}
