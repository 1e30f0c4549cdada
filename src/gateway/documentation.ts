import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifySchema } from 'fastify';
import type { Config } from '../config/config.ts';
import { catalogue, type ErrorContext, type ErrorKey, errors } from '../core/errors.ts';
import { programVersion } from '../core/version.ts';
import type { App } from '../http/app-type.ts';
import { errorBody, Failed } from '../http/envelope.ts';
import { completeDocument, type Document } from './document.ts';
import { operationIds } from './operation-ids.ts';

const introduction = `Buy game items, cancel a single undelivered one, and get the money back exactly once.
Every answer is an envelope: \`{requestId, success, data}\` or \`{requestId, success, error}\`.
Give the \`requestId\` when you report a problem. You can send your own UUID as \`x-request-id\`.`;

const tagTexts = {
  market: 'Listings on sale, at your prices',
  trades: 'Buying, and the state of your trades',
  cancelling: 'Cancelling undelivered items, one item or a whole trade',
  clients: 'For your own users, with a token that you sign or request',
  wallet: 'Your balance and its movements',
  callbacks: 'Your callback URL, and the log of callbacks',
  operation: 'For the operator of the gateway',
  sandbox: 'In the sandbox only: its clock, its test listings and the demo shop',
};

const CHARSET = '<meta charset="UTF-8">';

/** Stricter than the default policy of the page, which loads nothing from other hosts. It must also work over http. */
const PAGE_POLICY = [
  "default-src 'self'",
  "img-src 'self' data:",
  // The page's script sets styles on elements; no style sheet comes from another host.
  "style-src 'self' 'unsafe-inline'",
  "base-uri 'self'",
  "frame-ancestors 'none'",
  "object-src 'none'",
].join('; ');

const LOGO =
  '<svg xmlns="http://www.w3.org/2000/svg" width="150" height="40"><text x="0" y="28" font-family="sans-serif" font-size="26" font-weight="bold" fill="white">skinrail</text></svg>';

/** OpenAPI 3.1 at `/openapi.json` and a page to browse it at `/docs`, which loads nothing from other hosts. */
export async function documentation(app: App, config: Config): Promise<void> {
  // Every error response refers to this schema. The other schemas with an `$id` are found in the routes.
  app.addSchema(Failed);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'skinrail', version: programVersion(), description: introduction },
      servers: [{ url: config.publicUrl || '/' }],
      tags: Object.entries(tagTexts).map(([name, description]) => ({ name, description })),
      components: {
        securitySchemes: {
          ApiKeyAuth: { type: 'apiKey', in: 'header', name: 'api-key' },
          ClientToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        },
      },
      security: [{ ApiKeyAuth: [] }],
    },
    // Schemas keep their own names, because generated code uses these names.
    refResolver: { buildLocalReference: (schema, _base, _fragment, i) => String(schema['$id'] ?? `Unnamed${i}`) },
    // Only the routes of the documentation have no schema. The routes of operators are in a document of their own.
    transform: ({ schema, url, route }) => {
      if (isOfOperators(url)) return { schema: { hide: true }, url };
      return { schema: schema ? complete(schema, url, route.method) : schema, url };
    },
    // The plugin's type also covers versions before 3.1; this document has the version that is set above.
    transformObject: (document) => {
      const object = 'openapiObject' in document ? document.openapiObject : document.swaggerObject;
      completeDocument(object as unknown as Document);
      return object;
    },
  });
  await app.register(async (scope) => {
    scope.addHook('onSend', async (_request, _reply, payload) => withViewport(payload));
    await scope.register(swaggerUi, {
      routePrefix: '/docs',
      staticCSP: PAGE_POLICY,
      // Otherwise the page would send the document to a validator on the internet.
      uiConfig: { validatorUrl: null, deepLinking: true },
      theme: { title: 'skinrail API' },
      logo: { type: 'image/svg+xml', content: LOGO },
    });
  });
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
}

export function isOfOperators(url: string): boolean {
  return url.startsWith('/operator/');
}

/** Adds a viewport to the page's HTML, so that phones do not show it at desktop width. */
function withViewport(payload: unknown): unknown {
  if (typeof payload !== 'string') return payload;
  return payload.replace(CHARSET, `${CHARSET}<meta name="viewport" content="width=device-width, initial-scale=1">`);
}

const failuresOfKeys: readonly ErrorKey[] = [
  'MISSING_API_KEY',
  'INVALID_API_KEY',
  'API_KEY_REVOKED',
  'API_KEY_IP_DENIED',
  'ACCOUNT_DISABLED',
  'INSUFFICIENT_SCOPE',
  'RATE_LIMITED',
];
const failuresOfTokens: readonly ErrorKey[] = ['MISSING_BEARER', 'INVALID_TOKEN', 'ACCOUNT_DISABLED', 'RATE_LIMITED'];
const failuresOfBodies: readonly ErrorKey[] = ['VALIDATION_FAILED', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'];
const failuresOfAll: readonly ErrorKey[] = ['SERVER_ERROR', 'SERVICE_UNAVAILABLE'];

const failuresOfBuys: readonly ErrorKey[] = [
  'INVALID_LISTING_ID',
  'LISTING_NOT_FOUND',
  'PRICE_CHANGED',
  'MERCHANT_BALANCE_LOW',
  'MERCHANT_NO_CALLBACK_URL',
  'MERCHANT_NO_API_SECRET',
  'MERCHANT_CALLBACK_URL_DISABLED',
  'EXTERNAL_ID_EXISTS',
];
const failuresOfQuickBuys = [
  'LISTING_NOT_FOUND',
  'INSUFFICIENT_STOCK',
  'MERCHANT_BALANCE_LOW',
  'MERCHANT_NO_CALLBACK_URL',
  'MERCHANT_NO_API_SECRET',
  'MERCHANT_CALLBACK_URL_DISABLED',
  'EXTERNAL_ID_EXISTS',
] as const satisfies ErrorKey[];

const failuresOfItemCancels: readonly ErrorKey[] = [
  'ITEM_NOT_FOUND',
  'FORBIDDEN',
  'TRADE_CANCEL_TOO_SOON',
  'TRADE_NOT_CANCELLABLE',
];

const failuresOfTradeCancels: readonly ErrorKey[] = [
  'TRADE_NOT_FOUND',
  'FORBIDDEN',
  'TRADE_NOT_CANCELLABLE',
  'TRADE_CANCEL_UNSUPPORTED',
];

/**
 * Further errors of single routes. The key has a method where other methods of the path do not have these errors. A test
 * provokes each error and checks that the document has it.
 */
const failuresOfRoutes: Readonly<Record<string, readonly ErrorKey[]>> = {
  '/secure/market/item': ['LISTING_NOT_FOUND'],
  '/auth/authenticate-client': ['NO_API_SECRET_CONFIGURED'],
  '/secure/buy': failuresOfBuys,
  '/client/trading/withdraw': [...failuresOfBuys, 'CLIENT_LIMIT_REACHED'],
  '/secure/buy/quick': failuresOfQuickBuys,
  '/client/trading/withdraw/quick': [...failuresOfQuickBuys, 'CLIENT_LIMIT_REACHED'],
  '/client/market/item': ['LISTING_NOT_FOUND'],
  '/secure/trades/:tradeId': ['TRADE_NOT_FOUND'],
  '/secure/buy/:tradeId/items/:itemId/cancel': failuresOfItemCancels,
  '/client/trading/withdraw/:tradeId/items/:itemId/cancel': failuresOfItemCancels,
  '/secure/buy/:tradeId/cancel': failuresOfTradeCancels,
  '/client/trading/withdraw/:tradeId/cancel': failuresOfTradeCancels,
  '/v1/wallets/me/entries': ['TRADE_NOT_FOUND'],
  '/v1/ledger/transactions/:transactionId': ['NOT_FOUND'],
  'PUT /v1/callbacks/url': ['CALLBACK_URL_TEST_FAILED'],
  'POST /v1/callbacks/test': ['MERCHANT_NO_CALLBACK_URL', 'MERCHANT_NO_API_SECRET'],
  '/v1/callbacks/deliveries': ['TRADE_NOT_FOUND'],
  '/v1/callbacks/deliveries/:deliveryId': ['CALLBACK_NOT_FOUND'],
  '/v1/callbacks/deliveries/:deliveryId/replay': ['CALLBACK_NOT_FOUND'],
};

/** The schema of a route with its operation id and all of its error responses. */
function complete(schema: FastifySchema, url: string, method: string | string[]): FastifySchema {
  const operationId = operationIds[`${method} ${url}`];
  const keys = new Set([
    ...failuresOfCallers(schema, url),
    ...(schema.body ? failuresOfBodies : []),
    ...(schema.params || schema.querystring ? (['VALIDATION_FAILED'] as const) : []),
    ...(failuresOfRoutes[url] ?? failuresOfRoutes[`${method} ${url}`] ?? []),
    ...failuresOfAll,
  ]);
  const byStatus = Object.groupBy(keys, (key) => catalogue[key].status);
  const failures = Object.entries(byStatus).map(([status, of = []]) => {
    const content = { 'application/json': { schema: { $ref: 'Failure#' }, examples: examplesOf(of) } };
    return [status, { description: list(of), content }];
  });
  const success = typeof schema.response === 'object' ? schema.response : {};
  const security = isForClients(url) ? { security: [{ ClientToken: [] }] } : {};
  return {
    ...schema,
    ...security,
    ...(operationId && { operationId }),
    response: { ...success, ...Object.fromEntries(failures) },
  };
}

function failuresOfCallers(schema: FastifySchema, url: string): readonly ErrorKey[] {
  if (schema.security?.length === 0) return [];
  return isForClients(url) ? failuresOfTokens : failuresOfKeys;
}

/** Exactly these routes are registered with `asClient`; a test calls each of them. */
function isForClients(url: string): boolean {
  return url.startsWith('/client/');
}

const REQUEST_ID = '9f8b4c3e-1234-4abc-8def-0123456789ab';

/** Details of errors that a caller can act on. */
const exampleContexts: Partial<Record<ErrorKey, ErrorContext>> = {
  VALIDATION_FAILED: errors.validationFailed({ limit: 'must be <= 100' }).context,
  TRADE_CANCEL_TOO_SOON: { details: { cancellableAt: '2026-07-31T12:30:00.000Z' } },
  TRADE_NOT_CANCELLABLE: { details: { reason: 'already_sent' } },
  PRICE_CHANGED: {
    details: { items: [{ itemId: '0004f714-369d-8a20-9802-31d5856d012d', price: 15.48, currentPrice: 15.5 }] },
  },
};

/** An example response for each error. */
export function examplesOf(keys: readonly ErrorKey[]) {
  return Object.fromEntries(
    keys.map((key) => [key, { value: errorBody(REQUEST_ID, errors.of(key, exampleContexts[key])) }]),
  );
}

export function list(keys: readonly ErrorKey[]): string {
  return keys.map((key) => `\`${key}\` (${catalogue[key].code}): ${catalogue[key].text}`).join('\n\n');
}
