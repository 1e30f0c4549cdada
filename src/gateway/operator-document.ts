import swagger from '@fastify/swagger';
import type { FastifySchema } from 'fastify';
import type { Config } from '../config/config.ts';
import { catalogue, type ErrorKey } from '../core/errors.ts';
import { programVersion } from '../core/version.ts';
import type { App } from '../http/app-type.ts';
import { examplesOf, list } from './documentation.ts';

const introduction = `For the operator's staff and members of merchants who are signed in.
A member reaches the own merchant only. What a person changes is in the audit trail.
Sign in with \`POST /operator/v1/session\`, which sets a cookie. A program that is no browser sends \`Origin\` with the
gateway's own address, because every change must say from where it comes.`;

const tagTexts = {
  session: 'Signing in and out, and your own account',
  overview: 'Money, what needs a person, and the charts',
  trades: 'Looking for trades, and cancelling items',
  merchants: 'Merchants, and what the operator decides about them',
  integration: 'A merchant’s keys, secret, callback URL and origins',
  wallets: 'Balances, movements, credits and debits, and dual control',
  people: 'Staff, and the members of merchants',
  audit: 'Who did what, and whether the record of it is whole',
  unknown: 'Purchases and cancellations whose outcome is unknown',
  callbacks: 'What merchants were told, and telling it again',
  marketplaces: 'The accounts with which the gateway buys',
  market: 'What is on sale, and at which price',
  freezes: 'Stopping purchases',
  verify: 'Whether the books are right',
  settings: 'With what the gateway was started',
};

/** OpenAPI 3.1 of the routes in this scope, at `/operator/openapi.json`. */
export async function operatorDocumentation(scope: App, config: Config): Promise<void> {
  await scope.register(swagger, {
    decorator: 'operatorDocument',
    openapi: {
      openapi: '3.1.0',
      info: { title: 'skinrail for operators', version: programVersion(), description: introduction },
      servers: [{ url: config.publicUrl || '/' }],
      tags: Object.entries(tagTexts).map(([name, description]) => ({ name, description })),
      components: { securitySchemes: { Session: { type: 'apiKey', in: 'cookie', name: 'skinrail' } } },
      security: [{ Session: [] }],
    },
    refResolver: { buildLocalReference: (schema, _base, _fragment, i) => String(schema['$id'] ?? `Unnamed${i}`) },
    transform: ({ schema, url, route }) => ({ schema: schema ? complete(schema, url, route.method) : schema, url }),
  });
  scope.get('/operator/openapi.json', { schema: { hide: true } }, async () =>
    Reflect.apply(documentOf(scope), scope, []),
  );
}

/** Fastify's types do not know the name that the plugin was given. */
function documentOf(scope: App): () => unknown {
  return Reflect.get(scope, 'operatorDocument') as () => unknown;
}

const failuresOfAll: readonly ErrorKey[] = ['RATE_LIMITED', 'SERVER_ERROR', 'SERVICE_UNAVAILABLE'];
const failuresOfPeople: readonly ErrorKey[] = ['NOT_SIGNED_IN', 'PERMISSION_DENIED'];
const failuresOfBodies: readonly ErrorKey[] = ['VALIDATION_FAILED', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'];
const failuresOfChanges: readonly ErrorKey[] = ['CROSS_SITE_REQUEST', 'REFUSED'];

/** Further errors of single routes. */
const failuresOfRoutes: Readonly<Record<string, readonly ErrorKey[]>> = {
  'POST /operator/v1/session': ['SIGN_IN_FAILED', 'SECOND_FACTOR_REQUIRED'],
  'POST /operator/v1/session/passkey': ['SIGN_IN_FAILED'],
  'POST /operator/v1/passkeys/begin': ['SIGN_IN_FAILED'],
  'PUT /operator/v1/passkeys/:passkeyId': ['NOT_FOUND'],
  'POST /operator/v1/passkeys/:passkeyId/remove': ['SIGN_IN_FAILED', 'NOT_FOUND'],
  'POST /operator/v1/links/read': ['LINK_NOT_VALID'],
  'POST /operator/v1/links/use': ['LINK_NOT_VALID'],
  'PUT /operator/v1/password': ['SIGN_IN_FAILED'],
  'POST /operator/v1/totp': ['SIGN_IN_FAILED'],
  'PUT /operator/v1/totp': ['SIGN_IN_FAILED'],
  'POST /operator/v1/totp/remove': ['SIGN_IN_FAILED'],
  'GET /operator/v1/trades/:tradeId': ['TRADE_NOT_FOUND'],
  'GET /operator/v1/trades/:tradeId/cancel': ['TRADE_NOT_FOUND'],
  'POST /operator/v1/trades/:tradeId/items/:itemId/cancel': [
    ...(['TRADE_NOT_FOUND', 'ITEM_NOT_FOUND', 'TRADE_CANCEL_TOO_SOON', 'TRADE_NOT_CANCELLABLE'] as const),
  ],
  'GET /operator/v1/merchants/:merchantId': ['NOT_FOUND'],
  'PUT /operator/v1/merchants/:merchantId': ['NOT_FOUND'],
  'GET /operator/v1/merchants/:merchantId/keys': ['NOT_FOUND'],
  'POST /operator/v1/merchants/:merchantId/keys': ['NOT_FOUND'],
  'POST /operator/v1/keys/:keyId/revoke': ['NOT_FOUND'],
  'POST /operator/v1/keys/:keyId/roll': ['NOT_FOUND'],
  'PUT /operator/v1/keys/:keyId': ['NOT_FOUND'],
  'POST /operator/v1/merchants/:merchantId/rotate-secret': ['NOT_FOUND'],
  'PUT /operator/v1/merchants/:merchantId/callback-url': ['NOT_FOUND', 'CALLBACK_URL_TEST_FAILED'],
  'GET /operator/v1/merchants/:merchantId/origins': ['NOT_FOUND'],
  'PUT /operator/v1/merchants/:merchantId/origins': ['NOT_FOUND'],
  'GET /operator/v1/merchants/:merchantId/wallet': ['NOT_FOUND'],
  'GET /operator/v1/merchants/:merchantId/entries': ['NOT_FOUND'],
  'GET /operator/v1/merchants/:merchantId/entries.csv': ['NOT_FOUND'],
  'POST /operator/v1/merchants/:merchantId/funding': ['NOT_FOUND'],
  'POST /operator/v1/funding-requests/:requestId/approve': ['NOT_FOUND'],
  'POST /operator/v1/funding-requests/:requestId/reject': ['NOT_FOUND'],
  'PUT /operator/v1/staff/:personId': ['NOT_FOUND'],
  'POST /operator/v1/staff/:personId/reset': ['NOT_FOUND'],
  'GET /operator/v1/merchants/:merchantId/members': ['NOT_FOUND'],
  'POST /operator/v1/merchants/:merchantId/members': ['NOT_FOUND'],
  'PUT /operator/v1/merchants/:merchantId/members/:personId': ['NOT_FOUND'],
  'POST /operator/v1/merchants/:merchantId/members/:personId/reset': ['NOT_FOUND'],
  'GET /operator/v1/unknown/:id': ['NOT_FOUND'],
  'POST /operator/v1/unknown/:id/push': ['NOT_FOUND'],
  'POST /operator/v1/unknown/:id/end': ['NOT_FOUND'],
  'GET /operator/v1/callbacks': ['TRADE_NOT_FOUND'],
  'GET /operator/v1/callbacks.csv': ['TRADE_NOT_FOUND'],
  'GET /operator/v1/callbacks/:id': ['CALLBACK_NOT_FOUND'],
  'POST /operator/v1/callbacks/:id/replay': ['CALLBACK_NOT_FOUND'],
  'POST /operator/v1/merchants/:merchantId/callbacks/test': ['MERCHANT_NO_CALLBACK_URL', 'MERCHANT_NO_API_SECRET'],
  'POST /operator/v1/merchants/:merchantId/callbacks/verify-signature': ['MERCHANT_NO_API_SECRET'],
  'GET /operator/v1/market': ['NOT_FOUND'],
  'GET /operator/v1/market/listings': ['NOT_FOUND'],
  'GET /operator/v1/marketplaces/:marketplaceId': ['NOT_FOUND'],
  'POST /operator/v1/marketplaces/:marketplaceId/pause': ['NOT_FOUND'],
  'POST /operator/v1/marketplaces/:marketplaceId/resume': ['NOT_FOUND'],
  'PUT /operator/v1/marketplaces/:marketplaceId/policy': ['NOT_FOUND'],
};

function complete(schema: FastifySchema, url: string, method: string | string[]): FastifySchema {
  const name = `${method} ${url}`;
  const keys = new Set<ErrorKey>([
    ...(schema.security?.length === 0 ? [] : failuresOfPeople),
    ...(schema.body ? failuresOfBodies : []),
    ...(schema.params || schema.querystring ? (['VALIDATION_FAILED'] as const) : []),
    ...(method === 'GET' ? [] : failuresOfChanges),
    ...(failuresOfRoutes[name] ?? []),
    ...failuresOfAll,
  ]);
  const byStatus = Object.groupBy(keys, (key) => catalogue[key].status);
  const failures = Object.entries(byStatus).map(([status, of = []]) => {
    const content = { 'application/json': { schema: { $ref: 'Failure#' }, examples: examplesOf(of) } };
    return [status, { description: list(of), content }];
  });
  const success = typeof schema.response === 'object' ? schema.response : {};
  return { ...schema, operationId: operationIdOf(name), response: { ...success, ...Object.fromEntries(failures) } };
}

/** `GET /operator/v1/trades/:tradeId` → `getTradesByTradeId`: stable, since generated clients use it. */
function operationIdOf(name: string): string {
  const [method = '', path = ''] = name.replace('/operator/v1', '').split(' ');
  const words = path.split(/[/.-]/).filter(Boolean);
  return (
    method.toLowerCase() +
    words.map((word) => (word.startsWith(':') ? `By${capital(word.slice(1))}` : capital(word))).join('')
  );
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
