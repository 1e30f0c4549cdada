/** Why a listing was bought and no other; kept with the purchase for operators. Prices are the marketplaces', in dollars. */
export interface Choice {
  readonly price: string;
  /** The cheapest listing at another marketplace that could have been bought; null: there was none. */
  readonly next: { readonly supplier: string; readonly price: string } | null;
  /** Marketplaces with a listing that is not dearer, which could not be bought. */
  readonly leftOut: readonly { readonly supplier: string; readonly price: string; readonly why: LeftOutReason }[];
}

/**
 * - `frozen`: the operator has stopped buying there;
 * - `refused`: the marketplace refused another purchase of the trade;
 * - `purchases_fail`: its last purchases failed;
 * - `balance`: it costs more than is left to spend there.
 */
export type LeftOutReason = 'frozen' | 'refused' | 'purchases_fail' | 'balance';
