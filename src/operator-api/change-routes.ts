import type { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import Type from 'typebox';
import type { App } from '../http/app-type.ts';
import { ChangeStreams } from './change-stream.ts';
import { asPerson, merchantIn, type PersonGuards } from './guard.ts';

/** Tells those who look at a screen that something has changed. */
export function changeRoutes(app: App, guards: PersonGuards): void {
  const streams = new ChangeStreams(guards.deps.signals);
  app.addHook('preClose', (done) => {
    streams.stop();
    done();
  });

  app.get(
    '/operator/v1/changes',
    {
      ...asPerson(guards, 'read'),
      // A HEAD request would open a stream that nobody reads.
      exposeHeadRoute: false,
      schema: {
        summary: 'Server-sent events when trades have changed',
        description:
          'An event `changed` without data, at most one in a second: ask again for what you show. It comes for what the ' +
          'answering node does; with several nodes ask from time to time as well. The stream ends after a minute, and a ' +
          'browser opens the next one by itself.',
        tags: ['overview'],
        response: { 200: { description: 'Success', content: { 'text/event-stream': { schema: Type.String() } } } },
      },
    },
    async (request, reply) => sendEvents(reply, streams.open(merchantIn(request, undefined))),
  );
}

function sendEvents(reply: FastifyReply, events: Readable): FastifyReply {
  // Some proxies keep an answer until it is whole.
  return reply.type('text/event-stream; charset=utf-8').header('x-accel-buffering', 'no').send(events);
}
