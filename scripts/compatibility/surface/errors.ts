/** Every error of the public API, with what its sources state: they give no number for about half of them. */
export interface PublicError {
  readonly key: string;
  /** null: not stated. */
  readonly code: number | null;
  /** Several where its sources disagree; none where they say nothing. */
  readonly statuses: readonly number[];
  /** Why it never comes here. */
  readonly notOffered?: string;
  /** What differs here, and why. */
  readonly differs?: string;
}

type Remarks = Pick<PublicError, 'notOffered' | 'differs'>;
type Row = readonly [key: string, code: number | null, statuses: readonly number[], remarks?: Remarks];

const selling = { notOffered: 'selling' };
const crypto = { notOffered: 'crypto' };
const identity = { notOffered: 'verification' };
const otherwise = (how: string) => ({ notOffered: how });

const rows: readonly Row[] = [
  ['EXTERNAL_ID_EXISTS', 1, [409]],
  ['INVENTORY_FETCH_FAILED', 3, [500, 424], selling],
  ['NO_OFFER_FOUND', 4, [400], selling],
  ['TRADE_OFFER_FAILED', 5, [500], selling],
  ['TOO_MANY_ACTIVE_TRADES', 6, [429], selling],
  ['USER_NOT_TRADEABLE', 7, [400], selling],
  ['ITEMS_UNAVAILABLE', 9, [400], selling],
  ['ITEMS_NOT_ACCEPTED', 10, [400], selling],
  ['PRICE_CHANGED', 11, [400, 409]],
  ['MERCHANT_BALANCE_LOW', 12, [400]],
  ['INVALID_TRADEURL', 14, [400], otherwise('a wrong trade URL is `VALIDATION_FAILED`, with its field')],
  ['LISTING_NOT_FOUND', 15, [404]],
  ['LISTING_PRICE_INVALID', 16, [400], otherwise('a wrong price is `VALIDATION_FAILED`, with its field')],
  ['INVALID_LISTING_ID', 17, [400]],
  ['INSUFFICIENT_ITEM_AMOUNT', 19, [400], selling],
  ['EXCEEDS_MAX_AMOUNT', 20, [400], otherwise('a wrong amount is `VALIDATION_FAILED`, with its field')],
  ['DEPOSIT_IN_PROGRESS', 21, [409, 429], selling],
  ['WITHDRAW_IN_PROGRESS', null, [409], otherwise('purchases of one merchant run in parallel')],
  ['TRADE_NOT_FOUND', 21, [404]],
  ['TRADE_CANCEL_TOO_SOON', 27, []],
  ['TRADE_NOT_CANCELLABLE', 28, []],
  ['ESCROW_NOT_ALLOWED', null, [], selling],
  ['INVENTORY_PRIVATE', null, [], selling],
  ['STEAM_UNAVAILABLE', null, [424], otherwise('no route here depends on Steam')],
  ['QUICK_BUY_UNSUPPORTED_GAME', 32, [], otherwise('both games can be bought quickly')],
  ['STEAM_RATE_LIMITED', null, [424], otherwise('no route here depends on Steam')],
  ['INSUFFICIENT_STOCK', null, []],
  ['MIXED_SUPPLIER_TRADE', null, [], otherwise('a trade can hold items of several marketplaces')],
  [
    'TRADE_CANCEL_UNSUPPORTED',
    null,
    [],
    { differs: 'for whole trades only; one item that cannot be cancelled is `TRADE_NOT_CANCELLABLE`' },
  ],
  ['ITEM_OVERSTOCKED', 45, [409], selling],
  ['VALIDATION_FAILED', 1001, [400, 422]],
  ['NOT_FOUND', 1003, [404]],
  ['CONFLICT', 1004, [409], otherwise('`EXTERNAL_ID_EXISTS` is the only conflict')],
  ['RATE_LIMITED', 1005, [429]],
  ['SERVER_ERROR', 1006, [500]],
  ['SYSTEM_MAINTENANCE', 1007, [503], otherwise('there is no maintenance mode; a stop is `SERVICE_UNAVAILABLE`')],
  ['UNPROCESSABLE', 1008, [422], otherwise('every fault of a request is `VALIDATION_FAILED`')],
  ['SERVICE_UNAVAILABLE', 1009, [503]],
  ['NO_BOTS_AVAILABLE', 1010, [503], otherwise('there are no bots: marketplaces deliver')],
  ['FLEET_DEGRADED', 1011, [503], otherwise('there are no bots: marketplaces deliver')],
  ['DEPOSITS_PAUSED', null, [503], selling],
  ['WITHDRAWALS_PAUSED', null, [], otherwise('an operator disables a merchant: `ACCOUNT_DISABLED`')],
  ['UNAUTHORIZED', 1100, [401], otherwise('each kind of caller has errors of its own')],
  ['INVALID_TOKEN', 1102, [401]],
  ['MISSING_BEARER', 1108, [401]],
  ['FORBIDDEN', 1300, [403]],
  ['MERCHANT_API_KEY_REQUIRED', null, [], otherwise('`MISSING_API_KEY` says so')],
  ['ACCOUNT_DISABLED', 1301, [403]],
  ['USER_NOT_FOUND', null, [], otherwise('`check-tradeurl` says so with state 7')],
  ['INVALID_AMOUNT', null, [], otherwise('a wrong amount is `VALIDATION_FAILED`, with its field')],
  ['INSTANT_DEPOSITS_DISABLED', null, [], selling],
  ['INSUFFICIENT_BALANCE', null, [400], crypto],
  ['CALLBACK_URL_TEST_FAILED', null, []],
  ['MERCHANT_NO_CALLBACK_URL', null, []],
  ['MERCHANT_NO_API_SECRET', null, []],
  ['MERCHANT_CALLBACK_URL_DISABLED', null, []],
  ['MISSING_API_KEY', 1900, [401]],
  ['INVALID_API_KEY', 1901, [401]],
  ['API_KEY_REVOKED', 1902, [401]],
  ['API_KEY_IP_DENIED', null, []],
  ['INSUFFICIENT_SCOPE', 1903, [403]],
  ['NO_API_SECRET_CONFIGURED', null, []],
  ['CLIENT_USER_NOT_FOUND', null, [], otherwise('a client is made by its first token')],
  ['ITEM_NOT_FOUND', 2201, []],
  ['ONCHAIN_ADDRESS_CAPACITY', null, [503], crypto],
  ['ONCHAIN_CLIENT_WITHDRAW_DISABLED', null, [503], crypto],
  ['ONCHAIN_CLIENT_WITHDRAW_LIMIT', null, [403], crypto],
  ['ONCHAIN_CLIENT_WITHDRAW_BUSY', null, [409], crypto],
  ['ONCHAIN_DISABLED', null, [], crypto],
  ['ONCHAIN_CHAIN_PAUSED', null, [], crypto],
  ['ONCHAIN_UNSUPPORTED_CHAIN', null, [], crypto],
  ['ONCHAIN_UNSUPPORTED_TOKEN', null, [], crypto],
  ['ONCHAIN_WITHDRAW_BELOW_MIN', null, [], crypto],
  ['ONCHAIN_WITHDRAW_INVALID_ADDRESS', null, [], crypto],
  ['ONCHAIN_INSUFFICIENT_HOT_BALANCE', null, [], crypto],
  ['ONCHAIN_DEPEG', null, [], crypto],
  ['ONCHAIN_MERCHANT_NOT_VERIFIED', null, [], crypto],
  ['VERIFICATION_ALREADY_VERIFIED', null, [], identity],
  ['VERIFICATION_IN_PROGRESS', null, [], identity],
  ['VERIFICATION_NOT_AVAILABLE', null, [], identity],
];

export const publicErrors: readonly PublicError[] = rows.map(([key, code, statuses, remarks = {}]) => ({
  key,
  code,
  statuses,
  ...remarks,
}));

const ofItems = [
  'LISTING_UNAVAILABLE',
  'NO_LISTING_AT_PRICE',
  'PRICE_CHANGED',
  'TRADE_URL_INVALID',
  'STEAM_ACCOUNT_RESTRICTED',
  'BUYER_TRADE_RESTRICTED',
  'OFFER_NOT_ACCEPTED',
  'MARKET_UNAVAILABLE',
  'PURCHASE_FAILED',
];

/** Why an item or a trade failed: the values of their field `error`. */
export interface Failure {
  readonly word: string;
  readonly of: 'item and trade' | 'trade';
  readonly notOffered?: string;
}

export const failures: readonly Failure[] = [
  ...ofItems.map((word) => ({ word, of: 'item and trade' as const })),
  { word: 'USER_TRADE_RESTRICTED', of: 'trade', notOffered: 'selling' },
  { word: 'USER_INVENTORY_PRIVATE', of: 'trade', notOffered: 'selling' },
  { word: 'USER_ESCROW', of: 'trade', notOffered: 'selling' },
  { word: 'USER_NOT_FOUND', of: 'trade', notOffered: 'selling' },
  { word: 'SERVICE_UNAVAILABLE', of: 'trade', notOffered: 'an unreachable marketplace is `MARKET_UNAVAILABLE`' },
  { word: 'MERCHANT_REJECTED', of: 'trade' },
  { word: 'APPROVAL_TIMEOUT', of: 'trade' },
];
