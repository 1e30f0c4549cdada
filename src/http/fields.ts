import Type from 'typebox';
import { namesAccount, STEAM_ID, TRADE_URL } from '../core/steam.ts';
import { defineFormat, Matching, TEXT, TEXT_EXPECTED } from './validation.ts';

/** Fields that several buying routes use. */

export const GameField = Type.Enum(['730', '252490'], { default: '730', description: '730 is CS2, 252490 is Rust' });
export const Price = Type.Number({ exclusiveMinimum: 0, maximum: 100_000 });

const TRADE_URL_EXPECTED =
  'must be https://steamcommunity.com/tradeoffer/new/?partner=…&token=… with an account number from 1 to 4294967295 and a token of 8 characters';

defineFormat('steam-trade-url', TRADE_URL_EXPECTED, namesAccount);

/** The trade URL of a recipient. */
export const TradeUrl = Matching(TRADE_URL, TRADE_URL_EXPECTED, { format: 'steam-trade-url' });

export const SteamId = Matching(STEAM_ID, 'must be a SteamID64: 17 digits that start with 76561');

defineFormat(
  'path-segment',
  'must not be . or .., which cannot be part of a URL path',
  (text) => text !== '.' && text !== '..',
);

const REFERENCE = { minLength: 1, maxLength: 128, format: 'path-segment' };
const NO_COMMA = 'must not contain commas, control characters or unpaired surrogates';

/** A merchant's reference of an item. Every accepted value can be used in a route path. */
export const ItemExternalId = Matching(TEXT, TEXT_EXPECTED, {
  ...REFERENCE,
  description: 'Your own reference of the item, unique within the trade; you can cancel the item by it',
});

/**
 * A merchant's reference of a trade. Every accepted value can be used in a route path, including
 * `GET /secure/trades/{ref[,ref…]}`, which separates references by commas.
 */
export const TradeExternalId = Matching('^[^\\p{Cc}\\p{Cs},]*$', NO_COMMA, {
  ...REFERENCE,
  description: 'Your own reference of the trade; a second buy with the same reference is refused',
});
