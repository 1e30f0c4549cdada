import Type from 'typebox';
import { namesAccount, STEAM_ID, TRADE_URL } from '../core/steam.ts';
import { defineFormat, Matching, TEXT, TEXT_EXPECTED } from './validation.ts';

/** Fields that several routes of buying take. */

export const GameField = Type.Enum(['730', '252490'], { default: '730', description: '730 is CS2, 252490 is Rust' });
export const Price = Type.Number({ exclusiveMinimum: 0, maximum: 100_000 });

const TRADE_URL_EXPECTED =
  'must be https://steamcommunity.com/tradeoffer/new/?partner=…&token=… with an account number from 1 to 4294967295 and a token of 8 characters';

defineFormat('steam-trade-url', TRADE_URL_EXPECTED, namesAccount);

/** The trade URL of a recipient. */
export const TradeUrl = Matching(TRADE_URL, TRADE_URL_EXPECTED, { format: 'steam-trade-url' });

export const SteamId = Matching(STEAM_ID, 'must be a SteamID64: 17 digits that start with 76561');

defineFormat('path-segment', 'must not be . or .., which no URL can name', (text) => text !== '.' && text !== '..');

const REFERENCE = { minLength: 1, maxLength: 128, format: 'path-segment' };
const NO_COMMA = 'must hold no comma, no control characters and no halves of surrogate pairs';

/** A merchant's own name for an item. Every route that takes it can be reached by what is accepted here. */
export const ItemExternalId = Matching(TEXT, TEXT_EXPECTED, {
  ...REFERENCE,
  description: 'Your own reference of the item, unique within the trade: it cancels the item as its id does',
});

/**
 * A merchant's own name for a trade. Every route that takes it can be reached by what is accepted here, also
 * `GET /secure/trades/{ref[,ref…]}`, which separates trades by commas.
 */
export const TradeExternalId = Matching('^[^\\p{Cc}\\p{Cs},]*$', NO_COMMA, {
  ...REFERENCE,
  description: 'Your own reference of the trade, used once: a second buy with it is refused',
});
