import type { IncomingMessage } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { errors } from '../core/errors.ts';

/** Requests whose path is not percent-encoded UTF-8. */
const malformed = new WeakSet<object>();

const NOT_UTF8 = 'must be percent-encoded UTF-8';

/**
 * Routes a path that is not percent-encoded UTF-8, so that the key and the rate limit are checked first; otherwise the router
 * would refuse it before. Node refuses unencoded bytes as invalid HTTP.
 */
export function tolerateMalformed(request: IncomingMessage): string {
  const url = request.url ?? '/';
  const [path = '/'] = url.split('?', 1);
  if (decoded(path) !== null) return url;
  malformed.add(request);
  return path.replaceAll('%', '%25') + url.slice(path.length);
}

/** @throws VALIDATION_FAILED for such a path, and for such a value in the query of a route that reads its query */
export function refuseMalformed(request: FastifyRequest): void {
  if (malformed.has(request.raw)) throw errors.validationFailed({ path: NOT_UTF8 });
  const parameter = request.routeOptions.schema?.querystring ? malformedParameter(request.url) : null;
  if (parameter !== null) throw errors.validationFailed({ [parameter]: NOT_UTF8 });
}

const NAME = /^\w{1,40}$/;

/** The query parameter that cannot be decoded; unchecked, it would equal the encoding of another text. */
function malformedParameter(url: string): string | null {
  const query = url.slice(url.indexOf('?') + 1 || url.length);
  const pair = query.split('&').find((each) => decoded(each) === null);
  if (pair === undefined) return null;
  const [name = ''] = pair.split('=', 1);
  return NAME.test(name) ? name : 'query';
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
