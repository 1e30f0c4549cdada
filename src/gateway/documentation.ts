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
Quote the \`requestId\` when you ask for help; send your own UUID as \`x-request-id\` if you like.`;

const tagTexts = {
  market: 'What is on sale, at your prices',
  trades: 'Buying, and what became of it',
  cancelling: 'Cancelling what was not delivered, one item or all of a trade',
  clients: 'For your own users, with a token that you sign or ask for',
  wallet: 'Your balance, and every movement of it',
  callbacks: 'Where you are asked and told, and what became of each message',
  operation: 'For whoever runs the gateway',
  sandbox: 'In the sandbox only: its clock, its test listings and the demo shop',
};

const CHARSET = '<meta charset="UTF-8">';

/** Stricter than the page's own: it needs nothing from elsewhere, and has to work over plain http too. */
const PAGE_POLICY = [
  "default-src 'self'",
  "img-src 'self' data:",
  // The page's own script sets styles on elements; no style comes from anywhere else.
  "style-src 'self' 'unsafe-inline'",
  "base-uri 'self'",
  "frame-ancestors 'none'",
  "object-src 'none'",
].join('; ');

const LOGO =
  '<svg xmlns="http://www.w3.org/2000/svg" width="150" height="40"><text x="0" y="28" font-family="sans-serif" font-size="26" font-weight="bold" fill="white">skinrail</text></svg>';

/** OpenAPI 3.1 at `/openapi.json` and a page to browse it at `/docs`, which loads nothing from elsewhere. */
export async function documentation(app: App, config: Config): Promise<void> {
  // Added, so that every refusal refers to it; the other schemas with an `$id` are found in the routes.
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
    // Schemas are listed under the names that they have themselves: generated code is called by them.
    refResolver: { buildLocalReference: (schema, _base, _fragment, i) => String(schema['$id'] ?? `Unnamed${i}`) },
    // A route without a schema of its own is one of the documentation's.
    transform: ({ schema, url, route }) => ({ schema: schema ? complete(schema, url, route.method) : schema, url }),
    // The plugin's type covers the document's forms before 3.1 too; this one is as it was told above.
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
      // Swagger's page would otherwise ask a validator on the internet about the document.
      uiConfig: { validatorUrl: null, deepLinking: true },
      theme: { title: 'skinrail API' },
      logo: { type: 'image/svg+xml', content: LOGO },
    });
  });
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
}

/** The page's own HTML has no viewport, without which a phone shows it as wide as a desktop, in tiny letters. */
function withViewport(payload: unknown): unknown {
  if (typeof payload !== 'string') return payload;
  return payload.replace(CHARSET, `${CHARSET}<meta name="viewport" content="width=device-width, initial-scale=1">`);
}

const refusalsOfKeys: readonly ErrorKey[] = [
  'MISSING_API_KEY',
  'INVALID_API_KEY',
  'API_KEY_REVOKED',
  'API_KEY_IP_DENIED',
  'ACCOUNT_DISABLED',
  'INSUFFICIENT_SCOPE',
  'RATE_LIMITED',
];
const refusalsOfTokens: readonly ErrorKey[] = ['MISSING_BEARER', 'INVALID_TOKEN', 'ACCOUNT_DISABLED', 'RATE_LIMITED'];
const refusalsOfBodies: readonly ErrorKey[] = ['VALIDATION_FAILED', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'];
const refusalsOfAll: readonly ErrorKey[] = ['SERVER_ERROR', 'SERVICE_UNAVAILABLE'];

const refusalsOfBuys: readonly ErrorKey[] = [
  'INVALID_LISTING_ID',
  'LISTING_NOT_FOUND',
  'PRICE_CHANGED',
  'MERCHANT_BALANCE_LOW',
  'MERCHANT_NO_CALLBACK_URL',
  'MERCHANT_NO_API_SECRET',
  'MERCHANT_CALLBACK_URL_DISABLED',
  'EXTERNAL_ID_EXISTS',
];
const refusalsOfQuickBuys = [
  'LISTING_NOT_FOUND',
  'INSUFFICIENT_STOCK',
  'MERCHANT_BALANCE_LOW',
  'MERCHANT_NO_CALLBACK_URL',
  'MERCHANT_NO_API_SECRET',
  'MERCHANT_CALLBACK_URL_DISABLED',
  'EXTERNAL_ID_EXISTS',
] as const satisfies ErrorKey[];

const refusalsOfItemCancels: readonly ErrorKey[] = [
  'ITEM_NOT_FOUND',
  'FORBIDDEN',
  'TRADE_CANCEL_TOO_SOON',
  'TRADE_NOT_CANCELLABLE',
];

const refusalsOfTradeCancels: readonly ErrorKey[] = [
  'TRADE_NOT_FOUND',
  'FORBIDDEN',
  'TRADE_NOT_CANCELLABLE',
  'TRADE_CANCEL_UNSUPPORTED',
];

/** What a route refuses beyond that, with its method where others of its path do not; a test provokes each of them and looks it up in the document. */
const refusalsOfRoutes: Readonly<Record<string, readonly ErrorKey[]>> = {
  '/secure/market/item': ['LISTING_NOT_FOUND'],
  '/auth/authenticate-client': ['NO_API_SECRET_CONFIGURED'],
  '/secure/buy': refusalsOfBuys,
  '/client/trading/withdraw': [...refusalsOfBuys, 'CLIENT_LIMIT_REACHED'],
  '/secure/buy/quick': refusalsOfQuickBuys,
  '/client/trading/withdraw/quick': [...refusalsOfQuickBuys, 'CLIENT_LIMIT_REACHED'],
  '/client/market/item': ['LISTING_NOT_FOUND'],
  '/secure/trades/:tradeId': ['TRADE_NOT_FOUND'],
  '/secure/buy/:tradeId/items/:itemId/cancel': refusalsOfItemCancels,
  '/client/trading/withdraw/:tradeId/items/:itemId/cancel': refusalsOfItemCancels,
  '/secure/buy/:tradeId/cancel': refusalsOfTradeCancels,
  '/client/trading/withdraw/:tradeId/cancel': refusalsOfTradeCancels,
  '/v1/wallets/me/entries': ['TRADE_NOT_FOUND'],
  '/v1/ledger/transactions/:transactionId': ['NOT_FOUND'],
  'PUT /v1/callbacks/url': ['CALLBACK_URL_TEST_FAILED'],
  'POST /v1/callbacks/test': ['MERCHANT_NO_CALLBACK_URL', 'MERCHANT_NO_API_SECRET'],
  '/v1/callbacks/deliveries': ['TRADE_NOT_FOUND'],
  '/v1/callbacks/deliveries/:deliveryId': ['CALLBACK_NOT_FOUND'],
  '/v1/callbacks/deliveries/:deliveryId/replay': ['CALLBACK_NOT_FOUND'],
};

/** The schema of a route with its name and every answer that it can give beside success. */
function complete(schema: FastifySchema, url: string, method: string | string[]): FastifySchema {
  const operationId = operationIds[`${method} ${url}`];
  const keys = new Set([
    ...refusalsOfCallers(schema, url),
    ...(schema.body ? refusalsOfBodies : []),
    ...(schema.params || schema.querystring ? (['VALIDATION_FAILED'] as const) : []),
    ...(refusalsOfRoutes[url] ?? refusalsOfRoutes[`${method} ${url}`] ?? []),
    ...refusalsOfAll,
  ]);
  const byStatus = Object.groupBy(keys, (key) => catalogue[key].status);
  const refusals = Object.entries(byStatus).map(([status, of = []]) => {
    const content = { 'application/json': { schema: { $ref: 'Failure#' }, examples: examplesOf(of) } };
    return [status, { description: list(of), content }];
  });
  const success = typeof schema.response === 'object' ? schema.response : {};
  const security = isForClients(url) ? { security: [{ ClientToken: [] }] } : {};
  return {
    ...schema,
    ...security,
    ...(operationId && { operationId }),
    response: { ...success, ...Object.fromEntries(refusals) },
  };
}

function refusalsOfCallers(schema: FastifySchema, url: string): readonly ErrorKey[] {
  if (schema.security?.length === 0) return [];
  return isForClients(url) ? refusalsOfTokens : refusalsOfKeys;
}

/** All of them, and no others, are registered with `asClient`; a test knocks at each. */
function isForClients(url: string): boolean {
  return url.startsWith('/client/');
}

const REQUEST_ID = '9f8b4c3e-1234-4abc-8def-0123456789ab';

/** What comes with a refusal beside its key, where a caller acts on it. */
const exampleContexts: Partial<Record<ErrorKey, ErrorContext>> = {
  VALIDATION_FAILED: errors.validationFailed({ limit: 'must be <= 100' }).context,
  TRADE_CANCEL_TOO_SOON: { details: { cancellableAt: '2026-07-31T12:30:00.000Z' } },
  TRADE_NOT_CANCELLABLE: { details: { reason: 'already_sent' } },
  PRICE_CHANGED: {
    details: { items: [{ itemId: '00014fab-1c76-8b5b-8a21-7b21de09012d', price: 15.48, currentPrice: 15.5 }] },
  },
};

/** One answer for each error, as it is sent. */
function examplesOf(keys: readonly ErrorKey[]) {
  return Object.fromEntries(
    keys.map((key) => [key, { value: errorBody(REQUEST_ID, errors.of(key, exampleContexts[key])) }]),
  );
}

function list(keys: readonly ErrorKey[]): string {
  return keys.map((key) => `\`${key}\` (${catalogue[key].code}): ${catalogue[key].text}`).join('\n\n');
}
