import Type from 'typebox';
import { Compile } from 'typebox/compile';

/** The shapes of the marketplace's answers; any other answer is unknown. Statuses can be anything on purpose: see `map.ts`. */

const NumericId = Type.String({ pattern: '^\\d{1,20}$' });

const Listing = Type.Object({ id: NumericId, name: Type.String({ minLength: 1 }), price: Type.String() });
export type WireListing = Type.Static<typeof Listing>;

const Order = Type.Object({
  id: NumericId,
  reference: Type.String({ minLength: 1 }),
  price: Type.String(),
  status: Type.Unknown(),
  offerId: Type.Optional(NumericId),
});
export type WireOrder = Type.Static<typeof Order>;

export const errorShape = Compile(Type.Object({ error: Type.String() }));
export const listingShape = Compile(Type.Object({ listing: Listing }));
export const listingsShape = Compile(Type.Object({ listings: Type.Array(Listing) }));
export const orderShape = Compile(Type.Object({ order: Order }));
export const entryShape = Compile(Order);
/** Whose an order is. */
export const ownedShape = Compile(Type.Object({ reference: Type.String({ minLength: 1 }) }));
export const ordersShape = Compile(Type.Object({ orders: Type.Array(Type.Unknown()) }));
export const balanceShape = Compile(Type.Object({ balance: Type.String() }));
