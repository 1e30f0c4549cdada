import type { FastifyRequest } from 'fastify';
import type { Caller } from '../auth/authenticate.ts';
import { callerInLog } from '../auth/request-guards.ts';
import type { App } from '../http/app-type.ts';
import type { ClientAddresses } from '../net/client-address.ts';
import type { Metrics } from './metrics.ts';

/**
 * Writes one log line and one measurement for each request, with its id and its caller, but never with headers, query or
 * body. The id is also returned as a header.
 */
export function measureRequests(app: App, metrics: Metrics, addresses: ClientAddresses): void {
  app.addHook('onRequest', (request, _reply, done) => {
    // The address must be read now, because Node drops it when the connection closes.
    addresses.of(request.raw);
    done();
  });
  app.addHook('onSend', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    metrics.httpSeconds.observe({ route, status: String(reply.statusCode) }, reply.elapsedTime / 1000);
    const { statusCode: status, elapsedTime: ms } = reply;
    const address = addresses.of(request.raw);
    const who = namesOf(callerInLog(request));
    request.log.info({ method: request.method, ...pathInLog(request), status, ms, ...who, address }, 'request');
  });
}

function namesOf(caller: Caller | undefined) {
  if (!caller) return {};
  const { merchantId: merchant, client, actor } = caller;
  return client ? { merchant, client: client.steamId } : { merchant, key: actor.slice(actor.indexOf(':') + 1) };
}

/** The path of an unknown route is not logged, because a caller may have put a secret into it by mistake. */
function pathInLog(request: FastifyRequest) {
  if (request.is404) return { route: 'none' };
  const params = Object.entries(Object(request.params)).filter(([name]) => name !== '*');
  const shown = params.map(([name, value]) => [name, withoutSecrets(String(value))] as const);
  return { route: request.routeOptions.url, params: Object.fromEntries(shown) };
}

/** A path can hold a hundred references; the first ones are enough to find a request. */
const PARAM_IN_LOG_MAX = 300;
/** API keys, and tokens of three parts in base64. */
const SECRETS = /ap_[0-9a-f]{8,}|eyJ[\w-]+(\.[\w-]*){0,2}/gi;

function withoutSecrets(text: string): string {
  return text.replaceAll(SECRETS, '[secret]').slice(0, PARAM_IN_LOG_MAX).toWellFormed();
}
