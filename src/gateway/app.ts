import type { Socket } from 'node:net';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import { Authentication } from '../auth/authentication.ts';
import { RateLimits } from '../auth/rate-limits.ts';
import { tokenRoutes } from '../auth/routes.ts';
import { quickBuyRoutes } from '../buying/quick-buy-routes.ts';
import { buyingRoutes } from '../buying/routes.ts';
import { deliveryRoutes, replayRoute } from '../callbacks/log-routes.ts';
import { bodilessUrlRoutes, callbackUrlRoutes } from '../callbacks/url-routes.ts';
import { cancellationRoutes } from '../cancelling/routes.ts';
import { type ApiError, errors } from '../core/errors.ts';
import { newRequestId } from '../core/ids.ts';
import type { Deps } from '../deps.ts';
import type { App } from '../http/app-type.ts';
import { preflightRoute } from '../http/cross-origin.ts';
import { errorBody } from '../http/envelope.ts';
import { answer, installErrorHandler } from '../http/errors.ts';
import { answerHeaders, protectAnswers } from '../http/headers.ts';
import { readJsonBodies } from '../http/json-body.ts';
import { refuseMalformed, tolerateMalformed } from '../http/malformed-url.ts';
import { requestIdOf } from '../http/request-id.ts';
import { validatorCompiler } from '../http/validation.ts';
import { asksForFeed } from '../live/request.ts';
import { clientMarketRoutes, marketRoutes } from '../market/routes.ts';
import { clientLimitRoutes } from '../merchants/client-limit-routes.ts';
import { hintRoutes } from '../suppliers/routes.ts';
import { tradeUrlRoutes } from '../trade-urls/routes.ts';
import { tradeRoutes } from '../trades/routes.ts';
import { ledgerRoutes } from '../wallets/ledger-routes.ts';
import { walletRoutes } from '../wallets/routes.ts';
import type { AdminListener } from './admin-listener.ts';
import { documentation } from './documentation.ts';
import { healthRoutes, type NodeState } from './health.ts';
import { measureRequests } from './measure-requests.ts';

/** Fifty items with the longest texts there can be come to about 60 kB. */
const BODY_LIMIT_BYTES = 256 * 1024;
/** A hundred references of 128 characters, percent-encoded as far as Node's header limit allows. */
const PARAM_LENGTH_MAX = 16_000;

/** Headers come in one go; whoever takes longer over them is no client of ours. */
const HEADERS_MAX_MS = 10_000;
/** How long who is refused may take to read why. */
const ANSWER_READ_WITHIN_MS = 1000;
/** How often connections are looked at that have passed a time limit. Node's own half a minute would double it. */
const TIMEOUTS_CHECKED_EVERY_MS = 500;

export interface AppHooks {
  /** What the live feed of the same node knows callers by; without it the routes have one of their own. */
  readonly authentication?: Authentication;
  /** The other listener, where operators' routes are not on the gateway's own port. */
  readonly adminListener?: AdminListener | null;
  /** Adds routes that only the sandbox has. */
  sandboxRoutes?(app: App): void;
}

/** Builds the HTTP app; it does not listen. Which module answers which path is all here. */
export async function buildApp(deps: Deps, state: NodeState, hooks: AppHooks = {}): Promise<App> {
  const app = createServer(deps);
  deps.arrivals.watch(app, deps.clock);
  limitConnections(app, deps);
  installErrorHandler(app);
  const { authentication = new Authentication(deps) } = hooks;
  measureRequests(app, deps.metrics, authentication.addresses);
  protectAnswers(app);
  endConnectionsOnStop(app);
  hooks.adminListener?.serve(app);
  app.addHook('preValidation', async (request) => refuseMalformed(request));
  await documentation(app, deps.config);

  await app.register(async (scope) => healthRoutes(typed(scope), deps, state));
  await app.register(async (scope) => hintRoutes(typed(scope), deps));
  // A worker answers whether it is well, takes suppliers' hints, and leaves merchants to the other nodes.
  if (deps.config.role !== 'worker') await addMerchantRoutes(app, deps, authentication);
  if (hooks.sandboxRoutes) await app.register(async (scope) => hooks.sandboxRoutes?.(typed(scope)));
  return app;
}

async function addMerchantRoutes(app: App, deps: Deps, authentication: Authentication): Promise<void> {
  const limits = RateLimits.open(deps.config, deps.log);
  app.addHook('onClose', () => limits.close());
  app.addHook('onClose', () => authentication.keyUses.flush());
  const guards = { authentication, limits };
  await app.register(async (scope) => preflightRoute(typed(scope), authentication));
  await app.register(async (scope) => {
    const routes = typed(scope);
    marketRoutes(routes, deps, guards);
    clientMarketRoutes(routes, deps, guards);
    tradeRoutes(routes, deps, guards);
    quickBuyRoutes(routes, deps, guards);
    tokenRoutes(routes, deps, guards);
    clientLimitRoutes(routes, deps, guards);
    buyingRoutes(routes, deps, guards);
    tradeUrlRoutes(routes, deps, guards);
    walletRoutes(routes, deps, guards);
    ledgerRoutes(routes, deps, guards);
    callbackUrlRoutes(routes, deps, guards);
    deliveryRoutes(routes, deps, guards);
  });
  await app.register(async (scope) => cancellationRoutes(typed(scope), deps, guards));
  await app.register(async (scope) => replayRoute(typed(scope), deps, guards));
  await app.register(async (scope) => bodilessUrlRoutes(typed(scope), deps, guards));
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
    requestTimeout: deps.config.requestTimeoutMs,
    // What comes over an open connection while this node stops is answered in full; Fastify's own 503 has no envelope.
    return503OnClosing: false,
    routerOptions: { maxParamLength: PARAM_LENGTH_MAX },
    rewriteUrl: tolerateMalformed,
    logController: new LogController({ requestIdLogLabel: 'requestId', disableRequestLogging: true }),
    http: {
      maxHeaderSize: 64 * 1024,
      headersTimeout: Math.min(HEADERS_MAX_MS, deps.config.requestTimeoutMs),
      connectionsCheckingInterval: TIMEOUTS_CHECKED_EVERY_MS,
      shouldUpgradeCallback: (request) => deps.config.role !== 'worker' && asksForFeed(request),
    },
    frameworkErrors: (error, request, reply) => {
      // The router's own refusals happen before any route; Fastify types these two more loosely than elsewhere.
      answer(error, request as FastifyRequest, reply as FastifyReply);
    },
    clientErrorHandler: (error, socket) => refuseUnreadable(error, socket, deps.config.requestTimeoutMs),
  }).withTypeProvider<TypeBoxTypeProvider>();
  readJsonBodies(app);
  app.setValidatorCompiler(validatorCompiler);
  // Answers are built by `wire.ts` files to the schema's type; the schema itself serves validation and OpenAPI.
  app.setSerializerCompiler(() => JSON.stringify);
  return app;
}

/** A full node says so in its log, but not for each connection that it turns away. */
const DROPS_LOGGED_EVERY_MS = 60_000;

/** Beyond that a connection is closed unheard: each costs a file descriptor, of which a process has so many. */
function limitConnections(app: App, { config, log }: Deps): void {
  const { connectionsMax } = config;
  let loggedAt = Number.NEGATIVE_INFINITY;
  app.server.maxConnections = connectionsMax;
  app.server.on('drop', () => {
    if (performance.now() - loggedAt < DROPS_LOGGED_EVERY_MS) return;
    loggedAt = performance.now();
    log.warn(
      { connectionsMax },
      'all connections are in use, so new ones are closed; raise CONNECTIONS_MAX if the load is genuine',
    );
  });
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

/** What is not HTTP, has headers beyond every limit or does not arrive never becomes a request; it is still told why. */
function refuseUnreadable(error: Error & { code?: string }, socket: Socket, requestTimeoutMs: number): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) return;
  const [head, refusal] = refusalOfUnreadable(error.code, requestTimeoutMs);
  const body = JSON.stringify(errorBody(newRequestId(), refusal));
  const headers = {
    ...answerHeaders,
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${head}\r\n${lines.join('')}\r\n${body}`);
  // The other side may never close its half, and would keep the connection.
  setTimeout(() => socket.destroy(), ANSWER_READ_WITHIN_MS).unref();
}

function refusalOfUnreadable(code: string | undefined, requestTimeoutMs: number): [string, ApiError] {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return ['413 Payload Too Large', errors.of('PAYLOAD_TOO_LARGE')];
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return [
        '408 Request Timeout',
        errors.validationFailed({ request: `did not arrive within ${requestTimeoutMs} ms` }),
      ];
    default:
      return ['400 Bad Request', errors.validationFailed({ request: 'is not valid HTTP' })];
  }
}
