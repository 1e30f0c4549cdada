import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';

/**
 * Why a marketplace with a listing that is not dearer was left out:
 * - `frozen`: the operator has stopped buying there;
 * - `refused`: the marketplace refused another purchase of the trade;
 * - `purchases_fail`: its last purchases failed;
 * - `balance`: the listing costs more than is left to spend there.
 */
const LeftOutReason = Type.Enum(['frozen', 'refused', 'purchases_fail', 'balance']);
export type LeftOutReason = Static<typeof LeftOutReason>;

/** What the marketplace asks, in dollars, and the operator's markup on it. */
const price = { price: Type.String(), markupBps: Type.Integer() };

/** A marketplace's cheapest listing. */
const place = { supplier: Type.String(), ...price };

/** Why a listing was bought and no other; kept with the purchase for operators. */
const Choice = Type.Object({
  ...price,
  /** The cheapest listing at another marketplace that could have been bought; null: there was none. */
  next: Type.Union([Type.Object(place), Type.Null()]),
  /** The marketplaces with a listing that is not dearer, which could not be bought. */
  leftOut: Type.Array(Type.Object({ ...place, why: LeftOutReason })),
});
export type Choice = Static<typeof Choice>;

const shape = Compile(Choice);

/** @returns null if the buyer named the listing, or a later version wrote something else */
export function readChoice(stored: unknown): Choice | null {
  return shape.Check(stored) ? stored : null;
}
