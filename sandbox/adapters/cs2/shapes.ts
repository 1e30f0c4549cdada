import Type from 'typebox';
import { Compile } from 'typebox/compile';

/**
 * The shapes of the marketplace's answers; any other answer is unknown. Statuses and codes can be anything on purpose:
 * `map.ts` calls a new one unrecognised, and the rest of the answer still counts.
 */

// Text, because a JSON number would have lost digits. A public listing id has room for 18 digits.
const NumericId = Type.String({ pattern: '^\\d{1,18}$' });
const Money = Type.Union([Type.String(), Type.Number()]);
const NullableText = Type.Optional(Type.Union([Type.String(), Type.Null()]));

const Count = Type.Optional(Type.Union([Type.Integer(), Type.Null()]));

const Sticker = Type.Object({
  name: Type.String({ minLength: 1 }),
  slot: Type.Integer(),
  wear: Type.Optional(Type.Union([Type.Number(), Type.Null()])),
  iconUrl: Type.String(),
  marketHashName: NullableText,
});
export type WireSticker = Type.Static<typeof Sticker>;

const Charm = Type.Object({
  name: Type.String({ minLength: 1 }),
  iconUrl: Type.String(),
  marketHashName: NullableText,
});
export type WireCharm = Type.Static<typeof Charm>;

const Listing = Type.Object({
  id: NumericId,
  itemId: Type.String({ minLength: 1 }),
  marketHashName: Type.String({ minLength: 1 }),
  price: Money,
  delivery: Type.Integer(),
  type: NullableText,
  rarity: NullableText,
  exterior: NullableText,
  wear: NullableText,
  paintSeed: Count,
  paintIndex: Count,
  phase: NullableText,
  fadePercent: Type.Optional(Type.Union([Type.Number(), Type.Null()])),
  color: NullableText,
  iconUrl: NullableText,
  inspectToken: NullableText,
  stickers: Type.Optional(Type.Union([Type.Array(Sticker), Type.Null()])),
  charm: Type.Optional(Type.Union([Charm, Type.Null()])),
});
export type WireListing = Type.Static<typeof Listing>;

const Order = Type.Object({
  outTradeNo: Type.String({ minLength: 1 }),
  orderId: NumericId,
  price: Money,
  status: Type.Unknown(),
  failedCode: NullableText,
  tradeOfferId: NullableText,
  assetId: NullableText,
  settleAt: NullableText,
});
export type WireOrder = Type.Static<typeof Order>;

export const envelopeShape = Compile(
  Type.Object({ success: Type.Boolean(), data: Type.Unknown(), errorCode: Type.Integer(), errorMsg: NullableText }),
);
export const listingShape = Compile(Listing);
export const feedShape = Compile(
  Type.Object({
    full: Type.Boolean(),
    list: Type.Array(Listing),
    removed: Type.Array(NumericId),
    cursor: Type.String({ minLength: 1 }),
    hasMore: Type.Boolean(),
  }),
);
export const boughtShape = Compile(Type.Object({ orderId: NumericId, buyPrice: Money }));
export const orderShape = Compile(Order);
/** Whose an order is. */
export const ownedShape = Compile(Type.Object({ outTradeNo: Type.String({ minLength: 1 }) }));
export const foundShape = Compile(
  Type.Object({ orders: Type.Array(Type.Unknown()), neverMade: Type.Array(Type.String()) }),
);
export const hintShape = Compile(Type.Object({ outTradeNo: Type.String({ minLength: 1 }) }));
