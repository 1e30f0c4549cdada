import type { Rule } from './shape.ts';

/** Rules that several parameters share. */

export const STEAM_ID = String.raw`^76561\d{12}$`;
export const TRADE_URL = String.raw`^https://steamcommunity\.com/tradeoffer/new/\?partner=\d{1,10}&token=[A-Za-z0-9_-]{8}$`;
export const REQUEST_ID = '^[A-Za-z0-9_-]+$';

export const steamId: Rule = { type: 'string', pattern: STEAM_ID };
export const tradeUrl: Rule = { type: 'string', pattern: TRADE_URL };
export const text: Rule = { type: 'string' };
export const flag: Rule = { type: 'boolean' };
export const flagOff: Rule = { type: 'boolean', default: false };
export const reference: Rule = { type: 'string', minLength: 1, maxLength: 128 };
export const listingId: Rule = { type: 'string', minLength: 5, maxLength: 256 };
export const itemName: Rule = { type: 'string', minLength: 1, maxLength: 256 };
export const price: Rule = { type: 'number', exclusiveMinimum: 0, maximum: 100_000 };
export const gameText: Rule = { type: 'string', default: '730' };
export const gameNumber: Rule = { type: 'integer', minimum: 1, default: 730 };
export const page: Rule = { type: 'integer', minimum: 1, default: 1 };
export const instant: Rule = { type: 'string', format: 'date-time' };
export const autoCancel: Rule = { type: 'integer', minimum: 30, maximum: 720 };
export const delivery: Rule = { enum: ['standard', 'instant'] };
export const phase: Rule = {
  enum: ['Phase 1', 'Phase 2', 'Phase 3', 'Phase 4', 'Ruby', 'Sapphire', 'Black Pearl', 'Emerald'],
};
export const sort: Rule = { enum: ['relevance', 'priceAsc', 'priceDesc', 'nameAsc', 'nameDesc'] };
export const chain: Rule = { enum: ['ETH', 'BSC', 'SOL'] };
export const token: Rule = { enum: ['USDT', 'USDC'] };

/** What the rules of a reference and of a trade URL do not say in the public API. */
export const itemReferenceRemarks = {
  ours: { format: 'path-segment' },
  differs: '`.` and `..` are refused, because no URL could name the item',
};
export const tradeReferenceRemarks = {
  ours: { format: 'path-segment', pattern: String.raw`^[^\p{Cc}\p{Cs},]*$` },
  differs: '`.`, `..` and commas are refused, because no URL could name the trade',
};
export const tradeUrlRemarks = {
  ours: { format: 'steam-trade-url' },
  differs: 'the account number must be from 1 to 4294967295',
};
