import Type from 'typebox';
import { Compile } from 'typebox/compile';

/**
 * The shapes of Waxpeer's answers; any other answer is unknown. Statuses, messages, dates and penalties can be anything on
 * purpose: `map.ts` calls what it does not know unrecognised, and the rest of the answer still counts.
 */

// Some ids are text and some numbers. A number that JavaScript cannot hold comes as text with all its digits.
const NumericId = Type.Union([Type.String({ pattern: '^\\d{1,20}$' }), Type.Integer({ minimum: 0 })]);
const Thousandths = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const NullableText = Type.Optional(Type.Union([Type.String(), Type.Null()]));
const Succeeded = Type.Literal(true);

const tradeFields = {
  id: NumericId,
  price: Thousandths,
  status: Type.Unknown(),
  trade_id: Type.Optional(Type.Union([NumericId, Type.Literal(''), Type.Null()])),
  reason: NullableText,
  release_date: Type.Optional(Type.Unknown()),
  penalties: Type.Optional(Type.Unknown()),
};
const Trade = Type.Object({ ...tradeFields, project_id: Type.String({ minLength: 1 }) });
export type WireTrade = Type.Static<typeof Trade>;

/** A trade of the account; one that was bought on the website has no reference of ours. */
const OwnTrade = Type.Object({ ...tradeFields, project_id: NullableText });
export type WireOwnTrade = Type.Static<typeof OwnTrade>;

const AvailableItem = Type.Object({
  item_id: NumericId,
  selling: Type.Boolean(),
  price: Type.Optional(Type.Unknown()),
});
export type WireAvailableItem = Type.Static<typeof AvailableItem>;

/** A trade in the list of the account's trades: bought or sold. */
const HistoryRow = Type.Object({
  id: NumericId,
  action: Type.Unknown(),
  created: Type.Optional(Type.Unknown()),
  item_id: Type.Optional(Type.Unknown()),
  game: Type.Optional(Type.Unknown()),
});
export type WireHistoryRow = Type.Static<typeof HistoryRow>;

export const refusalShape = Compile(
  Type.Object({ success: Type.Literal(false), msg: Type.String(), id: Type.Optional(Type.Unknown()) }),
);
/** Its messages can be anything: `map.ts` calls what it does not know unknown. */
const TradelinkCheck = Type.Object({
  success: Type.Boolean(),
  msg: NullableText,
  info: NullableText,
  steamid32: Type.Optional(Type.Unknown()),
});
export type WireTradelinkCheck = Type.Static<typeof TradelinkCheck>;

export const tradelinkCheckShape = Compile(TradelinkCheck);
/** What is in a 429. */
export const pauseShape = Compile(Type.Object({ msBeforeNext: Type.Number({ minimum: 0 }) }));
export const messageShape = Compile(Type.Object({ msg: Type.String() }));
export const boughtShape = Compile(Type.Object({ success: Succeeded, id: NumericId, price: Thousandths }));
export const historyShape = Compile(
  Type.Object({
    success: Succeeded,
    data: Type.Object({
      trades: Type.Array(Type.Unknown()),
      transactions: Type.Optional(Type.Array(Type.Unknown())),
    }),
  }),
);
export const historyRowShape = Compile(HistoryRow);
export const ownTradeShape = Compile(OwnTrade);
export const tradeShape = Compile(Trade);
/** Whose a trade is. */
export const ownedShape = Compile(Type.Object({ project_id: Type.String({ minLength: 1 }) }));
export const tradesShape = Compile(Type.Object({ success: Succeeded, trades: Type.Array(Type.Unknown()) }));
/** One client of the marketplace names the list `items`, another one `data`. */
export const availabilityShape = Compile(
  Type.Union([
    Type.Object({ success: Succeeded, items: Type.Array(AvailableItem) }),
    Type.Object({ success: Succeeded, data: Type.Array(AvailableItem) }),
  ]),
);
export const thousandthsShape = Compile(Thousandths);
/** A debt to the marketplace may be a negative amount. */
export const userShape = Compile(
  Type.Object({
    success: Succeeded,
    user: Type.Object({
      wallet: Type.Integer({ minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }),
    }),
  }),
);
