import {
  autoCancel,
  delivery,
  gameText,
  itemName,
  itemReferenceRemarks,
  listingId,
  phase,
  price,
  reference,
  tradeReferenceRemarks,
  tradeUrl,
  tradeUrlRemarks,
} from './rules.ts';
import { body, path, query, type Section } from './shape.ts';

const someGames = {
  ours: { enum: ['730', '252490'] },
  decided: '`730` or `252490`',
};

const autoCancelField = body('autoCancel', autoCancel, {
  note: 'minutes; 720: off; CS2 only',
  differs: 'default off, or what the operator has set; in the public API 30',
});

const buy = [
  body('items*', { type: 'array', minItems: 1, maxItems: 50 }),
  body('items[].itemId*', listingId),
  body('items[].price*', price),
  body('items[].maxPrice', price, { note: 'wins over `slippageBps`' }),
  body('items[].externalId', reference, itemReferenceRemarks),
  body('slippageBps', { type: 'integer', minimum: 0, maximum: 2000 }, { note: 'default 0' }),
  autoCancelField,
  body('game', gameText, someGames),
  body('externalId', reference, tradeReferenceRemarks),
];

const quickBuy = [
  body('itemId', listingId, { note: 'wins over `marketHashName`' }),
  body('marketHashName', itemName),
  body('maxPrice*', price),
  body('amount*', { type: 'integer', minimum: 1, maximum: 200 }),
  body('delivery', { ...delivery, default: 'standard' }),
  body('phase', phase),
  autoCancelField,
  body('game', gameText, someGames),
  body('externalId', reference, tradeReferenceRemarks),
  body(
    'externalIds',
    { type: 'array' },
    { note: 'exactly `amount` of them, one for each unit', ours: { minItems: 1, maxItems: 200 }, decided: 'so 1–200' },
  ),
  body('externalIds[]', reference, itemReferenceRemarks),
];

const recipient = body('tradeUrl*', tradeUrl, tradeUrlRemarks);
const statuses = [400, 401, 403, 429];

export const buying: Section = {
  title: 'Buying',
  operations: [
    {
      method: 'POST',
      path: '/secure/buy',
      summary: 'Buy listings',
      auth: 'key',
      statuses: [...statuses, 500],
      isClosed: true,
      parameters: [...buy, recipient],
    },
    {
      method: 'POST',
      path: '/client/trading/withdraw',
      summary: 'A client withdraws listings',
      auth: 'token',
      statuses,
      isClosed: true,
      parameters: buy,
    },
    {
      method: 'POST',
      path: '/secure/buy/quick',
      summary: 'Buy the cheapest listings of an item',
      auth: 'key',
      statuses: [...statuses, 500],
      isClosed: true,
      parameters: [...quickBuy, recipient],
    },
    {
      method: 'POST',
      path: '/client/trading/withdraw/quick',
      summary: 'A client withdraws the cheapest listings of an item',
      auth: 'token',
      statuses,
      isClosed: true,
      parameters: quickBuy,
    },
  ],
};

const atMost128 = { ours: { maxLength: 128 }, decided: 'to 128 characters' };
const tradeId = path('tradeId*', { type: 'string', minLength: 1 }, atMost128);
const itemId = path('itemId*', reference);
const oneReason = 'Rust items get `TRADE_NOT_CANCELLABLE` with a reason, not `TRADE_CANCEL_UNSUPPORTED`.';
const cancelStatuses = [400, 401, 403, 404, 429];

export const cancelling: Section = {
  title: 'Cancelling',
  text: 'When a marketplace gives no clear answer, these routes answer 503 `SERVICE_UNAVAILABLE` with `details.outcome: "unknown"`, which the public API does not declare. The request is kept and retried: [cancelling](../guides/cancelling.md#when-the-result-is-unknown).',
  operations: [
    {
      method: 'POST',
      path: '/secure/buy/{tradeId}/items/{itemId}/cancel',
      summary: 'Cancel one item',
      auth: 'key',
      statuses: cancelStatuses,
      parameters: [tradeId, itemId],
      differs: oneReason,
    },
    {
      method: 'POST',
      path: '/secure/buy/{tradeId}/cancel',
      summary: 'Cancel a whole trade',
      auth: 'key',
      statuses: cancelStatuses,
      parameters: [tradeId],
    },
    {
      method: 'POST',
      path: '/client/trading/withdraw/{tradeId}/items/{itemId}/cancel',
      summary: 'A client cancels one item',
      auth: 'token',
      statuses: cancelStatuses,
      parameters: [tradeId, itemId],
      differs: oneReason,
    },
    {
      method: 'POST',
      path: '/client/trading/withdraw/{tradeId}/cancel',
      summary: 'A client cancels a whole trade',
      auth: 'token',
      statuses: cancelStatuses,
      parameters: [tradeId],
    },
  ],
};

const tradeList = [
  query('cursor', { type: 'string' }, { ours: { minLength: 1, maxLength: 512 }, decided: '1–512 characters' }),
  query('limit', { type: 'integer', minimum: 1, maximum: 100, default: 20 }),
  query('type', { enum: ['deposit', 'withdraw'] }, { note: 'there are no deposits, so `deposit` finds none' }),
  query('game', gameText, someGames),
];

export const trades: Section = {
  title: 'Trades',
  operations: [
    {
      method: 'GET',
      path: '/secure/trades',
      summary: 'Own trades',
      auth: 'key',
      statuses,
      parameters: tradeList,
    },
    {
      method: 'GET',
      path: '/client/trades',
      summary: 'Trades of a client',
      auth: 'token',
      statuses,
      parameters: tradeList,
    },
    {
      method: 'GET',
      path: '/secure/trades/{tradeId}',
      summary: 'One trade, or up to 100',
      auth: 'key',
      statuses: [401, 403, 404, 429],
      parameters: [
        path(
          'tradeId*',
          { type: 'string', minLength: 1 },
          { ours: { maxLength: 16_000 }, decided: 'to 16,000 characters; each reference to 128' },
        ),
      ],
    },
  ],
};
