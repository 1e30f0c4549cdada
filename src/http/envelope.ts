import type { FastifyReply, FastifyRequest } from 'fastify';
import Type, { type TSchema } from 'typebox';
import { type ApiError, catalogue } from '../core/errors.ts';

/** The answer of every route: `{requestId, success, data}` or `{requestId, success, error}`. */
export function ok<T>(request: FastifyRequest, data: T) {
  return { requestId: request.id, success: true as const, data };
}

export function Ok<T extends TSchema>(data: T) {
  const fields = { requestId: Type.String({ format: 'uuid' }), success: Type.Literal(true), data };
  return Type.Object(fields, { description: 'Success' });
}

const ErrorWire = Type.Object({
  code: Type.Integer({ description: 'The number of the error key; both are stable' }),
  key: Type.Enum(Object.keys(catalogue)),
  message: Type.Union([Type.String(), Type.Array(Type.String())], { description: 'For people; the text may change' }),
  fields: Type.Optional(
    Type.Record(Type.String(), Type.String(), {
      description: 'Invalid fields of the request: dotted path → reason, at most 20',
    }),
  ),
  details: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
});

export const Failed = Type.Object(
  { requestId: Type.String({ format: 'uuid' }), success: Type.Literal(false), error: ErrorWire },
  { $id: 'Failure' },
);

export function errorBody(requestId: string, error: ApiError) {
  const { code, text } = catalogue[error.key];
  const { message, fields, details } = error.context;
  return {
    requestId,
    success: false as const,
    error: { code, key: error.key, message: message ?? text, ...(fields && { fields }), ...(details && { details }) },
  };
}

export function sendError(request: FastifyRequest, reply: FastifyReply, error: ApiError): FastifyReply {
  const seconds = error.context.retryAfterSeconds;
  if (seconds !== undefined) reply.header('retry-after', String(seconds));
  return reply.code(catalogue[error.key].status).send(errorBody(request.id, error));
}
