import {
  chain,
  flagOff,
  gameNumber,
  gameText,
  instant,
  page,
  REQUEST_ID,
  reference,
  steamId,
  text,
  token,
  tradeUrl,
} from './rules.ts';
import { body, type Operation, type Parameter, query, type Section } from './shape.ts';

/** What this version leaves out: it buys, and nothing else. */

const noSelling = 'Selling to the gateway is not part of this version.';
const noCrypto = 'The wallet is funded by the operator; there is no crypto.';

const inventoryQuery = [
  query('refresh', flagOff),
  query('acceptedOnly', flagOff),
  query('game', gameNumber),
  query('search', text),
  query('sort', text),
  query('minPrice', { type: 'number', nullable: true }),
  query('maxPrice', { type: 'number', nullable: true }),
  query('page', page),
  query('limit', { type: 'integer', default: 50, nullable: true }),
];
const inventory = { method: 'GET', notOffered: noSelling } as const;

const offered = [
  body('items*', { type: 'array', minItems: 1, maxItems: 250 }),
  body('items[].itemId*', { type: 'string', minLength: 5, maxLength: 256 }),
  body('items[].price*', { type: 'number', exclusiveMinimum: 0 }),
  body('items[].amount', { type: 'integer', minimum: 1, maximum: 10_000, default: 1 }),
  body('game', gameText),
  body('externalId', reference),
  body('isInstant', flagOff),
];
const selling = { method: 'POST', isClosed: true, notOffered: noSelling } as const;

export const sellingSide: Section = {
  title: 'Selling',
  operations: [
    {
      ...inventory,
      path: '/secure/inventory',
      summary: 'What somebody could sell',
      auth: 'key',
      statuses: [400, 401, 403, 424, 429, 500],
      parameters: [query('tradeUrl*', tradeUrl), ...inventoryQuery],
    },
    {
      ...inventory,
      path: '/client/inventory',
      summary: 'What a client could sell',
      auth: 'token',
      statuses: [400, 401, 403, 424, 429],
      parameters: inventoryQuery,
    },
    {
      ...selling,
      path: '/secure/sell',
      summary: 'Sell own items',
      auth: 'key',
      statuses: [400, 401, 403, 424, 429, 500],
      parameters: [...offered, body('tradeUrl*', tradeUrl)],
    },
    {
      ...selling,
      path: '/client/trading/deposit',
      summary: 'A client sells items',
      auth: 'token',
      statuses: [400, 401, 403, 424, 429],
      parameters: offered,
    },
  ],
};

/** Each crypto operation is there twice: for a client, and with `steamId` for the merchant. */
function twins(operation: Omit<Operation, 'path' | 'auth' | 'notOffered'>, path: string): Operation[] {
  const place = operation.method === 'GET' ? query : body;
  const parameters: Parameter[] = [...operation.parameters, place('steamId*', steamId)];
  const statuses = [...new Set([...operation.statuses, 403])];
  return [
    { ...operation, path: `/client/crypto/${path}`, auth: 'token', notOffered: noCrypto },
    { ...operation, path: `/secure/crypto/${path}`, auth: 'key', notOffered: noCrypto, parameters, statuses },
  ];
}

const list = [query('limit', { type: 'integer', minimum: 1, maximum: 100 }), query('before', instant)];

export const crypto: Section = {
  title: 'Crypto',
  operations: [
    ...twins(
      {
        method: 'GET',
        summary: 'An address to pay to',
        statuses: [400, 401, 403, 429, 503],
        parameters: [query('chain*', chain), query('token', { ...token, default: 'USDC' })],
      },
      'deposit-address',
    ),
    ...twins({ method: 'GET', summary: 'What was paid in', statuses: [400, 401, 429], parameters: list }, 'deposits'),
    ...twins(
      { method: 'GET', summary: 'What was paid out', statuses: [400, 401, 429], parameters: list },
      'withdrawals',
    ),
    ...twins(
      {
        method: 'POST',
        summary: 'Pay out',
        statuses: [400, 401, 403, 409, 429, 503],
        parameters: [
          body('chain*', chain),
          body('token*', token),
          body('address*', { type: 'string', minLength: 26, maxLength: 64 }),
          body('amountCents*', { type: 'integer', minimum: 1, maximum: 100_000_000 }),
          body('requestId*', { type: 'string', minLength: 8, maxLength: 64, pattern: REQUEST_ID }),
        ],
      },
      'withdraw',
    ),
  ],
};

const noVerification = 'Users are not verified here.';

export const verification: Section = {
  title: 'Verification',
  operations: [
    {
      method: 'POST',
      path: '/client/verification/start',
      summary: 'Start the verification of a client',
      auth: 'token',
      statuses: [400, 401, 429, 503],
      isClosed: true,
      parameters: [body('email', { type: 'string', format: 'email' })],
      notOffered: noVerification,
    },
    {
      method: 'GET',
      path: '/client/verification/status',
      summary: 'Status of the verification',
      auth: 'token',
      statuses: [401, 429],
      parameters: [],
      notOffered: noVerification,
    },
    {
      method: 'POST',
      path: '/client/verification/link',
      summary: 'Link a client to its verified identity',
      auth: 'token',
      statuses: [400, 401, 404, 429],
      parameters: [],
      notOffered: noVerification,
    },
  ],
};
