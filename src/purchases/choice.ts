import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';

/**
 * Why an account with a listing that is not dearer was left out:
 * - `denied`: the merchant may not use it;
 * - `frozen`: the operator has stopped buying there;
 * - `refused`: the marketplace refused another purchase of the trade;
 * - `purchases_fail`: its last purchases failed;
 * - `limit`: the operator's limit for what is spent with it in 24 hours leaves less than the listing costs;
 * - `balance`: the listing costs more than is left to spend there.
 */
const LeftOutReason = Type.Enum(['denied', 'frozen', 'refused', 'purchases_fail', 'limit', 'balance']);
export type LeftOutReason = Static<typeof LeftOutReason>;

/** What the marketplace asks, in dollars, and the operator's markup on it. */
const price = { price: Type.String(), markupBps: Type.Integer() };

/** An account's cheapest listing. */
const place = { supplier: Type.String(), ...price };

/** Why a listing was bought and no other; kept with the purchase for operators. */
export const Choice = Type.Object({
  ...price,
  /** The cheapest listing of another account that could have been bought; null: there was none. */
  next: Type.Union([Type.Object(place), Type.Null()]),
  /** The accounts with a listing that is not dearer, which could not be bought with them. */
  leftOut: Type.Array(Type.Object({ ...place, why: LeftOutReason })),
});
export type Choice = Static<typeof Choice>;

const shape = Compile(Choice);

/** @returns null if there was nothing to choose, or a later version wrote something else */
export function readChoice(stored: unknown): Choice | null {
  return shape.Check(stored) ? stored : null;
}
