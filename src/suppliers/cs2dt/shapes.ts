import Type from 'typebox';
import { Compile } from 'typebox/compile';

/**
 * The shapes of CS2DT's answers; any other answer is unknown. Statuses, reasons and kinds of delivery can be anything on
 * purpose: `map.ts` calls what it does not know unrecognised, and the rest of the answer still counts.
 */

// Ids have up to 19 digits. A number that JavaScript cannot hold comes as text with all its digits.
const NumericId = Type.Union([Type.String({ pattern: '^[1-9]\\d{0,18}$' }), Type.Integer({ minimum: 1 })]);
/** Prices of products are text, prices of orders are numbers. */
const Money = Type.Union([Type.String(), Type.Number()]);
const optional = <T extends Type.TSchema>(schema: T) => Type.Optional(Type.Union([schema, Type.Null()]));

const Product = Type.Object({
  id: NumericId,
  itemId: optional(NumericId),
  marketHashName: optional(Type.String()),
  price: Money,
  delivery: Type.Unknown(),
  assetInfo: optional(
    Type.Object({
      wear: Type.Optional(Type.Unknown()),
      paintIndex: Type.Optional(Type.Unknown()),
      paintSeed: Type.Optional(Type.Unknown()),
      levelName: Type.Optional(Type.Unknown()),
    }),
  ),
});
export type WireProduct = Type.Static<typeof Product>;

const Order = Type.Object({
  orderId: NumericId,
  outTradeNo: optional(Type.String()),
  price: Money,
  status: Type.Unknown(),
  failedCode: optional(Type.String()),
  deliverType: Type.Optional(Type.Unknown()),
  createTime: Type.Optional(Type.Unknown()),
  offerInfoDTO: optional(Type.Object({ tradeOfferId: optional(NumericId) })),
});
export type WireOrder = Type.Static<typeof Order>;

/** An order in the list of all orders. The id that a purchase was answered with is here `orderAssetId`. */
const OrderRow = Type.Object({
  orderAssetId: NumericId,
  productId: optional(NumericId),
  outTradeNo: optional(Type.String()),
  price: Money,
  buyerFee: optional(Money),
  status: Type.Unknown(),
  failedCode: optional(Type.String()),
  createTime: Type.Optional(Type.Unknown()),
});
export type WireOrderRow = Type.Static<typeof OrderRow>;

const list = <T extends Type.TSchema>(row: T) => Compile(Type.Object({ list: Type.Array(row) }));

export const envelopeShape = Compile(
  Type.Object({
    success: Type.Boolean(),
    data: Type.Optional(Type.Unknown()),
    errorCode: optional(Type.Integer()),
    errorMsg: optional(Type.String()),
  }),
);
export const balanceShape = Compile(Type.Object({ data: Money }));
export const boughtShape = Compile(Type.Object({ orderId: NumericId, buyPrice: Money }));
export const namesOrderShape = Compile(Type.Object({ orderId: Type.Unknown() }));
export const orderShape = Compile(Order);
/** Whose an order is. */
export const ownedShape = Compile(Type.Object({ outTradeNo: Type.String() }));
export const nothingShape = Compile(Type.Union([Type.Null(), Type.Undefined()]));
export const ordersPageShape = Compile(
  Type.Object({ list: Type.Array(Type.Unknown()), pages: Type.Integer({ minimum: 0 }) }),
);
export const orderRowShape = Compile(OrderRow);
/** What can be read of an order that cannot be read whole. */
export const orderFactsShape = Compile(
  Type.Object({
    orderAssetId: NumericId,
    outTradeNo: Type.Optional(Type.Unknown()),
    createTime: Type.Optional(Type.Unknown()),
  }),
);
/** The list of problems can be anything. */
export const tradeUrlCheckShape = Compile(
  Type.Object({
    checkStatus: Type.Unknown(),
    steamInfo: optional(Type.Object({ steamId: Type.Optional(Type.Unknown()) })),
    statusList: Type.Optional(Type.Unknown()),
  }),
);
export const rowsShape = Compile(Type.Array(Type.Unknown()));
export const productShape = Compile(Product);
export const pageShape = list(Type.Unknown());
export const itemsShape = list(Type.Object({ itemId: NumericId, marketHashName: Type.String({ minLength: 1 }) }));
