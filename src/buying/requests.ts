import Type, { type Static } from 'typebox';
import { errors } from '../core/errors.ts';
import { fromMerchantDollars } from '../core/money.ts';
import { GameField, ItemExternalId, Price, TradeExternalId, TradeUrl } from '../http/fields.ts';
import { Text } from '../http/validation.ts';
import { AutoCancel } from './auto-cancel.ts';
import type { NewTrade } from './create-trade.ts';
import type { WantedItem } from './quote-items.ts';

/** What merchants and their clients send about trades, and what it means (wire-api §4.4, §4.5). */

/** What a purchase consists of, whoever makes it. */
const purchase = {
  items: Type.Array(
    Type.Object({
      itemId: Text(5, 256, { description: 'Listing id, as quoted' }),
      price: Price,
      maxPrice: Type.Optional(Price),
      externalId: Type.Optional(ItemExternalId),
    }),
    { minItems: 1, maxItems: 50 },
  ),
  slippageBps: Type.Optional(Type.Integer({ minimum: 0, maximum: 2000 })),
  autoCancel: Type.Optional(AutoCancel),
  game: Type.Optional(GameField),
  externalId: Type.Optional(TradeExternalId),
};

/** A client's: its token says where the items go. */
export const WithdrawBody = Type.Object(purchase, { additionalProperties: false });

export const BuyBody = Type.Object({ ...purchase, tradeUrl: TradeUrl }, { additionalProperties: false });

/** @throws VALIDATION_FAILED when a listing or an item's externalId is there twice, or a price has too many digits */
export function newTrade(body: Static<typeof WithdrawBody>, tradeUrl: string): NewTrade {
  const items = body.items.map((item, index) => wantedItem(item, index, body.slippageBps ?? 0));
  refuseRepeats(items);
  const { game = '730', externalId = null, autoCancel } = body;
  return { game, externalId, tradeUrl, items, autoCancel };
}

type WantedOnWire = Static<typeof WithdrawBody>['items'][number];

function wantedItem(item: WantedOnWire, index: number, slippageBps: number): WantedItem {
  const at = (field: string) => `items.${index}.${field}`;
  return {
    listingId: item.itemId,
    externalId: item.externalId ?? null,
    price: fromMerchantDollars(item.price, at('price')),
    maxPrice: item.maxPrice === undefined ? null : fromMerchantDollars(item.maxPrice, at('maxPrice')),
    slippageBps,
  };
}

/**
 * Within a trade, a listing can be bought once, and an item's externalId names one item, for it is used to cancel: it
 * is neither another item's externalId nor another item's id.
 */
function refuseRepeats(items: readonly WantedItem[]): void {
  const fields: Record<string, string> = {};
  const positions = new Map(items.map((item, index) => [item.listingId, index]));
  const seen = new Set<string>();
  items.forEach((item, index) => {
    if (seen.has(`id ${item.listingId}`)) fields[`items.${index}.itemId`] = 'is in this trade already';
    if (item.externalId !== null && seen.has(`ref ${item.externalId}`)) {
      fields[`items.${index}.externalId`] = 'is in this trade already';
    }
    if (item.externalId !== null && (positions.get(item.externalId) ?? index) !== index) {
      fields[`items.${index}.externalId`] = 'is the itemId of another item of this trade';
    }
    seen.add(`id ${item.listingId}`).add(`ref ${item.externalId}`);
  });
  if (Object.keys(fields).length > 0) throw errors.validationFailed(fields);
}
