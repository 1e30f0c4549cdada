import type { Phase } from '../../sandbox/marketplace/timeline.ts';
import type { ItemState } from '../../src/core/item-states.ts';
import { declinePenalty, type Mills, withFeeRoundedUp } from '../../src/core/money.ts';
import type { Sold } from './books.ts';

/** How an item has to stand, seen from the marketplace alone. */
export interface End {
  readonly state: ItemState;
  readonly revertedBy?: 'supplier' | 'user';
}

const ends: Readonly<Record<Phase, End>> = {
  waiting: { state: 'pending' },
  preparing: { state: 'pending' },
  unheardOf: { state: 'pending' },
  offered: { state: 'active' },
  accepted: { state: 'hold' },
  settled: { state: 'completed' },
  sellerFailed: { state: 'failed' },
  declined: { state: 'declined' },
  cancelled: { state: 'reverted', revertedBy: 'supplier' },
  recalledBySeller: { state: 'reverted', revertedBy: 'supplier' },
  reversedByUser: { state: 'reverted', revertedBy: 'user' },
};

/** What the marketplace never made an order of has failed, or was cancelled before the marketplace heard of it. */
export function endOf(sold: Sold | undefined, state: ItemState): End {
  if (sold?.isMade) return atMarket(sold);
  return { state: sold === undefined && state === 'canceled' ? 'canceled' : 'failed' };
}

/** Not every marketplace tells all phases apart. */
function atMarket({ phase, market }: Sold): End {
  const state = market.truths[phase];
  return state === undefined ? ends[phase] : { state };
}

/** What the item did to the merchant's available money, in all. */
export function netOf({ state }: End, sold: Sold | undefined, feeBps: number): bigint {
  if (!sold?.isMade) return 0n;
  const price = withFeeRoundedUp(sold.priceMills as Mills, feeBps); // the marketplace's books are in thousandths too
  switch (state) {
    case 'failed':
    case 'reverted':
      return 0n;
    case 'declined':
      return -declinePenalty(price);
    default:
      return -price;
  }
}
