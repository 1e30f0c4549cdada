import type { Socket } from 'node:net';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import { Authentication } from '../auth/authentication.ts';
import { RateLimits } from '../auth/rate-limits.ts';
import type { RequestGuards } from '../auth/request-guards.ts';
import { tokenRoutes } from '../auth/routes.ts';
import { quickBuyRoutes } from '../buying/quick-buy-routes.ts';
import { buyingRoutes } from '../buying/routes.ts';
import { bodilessUrlRoutes, callbackUrlRoutes } from '../callbacks/endpoint-routes.ts';
import { callbackLogRoutes, replayRoute } from '../callbacks/log-routes.ts';
import { cancellationRoutes } from '../cancelling/routes.ts';
import { type ApiError, errors } from '../core/errors.ts';
import { newRequestId } from '../core/ids.ts';
import type { Deps } from '../deps.ts';
import type { App } from '../http/app-type.ts';
import { preflightRoute } from '../http/cross-origin.ts';
import { errorBody } from '../http/envelope.ts';
import { answer, installErrorHandler } from '../http/errors.ts';
import { addSecurityHeaders, answerHeaders } from '../http/headers.ts';
import { readJsonBodies } from '../http/json-body.ts';
import { refuseMalformed, tolerateMalformed } from '../http/malformed-url.ts';
import { requestIdOf } from '../http/request-id.ts';
import { validatorCompiler } from '../http/validation.ts';
import { isFeedRequest } from '../live/feed.ts';
import { clientMarketRoutes, marketRoutes } from '../market/routes.ts';
import { clientLimitRoutes } from '../merchants/client-limit-routes.ts';
import { operatorRoutes } from '../operator-api/routes.ts';
import { hintRoutes } from '../purchases/routes.ts';
import { tradeUrlRoutes } from '../trade-urls/routes.ts';
import { tradeRoutes } from '../trades/routes.ts';
import { ledgerRoutes } from '../wallets/ledger-routes.ts';
import { walletRoutes } from '../wallets/routes.ts';
import type { AdminListener } from './admin-listener.ts';
import { consoleFiles } from './console-files.ts';
import { documentation } from './documentation.ts';
import { healthRoutes, type NodeState } from './health.ts';
import { measureRequests } from './measure-requests.ts';
import { operatorDocumentation } from './operator-document.ts';

/** The largest valid body, with fifty items and the longest texts, has about 60 kB. */
const BODY_LIMIT_BYTES = 256 * 1024;
/** Holds a hundred references of 128 characters, percent-encoded, within Node's limit for headers. */
const PARAM_LENGTH_MAX = 16_000;

/** Clients send all headers at once; a slower connection is likely an attack. */
const HEADERS_MAX_MS = 10_000;
/** How long a refused connection stays open so that the client can read the answer. */
const ANSWER_READ_WITHIN_MS = 1000;
/** How often connections are checked for exceeded time limits. Node's default of 30 s would double the limits. */
const TIMEOUTS_CHECKED_EVERY_MS = 500;

export interface AppHooks {
  /** Shared with the live feed of this node; absent: the routes create their own. */
  readonly authentication?: Authentication;
  /** The listener for operator routes, when they are not on the gateway's own port. */
  readonly adminListener?: AdminListener | null;
  /** Adds the routes of the sandbox. */
  sandboxRoutes?(app: App): void;
}

/** Builds the HTTP app with all of its routes, without listening. */
export async function buildApp(deps: Deps, state: NodeState, hooks: AppHooks = {}): Promise<App> {
  const app = createServer(deps);
  deps.arrivals.watch(app, deps.clock);
  limitConnections(app, deps);
  installErrorHandler(app);
  const { authentication = new Authentication(deps) } = hooks;
  measureRequests(app, deps.metrics, authentication.addresses);
  addSecurityHeaders(app);
  endConnectionsOnStop(app);
  hooks.adminListener?.serve(app);
  app.addHook('preValidation', async (request) => refuseMalformed(request));
  await documentation(app, deps.config);

  await app.register(async (scope) => healthRoutes(typed(scope), deps, state));
  await app.register(async (scope) => hintRoutes(typed(scope), deps));
  // A worker node serves health checks and suppliers' hints only; other nodes serve merchants.
  if (deps.config.role !== 'worker') await addCallerRoutes(app, deps, authentication);
  if (hooks.sandboxRoutes) await app.register(async (scope) => hooks.sandboxRoutes?.(typed(scope)));
  return app;
}

/** The routes for merchants, and for people who sign in. Members of a merchant share the limits of its own code. */
async function addCallerRoutes(app: App, deps: Deps, authentication: Authentication): Promise<void> {
  app.addHook('onRequest', async () => void deps.signals.emit('looked'));
  const limits = RateLimits.open(deps.config, deps.log);
  app.addHook('onClose', () => limits.close());
  await addMerchantRoutes(app, deps, { authentication, limits });
  if (deps.config.webConsole) await addOperatorRoutes(app, deps, { authentication, limits });
}

async function addOperatorRoutes(app: App, deps: Deps, { authentication, limits }: RequestGuards): Promise<void> {
  await app.register(async (scope) => {
    const routes = typed(scope);
    await operatorDocumentation(routes, deps.config);
    await operatorRoutes(routes, deps, authentication.addresses, limits);
  });
  await app.register(async (scope) => consoleFiles(typed(scope)));
}

async function addMerchantRoutes(app: App, deps: Deps, guards: RequestGuards): Promise<void> {
  const { authentication } = guards;
  app.addHook('onClose', () => authentication.keyUses.flush());
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
    callbackLogRoutes(routes, deps, guards);
  });
  await app.register(async (scope) => cancellationRoutes(typed(scope), deps, guards));
  await app.register(async (scope) => replayRoute(typed(scope), deps, guards));
  await app.register(async (scope) => bodilessUrlRoutes(typed(scope), deps, guards));
}

/** Fastify drops the type provider in the type of a new scope. */
function typed(scope: { withTypeProvider: App['withTypeProvider'] }): App {
  return scope.withTypeProvider<TypeBoxTypeProvider>();
}

function createServer(deps: Deps): App {
  const app = Fastify({
    loggerInstance: deps.log,
    genReqId: requestIdOf,
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: deps.config.requestTimeoutMs,
    // While this node stops, requests on open connections are answered normally; Fastify's own 503 has no envelope.
    return503OnClosing: false,
    routerOptions: { maxParamLength: PARAM_LENGTH_MAX },
    rewriteUrl: tolerateMalformed,
    logController: new LogController({ requestIdLogLabel: 'requestId', disableRequestLogging: true }),
    http: {
      maxHeaderSize: 64 * 1024,
      headersTimeout: Math.min(HEADERS_MAX_MS, deps.config.requestTimeoutMs),
      connectionsCheckingInterval: TIMEOUTS_CHECKED_EVERY_MS,
      shouldUpgradeCallback: (request) => deps.config.role !== 'worker' && isFeedRequest(request),
    },
    frameworkErrors: (error, request, reply) => {
      // The router's own errors occur before any route, so Fastify types request and reply less precisely here.
      answer(error, request as FastifyRequest, reply as FastifyReply);
    },
    clientErrorHandler: (error, socket) => refuseUnreadable(error, socket, deps.config.requestTimeoutMs),
  }).withTypeProvider<TypeBoxTypeProvider>();
  readJsonBodies(app);
  app.setValidatorCompiler(validatorCompiler);
  // The `wire.ts` files build answers of the schema's type; the schemas are used for validation and OpenAPI only.
  app.setSerializerCompiler(() => JSON.stringify);
  return app;
}

/** A full node logs a warning at most once a minute, not for each dropped connection. */
const DROPS_LOGGED_EVERY_MS = 60_000;

/** Closes connections above the limit, because each uses one of the process's file descriptors. */
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

/** Closes keep-alive connections during a stop, which would otherwise delay the stop. */
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

/** Answers connections that send invalid HTTP, too large headers or no complete request, which no route can answer. */
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
  // The client may never close its half of the connection.
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
