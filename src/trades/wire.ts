import Type, { type Static } from 'typebox';
import { allCancellationStates } from '../core/cancellation-states.ts';
import { itemAttributes, readAttributes, steamName } from '../core/item-attributes.ts';
import { allItemStates, isTerminal } from '../core/item-states.ts';
import { type Mills, sum, toMerchantDollars } from '../core/money.ts';
import { itemErrors, tradeErrors } from '../core/trade-errors.ts';
import type { ChosenListing, ItemRow, TradeRow } from '../db/tables.ts';
import { hasListing, type ItemWithCancellation, type NewestCancellation } from './queries.ts';

/** Trades and items in the form of the public API. Absent fields are omitted, never null. */

const Status = Type.Enum(allItemStates);
const Failure = Type.Enum([...itemErrors]);
const TradeFailure = Type.Enum([...tradeErrors]);
const Instant = Type.String({ format: 'date-time' });
const Dollars = Type.Number({ description: 'US dollars, whole cents' });

export const ItemWire = Type.Object(
  {
    id: Type.String({ description: 'The listing id that was bought; constant for the life of the item' }),
    externalId: Type.Optional(Type.String()),
    assetId: Type.Optional(Type.String()),
    appid: Type.Integer(),
    name: Type.Optional(Type.String({ description: 'The market name without the exterior' })),
    marketHashName: Type.Optional(Type.String()),
    ...itemAttributes,
    tradable: Type.Boolean(),
    amount: Type.Optional(Type.Number()),
    status: Type.Optional(Status),
    error: Type.Optional(Failure),
    offer: Type.Optional(Type.Object({ price: Dollars })),
    cancellation: Type.Optional(
      Type.Object(
        {
          status: Type.Enum(allCancellationStates),
          since: Instant,
          reason: Type.Optional(Type.String({ description: 'Why it was refused, or what it waits for' })),
        },
        { description: 'The newest cancellation request of the item; an addition to the API' },
      ),
    ),
  },
  { $id: 'Item' },
);

export const TradeWire = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    type: Type.Union([Type.Literal('deposit'), Type.Literal('withdraw')]),
    source: Type.Union([Type.Literal('client'), Type.Literal('self')]),
    externalId: Type.Optional(Type.String()),
    externalClientUserId: Type.Optional(Type.String({ description: 'The merchant’s own id of the client' })),
    merchantId: Type.String({ format: 'uuid' }),
    clientUserId: Type.String(),
    clientTradeUrl: Type.String(),
    clientSteamID: Type.String(),
    offerID: Type.Optional(Type.String()),
    status: Status,
    game: Type.String(),
    items: Type.Array(ItemWire),
    totalPrice: Dollars,
    reservedPrice: Type.Optional(
      Type.Number({ description: 'The maximum cost while it is more than `totalPrice`; an addition to the API' }),
    ),
    holdEndDate: Type.Optional(Instant),
    revertedBy: Type.Optional(Type.Union([Type.Literal('supplier'), Type.Literal('user')])),
    error: Type.Optional(TradeFailure),
    activeAt: Type.Optional(Instant),
    autoCancelAt: Type.Optional(
      Type.String({ format: 'date-time', description: 'When items that are not sent by then are cancelled' }),
    ),
    createdAt: Instant,
    updatedAt: Instant,
  },
  { $id: 'Trade' },
);

export type ItemWire = Static<typeof ItemWire>;
export type TradeWire = Static<typeof TradeWire>;

/** A trade in the form of `GET /secure/trades/{ref}` and of callbacks; `items` in the order of the buy. */
export function tradeToWire(trade: TradeRow, items: readonly ItemWithCancellation[]): TradeWire {
  const counted = items.filter((item) => !isLeftOut(trade, item));
  const totalPrice = sum(counted.map(shownPrice));
  const reserved = sum(counted.map((item) => (isTerminal(item.state) ? shownPrice(item) : item.price_mills)));
  const shown = items.filter(hasListing).filter((item) => !trade.is_quick || item.cost_mills !== null);
  const [steamOfferId] = shown.length === 1 ? shown.map((item) => item.steam_offer_id) : [];
  return {
    id: trade.id,
    type: trade.type,
    source: trade.source,
    ...present('externalId', trade.external_id),
    ...present('externalClientUserId', trade.client_id),
    merchantId: trade.merchant_id,
    clientUserId: trade.steam_id,
    clientTradeUrl: trade.trade_url,
    clientSteamID: trade.steam_id,
    ...present('offerID', steamOfferId),
    status: trade.status,
    game: trade.game,
    items: shown.map((item) => itemToWire(item, trade.game)),
    totalPrice: toMerchantDollars(totalPrice),
    ...present('reservedPrice', reserved > totalPrice ? toMerchantDollars(reserved) : null),
    ...present('holdEndDate', trade.status === 'hold' ? trade.hold_end_at?.toISOString() : null),
    ...present('revertedBy', trade.status === 'reverted' ? revertedBy(items) : null),
    ...present('error', trade.error),
    ...present('activeAt', trade.active_at?.toISOString()),
    ...present('autoCancelAt', trade.auto_cancel_at?.toISOString()),
    createdAt: trade.created_at.toISOString(),
    updatedAt: trade.updated_at.toISOString(),
  };
}

/** Units of a quick buy that ended without a purchase do not count in the trade's prices. */
function isLeftOut(trade: TradeRow, item: ItemRow): boolean {
  return trade.is_quick && item.cost_mills === null && isTerminal(item.state);
}

/** The charged price; before the purchase, the price at the time of the request, which the final price may exceed. */
function shownPrice(item: ItemRow): Mills {
  return item.cost_mills === null ? (item.quoted_mills ?? item.price_mills) : item.price_mills;
}

function itemToWire(item: ItemWithCancellation & ChosenListing, game: string): ItemWire {
  const attributes = readAttributes(item.attributes);
  return {
    id: item.listing_id,
    ...present('externalId', item.external_id),
    ...present('assetId', item.asset_id),
    appid: Number(game),
    ...present('name', attributes && steamName(item.market_hash_name, attributes)),
    marketHashName: item.market_hash_name,
    ...attributes,
    tradable: true,
    amount: 1,
    status: item.state,
    ...present('error', item.error),
    offer: { price: toMerchantDollars(shownPrice(item)) },
    ...present('cancellation', cancellationToWire(item.newest_cancellation)),
  };
}

function cancellationToWire(newest: NewestCancellation | null): ItemWire['cancellation'] | null {
  if (!newest) return null;
  const { state: status, since, reason } = newest;
  return { status, since: new Date(since).toISOString(), ...present('reason', reason) };
}

function revertedBy(items: readonly ItemRow[]) {
  return items.find((item) => item.state === 'reverted')?.reverted_by;
}

type Present<K extends string, V> = Partial<Record<K, V>>;

function present<K extends string, V>(key: K, value: V | null | undefined): Present<K, V> {
  // TypeScript widens a computed key to string; the object has only this key.
  return value === null || value === undefined ? {} : ({ [key]: value } as Present<K, V>);
}
