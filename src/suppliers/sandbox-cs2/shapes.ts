import Type from 'typebox';
import { Compile } from 'typebox/compile';

/**
 * What the marketplace's answers must look like to be read at all. Statuses and codes are left open on purpose:
 * a new one is for `map.ts` to call unknown, not a reason to reject the whole answer.
 */

// As a number it would have lost digits already; 18 digits are what a public listing id has room for.
const NumericId = Type.String({ pattern: '^\\d{1,18}$' });
const Money = Type.Union([Type.String(), Type.Number()]);
const NullableText = Type.Optional(Type.Union([Type.String(), Type.Null()]));

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
  paintSeed: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
  phase: NullableText,
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
export const searchShape = Compile(Type.Object({ list: Type.Array(Listing) }));
export const boughtShape = Compile(Type.Object({ orderId: NumericId, buyPrice: Money }));
export const foundShape = Compile(Type.Object({ orders: Type.Array(Order), neverMade: Type.Array(Type.String()) }));
export const hintShape = Compile(Type.Object({ outTradeNo: Type.String({ minLength: 1 }) }));
