import type { Mutation } from './mutation.ts';

const ONE_MARKET = 'test/acceptance/one-market.test.ts';
const BREAKER = 'test/unit/breaker.test.ts';
const CACHE = 'test/market/market-cache.test.ts';

/** Faults in what of several marketplaces is offered, and in how units move from one to the next. */
export const routingMutations: readonly Mutation[] = [
  {
    name: 'failing-marketplace-offered',
    fault: 'a marketplace whose purchases fail stays in the market',
    tests: [CACHE, ONE_MARKET],
    edits: [
      {
        file: 'src/market/market-cache.ts',
        find: `return closedUntil === null && (balanceMills`,
        replace: `return closedUntil !== undefined && (balanceMills`,
      },
    ],
  },
  {
    name: 'trial-never-ends',
    fault: 'a purchase that works does not close the circuit of its marketplace',
    tests: [BREAKER, ONE_MARKET],
    edits: [
      {
        file: 'src/supplier-health/breaker.ts',
        find: `if (sign.kind === 'worked') return CLOSED;`,
        replace: `if (sign.kind === 'worked') return circuit;`,
      },
    ],
  },
  {
    name: 'elsewhere-after-look-up',
    fault: 'a unit whose purchase got no clear answer is bought at another marketplace once a look-up has missed it',
    tests: [ONE_MARKET],
    edits: [
      {
        file: 'src/quick-buys/refill.ts',
        find: `(reason === MARKETPLACE_ERROR && isAnswer)`,
        replace: `reason === MARKETPLACE_ERROR`,
      },
    ],
  },
  {
    name: 'ceiling-without-markup',
    fault: 'the marketplace may charge so much that the markup does not fit into the price that the merchant accepted',
    tests: [ONE_MARKET],
    edits: [
      {
        file: 'src/market/pricing.ts',
        find: `return greatestWithin(limit, feeBps, markupBps);`,
        replace: `return greatestWithin(limit, feeBps, markupBps * 0);`,
      },
    ],
  },
  {
    name: 'markup-not-charged',
    fault: 'the merchant is charged the price without the markup of the marketplace',
    tests: [ONE_MARKET],
    edits: [
      {
        file: 'src/settlement/purchase-outcome.ts',
        find: `quote(cost, item.fee_bps, item.markup_bps)`,
        replace: `quote(cost, item.fee_bps)`,
      },
    ],
  },
  {
    name: 'markup-of-the-refused',
    fault: 'a unit of a quick buy that gets a listing keeps no markup of its marketplace',
    tests: [ONE_MARKET],
    edits: [
      {
        file: 'src/quick-buys/fill.ts',
        find: `markup_bps = taken.markup_bps, `,
        replace: ``,
      },
    ],
  },
  {
    name: 'same-marketplace-again',
    fault: 'a unit that a marketplace refused for a reason of its own is sent to the same marketplace again',
    tests: [ONE_MARKET],
    edits: [
      {
        file: 'src/quick-buys/candidates.ts',
        find: `return refusing.has(supplier.id) ? 'refused' : null;`,
        replace: `return refusing.has(supplier.id) && supplier.id === '' ? 'refused' : null;`,
      },
    ],
  },
];
