import type { Socket } from 'node:net';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import { Authenticator } from './auth/authenticate.ts';
import { ClientAuthenticator } from './auth/authenticate-client.ts';
import { AuthVersion } from './auth/remembered.ts';
import { tokenRoutes } from './auth/routes.ts';
import { callbackUrlRoutes } from './callbacks/url-routes.ts';
import { cancellationRoutes } from './cancellations/routes.ts';
import { deliveryRoutes, replayRoute } from './deliveries/routes.ts';
import type { Deps } from './deps.ts';
import { errors } from './errors.ts';
import type { App } from './http/app-type.ts';
import { documentation } from './http/documentation.ts';
import { errorBody } from './http/envelope.ts';
import { answer, installErrorHandler } from './http/errors.ts';
import { answerHeaders, protectAnswers } from './http/headers.ts';
import { healthRoutes, type NodeState } from './http/health.ts';
import { RateLimits } from './http/limits.ts';
import { refuseMalformed, tolerateMalformed } from './http/malformed-url.ts';
import { measureRequests } from './http/measure.ts';
import { requestIdOf } from './http/request-id.ts';
import { validatorCompiler } from './http/validation.ts';
import { newRequestId } from './ids.ts';
import { asksForFeed } from './live/request.ts';
import { clientMarketRoutes, marketRoutes } from './market/routes.ts';
import { ClientAddresses } from './net/client-address.ts';
import { quickBuyRoutes } from './quick-buys/routes.ts';
import { hintRoutes } from './suppliers/routes.ts';
import { tradeUrlRoutes } from './trade-urls/routes.ts';
import { clientTradeRoutes } from './trades/client-routes.ts';
import { tradeRoutes } from './trades/routes.ts';
import { ledgerRoutes } from './wallets/ledger-routes.ts';
import { walletRoutes } from './wallets/routes.ts';

/** Fifty items with the longest texts there can be come to about 60 kB. */
const BODY_LIMIT_BYTES = 256 * 1024;
/** A hundred references of 128 characters, percent-encoded as far as Node's header limit allows. */
const PARAM_LENGTH_MAX = 16_000;

/** For a request to arrive whole; a client that sends byte by byte holds a connection no longer than this. */
const REQUEST_MAX_MS = 30_000;

export interface AppHooks {
  /** Adds routes that only the sandbox has. */
  sandboxRoutes?(app: App): void;
}

/** Builds the HTTP app; it does not listen. Which module answers which path is all here. */
export async function buildApp(deps: Deps, state: NodeState, hooks: AppHooks = {}): Promise<App> {
  const app = createServer(deps);
  installErrorHandler(app);
  const addresses = new ClientAddresses(deps.config.trustProxy);
  measureRequests(app, deps.metrics, addresses);
  protectAnswers(app);
  endConnectionsOnStop(app);
  app.addHook('preValidation', async (request) => refuseMalformed(request));
  await documentation(app, deps.config);

  await app.register(async (scope) => healthRoutes(typed(scope), deps, state));
  await app.register(async (scope) => hintRoutes(typed(scope), deps));
  // A worker answers whether it is well, takes suppliers' hints, and leaves merchants to the other nodes.
  if (deps.config.role !== 'worker') await addMerchantRoutes(app, deps, addresses);
  if (hooks.sandboxRoutes) await app.register(async (scope) => hooks.sandboxRoutes?.(typed(scope)));
  return app;
}

async function addMerchantRoutes(app: App, deps: Deps, addresses: ClientAddresses): Promise<void> {
  const limits = RateLimits.open(deps.config, deps.log);
  app.addHook('onClose', () => limits.close());
  const version = new AuthVersion(deps.db);
  const gatekeeper = {
    authenticator: new Authenticator(deps.db, version),
    clients: new ClientAuthenticator(deps, version),
    limits,
    addresses,
  };
  await app.register(async (scope) => {
    const routes = typed(scope);
    marketRoutes(routes, deps, gatekeeper);
    clientMarketRoutes(routes, deps, gatekeeper);
    tradeRoutes(routes, deps, gatekeeper);
    quickBuyRoutes(routes, deps, gatekeeper);
    tokenRoutes(routes, deps, gatekeeper);
    clientTradeRoutes(routes, deps, gatekeeper);
    tradeUrlRoutes(routes, deps, gatekeeper);
    walletRoutes(routes, deps, gatekeeper);
    ledgerRoutes(routes, deps, gatekeeper);
    callbackUrlRoutes(routes, deps, gatekeeper);
    deliveryRoutes(routes, deps, gatekeeper);
  });
  await app.register(async (scope) => cancellationRoutes(typed(scope), deps, gatekeeper));
  await app.register(async (scope) => replayRoute(typed(scope), deps, gatekeeper));
}

/** Each scope has hooks and parsers of its own; Fastify forgets the type provider on the way into one. */
function typed(scope: { withTypeProvider: App['withTypeProvider'] }): App {
  return scope.withTypeProvider<TypeBoxTypeProvider>();
}

function createServer(deps: Deps): App {
  const app = Fastify({
    loggerInstance: deps.log,
    genReqId: requestIdOf,
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_MAX_MS,
    // What comes over an open connection while this node stops is answered in full; Fastify's own 503 has no envelope.
    return503OnClosing: false,
    routerOptions: { maxParamLength: PARAM_LENGTH_MAX },
    rewriteUrl: tolerateMalformed,
    logController: new LogController({ requestIdLogLabel: 'requestId', disableRequestLogging: true }),
    http: {
      maxHeaderSize: 64 * 1024,
      shouldUpgradeCallback: (request) => deps.config.role !== 'worker' && asksForFeed(request),
    },
    frameworkErrors: (error, request, reply) => {
      // The router's own refusals happen before any route; Fastify types these two more loosely than elsewhere.
      answer(error, request as FastifyRequest, reply as FastifyReply);
    },
    clientErrorHandler: refuseUnreadable,
  }).withTypeProvider<TypeBoxTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  // Answers are built by `wire.ts` files to the schema's type; the schema itself serves validation and OpenAPI.
  app.setSerializerCompiler(() => JSON.stringify);
  return app;
}

/** A connection that gets its last answer during a stop would be kept open for a next request, and the stop with it. */
function endConnectionsOnStop(app: App): void {
  let isStopping = false;
  app.addHook('preClose', (done) => {
    isStopping = true;
    done();
  });
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (isStopping) reply.header('connection', 'close');
    done();
  });
}

/** What is not HTTP, or has headers beyond every limit, never becomes a request; it is still told why. */
function refuseUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) return;
  const isTooLarge = error.code === 'HPE_HEADER_OVERFLOW';
  const refusal = isTooLarge
    ? errors.of('PAYLOAD_TOO_LARGE')
    : errors.validationFailed({ request: 'is not valid HTTP' });
  const body = JSON.stringify(errorBody(newRequestId(), refusal));
  const head = isTooLarge ? '413 Payload Too Large' : '400 Bad Request';
  const headers = {
    ...answerHeaders,
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${head}\r\n${lines.join('')}\r\n${body}`);
}
