import Type, { type Static } from 'typebox';
import { errors } from '../core/errors.ts';
import { fromMerchantDollars } from '../core/money.ts';
import { GameField, ItemExternalId, Price, TradeExternalId, TradeUrl } from '../http/fields.ts';
import { Text } from '../http/validation.ts';
import { AutoCancel } from './auto-cancel.ts';
import type { NewTrade } from './create-trade.ts';
import type { WantedItem } from './quote-items.ts';

/** The bodies of the requests that buy chosen listings. */

/** The fields of a merchant's and of a client's request. */
const fields = {
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

/** A client's request: the trade URL is the client's own. */
export const WithdrawBody = Type.Object(fields, { additionalProperties: false });

export const BuyBody = Type.Object({ ...fields, tradeUrl: TradeUrl }, { additionalProperties: false });

/** @throws VALIDATION_FAILED if a listing or an item's externalId is repeated, or a price has too many digits */
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
 * A trade can contain a listing once. An item's externalId must name one item, because requests to cancel use it: it can
 * be neither another item's externalId nor another item's id.
 */
function refuseRepeats(items: readonly WantedItem[]): void {
  const problems: Record<string, string> = {};
  const positions = new Map(items.map((item, index) => [item.listingId, index]));
  const seen = new Set<string>();
  items.forEach((item, index) => {
    if (seen.has(`id ${item.listingId}`)) problems[`items.${index}.itemId`] = 'is in this trade already';
    if (item.externalId !== null && seen.has(`ref ${item.externalId}`)) {
      problems[`items.${index}.externalId`] = 'is in this trade already';
    }
    if (item.externalId !== null && (positions.get(item.externalId) ?? index) !== index) {
      problems[`items.${index}.externalId`] = 'is the itemId of another item of this trade';
    }
    seen.add(`id ${item.listingId}`).add(`ref ${item.externalId}`);
  });
  if (Object.keys(problems).length > 0) throw errors.validationFailed(problems);
}
