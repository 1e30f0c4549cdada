import Type from 'typebox';
import { Compile } from 'typebox/compile';

/** The shapes of the marketplace's answers; any other answer is unknown. Statuses and messages can be anything on purpose. */

// Text, because a JSON number would have lost digits.
const NumericId = Type.String({ pattern: '^\\d{1,20}$' });
const Thousandths = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const NullableText = Type.Optional(Type.Union([Type.String(), Type.Null()]));

const Item = Type.Object({
  item_id: NumericId,
  name: Type.String({ minLength: 1 }),
  price: Thousandths,
  type: NullableText,
  color: NullableText,
  image: NullableText,
});
export type WireItem = Type.Static<typeof Item>;

const Trade = Type.Object({
  id: NumericId,
  project_id: Type.String({ minLength: 1 }),
  price: Thousandths,
  status: Type.Unknown(),
  reason: NullableText,
  trade_id: NullableText,
});
export type WireTrade = Type.Static<typeof Trade>;

export const refusalShape = Compile(Type.Object({ success: Type.Literal(false), msg: Type.String() }));
export const itemShape = Compile(Type.Object({ success: Type.Literal(true), item: Item }));
export const feedShape = Compile(
  Type.Object({
    success: Type.Literal(true),
    snapshot: Type.Boolean(),
    items: Type.Array(Item),
    sold: Type.Array(NumericId),
    next: Type.String({ minLength: 1 }),
    more: Type.Boolean(),
  }),
);
export const boughtShape = Compile(Type.Object({ success: Type.Literal(true), id: NumericId, price: Thousandths }));
export const tradeShape = Compile(Trade);
/** Whose a trade is. */
export const ownedShape = Compile(Type.Object({ project_id: Type.String({ minLength: 1 }) }));
export const tradesShape = Compile(Type.Object({ success: Type.Literal(true), trades: Type.Array(Type.Unknown()) }));
