import Type from 'typebox';
import { Compile } from 'typebox/compile';

/**
 * The shapes of LIS-SKINS' answers; any other answer is unknown. Statuses, reasons and times can be anything on purpose:
 * `map.ts` calls what it does not know unrecognised, and the rest of the answer still counts.
 */

// A number that JavaScript cannot hold comes as text with all its digits.
const NumericId = Type.Union([Type.String({ pattern: '^\\d{1,20}$' }), Type.Integer({ minimum: 0 })]);
/** Dollars; `moneyOf` reads them. */
const Money = Type.Union([Type.Number(), Type.String()]);
export type WireMoney = Type.Static<typeof Money>;

const Skin = Type.Object({
  id: Type.Optional(Type.Unknown()),
  price: Money,
  status: Type.Unknown(),
  return_reason: Type.Optional(Type.Unknown()),
  return_charged_commission: Type.Optional(Type.Unknown()),
  error: Type.Optional(Type.Unknown()),
  steam_trade_offer_id: Type.Optional(Type.Union([NumericId, Type.Literal(''), Type.Null()])),
  steam_trade_offer_finished_at: Type.Optional(Type.Unknown()),
});
export type WireSkin = Type.Static<typeof Skin>;

const purchaseFields = { purchase_id: NumericId, skins: Type.Array(Skin, { minItems: 1 }) };
const Purchase = Type.Object({ ...purchaseFields, custom_id: Type.String({ minLength: 1 }) });
export type WirePurchase = Type.Static<typeof Purchase>;

/** A purchase of the account; one that was made in the cabinet has no reference of ours. */
const OwnPurchase = Type.Object({
  ...purchaseFields,
  custom_id: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  created_at: Type.Optional(Type.Unknown()),
});
export type WireOwnPurchase = Type.Static<typeof OwnPurchase>;

/** A listing in a price list that can be bought: not sold by others, who take hours, and not locked. */
const Offer = Type.Object({
  id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
  name: Type.String({ pattern: '\\S' }),
  price: Money,
  delivery_type: Type.Literal(1),
  unlock_at: Type.Optional(Type.Null()),
  game_id: Type.Optional(Type.Unknown()),
  item_class_id: Type.Optional(Type.Unknown()),
  item_float: Type.Optional(Type.Unknown()),
  item_paint_seed: Type.Optional(Type.Unknown()),
  stickers: Type.Optional(Type.Unknown()),
});
export type WireOffer = Type.Static<typeof Offer>;

const nothingBought = { data: Type.Optional(Type.Null()) };
export const refusalShape = Compile(Type.Object({ error: Type.String(), ...nothingBought }));
/** What it looks like when the key is refused is not known. */
export const accessRefusalShape = Compile(Type.Object(nothingBought));
export const boughtShape = Compile(
  Type.Object({
    data: Type.Object({
      purchase_id: NumericId,
      custom_id: Type.Optional(Type.Union([Type.String(), Type.Null()])),
      skins: Type.Array(Type.Object({ price: Money }), { minItems: 1, maxItems: 1 }),
    }),
  }),
);
export const purchaseShape = Compile(Purchase);
/** Whose a purchase is. */
export const ownedShape = Compile(Type.Object({ custom_id: Type.String({ minLength: 1 }) }));
export const purchasesShape = Compile(Type.Object({ data: Type.Array(Type.Unknown()) }));
export const historyShape = Compile(
  Type.Object({
    data: Type.Array(Type.Unknown()),
    meta: Type.Object({ current_page: Type.Integer({ minimum: 1 }), last_page: Type.Integer({ minimum: 0 }) }),
  }),
);
export const ownPurchaseShape = Compile(OwnPurchase);
/** What can be read of a purchase that cannot be read whole. */
export const purchaseFactsShape = Compile(
  Type.Object({
    purchase_id: NumericId,
    custom_id: Type.Optional(Type.Unknown()),
    created_at: Type.Optional(Type.Unknown()),
  }),
);
/** PHP writes an empty map as a list. */
export const availabilityShape = Compile(
  Type.Object({
    data: Type.Object({
      available_skins: Type.Union([
        Type.Array(Type.Unknown(), { maxItems: 0 }),
        Type.Record(Type.String(), Type.Unknown()),
      ]),
      unavailable_skin_ids: Type.Array(NumericId),
    }),
  }),
);
export const moneyShape = Compile(Money);
export const balanceShape = Compile(Type.Object({ data: Type.Object({ balance: Money }) }));
export const socketTokenShape = Compile(Type.Object({ data: Type.Object({ token: Type.String({ minLength: 1 }) }) }));
/** An event in the account's private channel. Only its name is known. */
export const purchaseEventShape = Compile(
  Type.Object({
    event: Type.Literal('purchase_skin_info_updated'),
    custom_id: Type.Optional(Type.Unknown()),
    purchase_id: Type.Optional(Type.Unknown()),
  }),
);
export const offerShape = Compile(Offer);
/** What surrounds the listings of a price list. */
export const exportShape = Compile(Type.Object({ status: Type.Literal('success') }));
export const stickerShape = Compile(
  Type.Object({
    name: Type.String({ pattern: '\\S' }),
    image: Type.String({ pattern: '^https?://' }),
    slot: Type.Integer({ minimum: 0 }),
  }),
);
