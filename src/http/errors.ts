import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { ApiError, ConfigurationFault, errors, OUTAGE_RETRY_AFTER_SECONDS } from '../core/errors.ts';
import { DatabaseUnavailable, type FailedOutcome, failedOutcome } from '../db/failure.ts';
import { AllowedMethods } from './allowed-methods.ts';
import type { App } from './app-type.ts';
import { sendError } from './envelope.ts';
import { validationError } from './validation.ts';

/** Turns every error of a request into an error envelope; internal messages go to the log only. */
export function installErrorHandler(app: App): void {
  const methods = new AllowedMethods(app);
  app.setErrorHandler((error: FastifyError, request, reply) => answer(error, request, reply));
  app.setNotFoundHandler((request, reply) => sendError(request, reply, refuseRoute(request, reply)));
  // Unknown routes are refused before the body is read.
  app.addHook('onRequest', async (request, reply) => {
    if (request.is404) throw refuseRoute(request, reply);
  });

  function refuseRoute(request: FastifyRequest, reply: FastifyReply): ApiError {
    const allowed = methods.at(request.url);
    // A missing file of the documentation matches a path that allows the method.
    if (allowed.length === 0 || allowed.includes(request.method)) return errors.of('NOT_FOUND');
    reply.header('allow', allowed.join(', '));
    return errors.of('METHOD_NOT_ALLOWED');
  }
}

export function answer(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = toApiError(error);
  if (known && isLogged(error))
    request.log.warn({ err: error }, 'the database refused a statement of a request or did not confirm it');
  if (error instanceof ConfigurationFault) request.log.error({ err: error }, 'request failed');
  if (known) return sendError(request, reply, known);
  request.log.error({ err: error }, 'request failed');
  return sendError(request, reply, errors.of('SERVER_ERROR'));
}

/** An unavailable database is logged once, by its connections. Refused or unconfirmed statements are logged here. */
function isLogged(error: FastifyError): boolean {
  const outcome = failedOutcome(error);
  return outcome === 'unknown' || (outcome !== null && !(error instanceof DatabaseUnavailable));
}

function unavailable(outcome: FailedOutcome): ApiError {
  const retryAfterSeconds = OUTAGE_RETRY_AFTER_SECONDS;
  const message =
    outcome === 'unknown'
      ? 'The database did not confirm this request, so it may have taken effect. Check its result before you repeat it.'
      : 'The database is not available. Repeat the request after Retry-After. If the error continues, report the requestId.';
  return errors.of('SERVICE_UNAVAILABLE', {
    message,
    retryAfterSeconds,
  });
}

function toApiError(error: FastifyError): ApiError | null {
  if (error instanceof ApiError) return error;
  if (error.validation) return validationError(error.validation);
  const outcome = failedOutcome(error);
  if (outcome !== null) return unavailable(outcome);
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return errors.of('PAYLOAD_TOO_LARGE');
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return errors.of('UNSUPPORTED_MEDIA_TYPE');
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return errors.validationFailed({ body: 'is not valid JSON' });
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return errors.validationFailed({ path: 'is too long' });
    default:
      // Other 4xx errors are Fastify's own errors for malformed requests.
      return error.statusCode && error.statusCode < 500 ? errors.validationFailed({ request: error.message }) : null;
  }
}
