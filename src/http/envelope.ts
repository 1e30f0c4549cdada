import type { FastifyReply, FastifyRequest } from 'fastify';
import Type, { type TSchema } from 'typebox';
import { type ApiError, catalogue } from '../errors.ts';

/** The answer of every route (wire-api §1): `{requestId, success, data}` or `{requestId, success, error}`. */
export function ok<T>(request: FastifyRequest, data: T) {
  return { requestId: request.id, success: true as const, data };
}

export function Ok<T extends TSchema>(data: T) {
  return Type.Object({ requestId: Type.String({ format: 'uuid' }), success: Type.Literal(true), data });
}

export const Failed = Type.Object({
  requestId: Type.String({ format: 'uuid' }),
  success: Type.Literal(false),
  error: Type.Object({
    code: Type.Integer(),
    key: Type.String(),
    message: Type.Union([Type.String(), Type.Array(Type.String())]),
    fields: Type.Optional(Type.Record(Type.String(), Type.String())),
    details: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  }),
});

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
