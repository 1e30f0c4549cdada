/** The public API's failure codes of an item. */
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

/** Why a trade failed: what all its items failed for, or why the merchant did not approve it. */
export const tradeErrors = [...itemErrors, 'MERCHANT_REJECTED', 'APPROVAL_TIMEOUT'] as const;

export type TradeError = (typeof tradeErrors)[number];
