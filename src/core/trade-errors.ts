/** The public API's error codes of items. */
export const itemErrors = [
  'LISTING_UNAVAILABLE',
  'NO_LISTING_AT_PRICE',
  'PRICE_CHANGED',
  'TRADE_URL_INVALID',
  'STEAM_ACCOUNT_RESTRICTED',
  'BUYER_TRADE_RESTRICTED',
  'OFFER_NOT_ACCEPTED',
  'MARKET_UNAVAILABLE',
  'PURCHASE_FAILED',
] as const;
export type ItemError = (typeof itemErrors)[number];

/** The error codes of trades: the error of all items, or why the trade was not approved. */
export const tradeErrors = [...itemErrors, 'MERCHANT_REJECTED', 'APPROVAL_TIMEOUT'] as const;

export type TradeError = (typeof tradeErrors)[number];
