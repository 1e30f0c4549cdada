import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** 500 rows take about two milliseconds. */
const SLICE = 500;

/**
 * Converts a long list to JSON text in slices and yields to other requests in between: 20,000 rows at once would block the
 * event loop for a fifth of a second.
 */
export async function listToJson<T>(rows: readonly T[], toWire: (row: T) => unknown): Promise<string> {
  const slices: string[] = [];
  for (let from = 0; from < rows.length; from += SLICE) {
    if (from > 0) await yieldToEventLoop();
    slices.push(JSON.stringify(rows.slice(from, from + SLICE).map(toWire)).slice(1, -1));
  }
  return `[${slices.join(',')}]`;
}

/** Sends the success envelope with data that is already JSON text. */
export function sendOk(request: FastifyRequest, reply: FastifyReply, dataJson: string): FastifyReply {
  const body = `{"requestId":${JSON.stringify(request.id)},"success":true,"data":${dataJson}}`;
  return reply.type('application/json; charset=utf-8').send(body);
}
