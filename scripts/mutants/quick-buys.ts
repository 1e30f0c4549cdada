import type { Mutation } from './mutation.ts';

const QUICK = 'test/acceptance/quick-buy.test.ts';
const MOMENTS = 'test/acceptance/quick-buy-moments.test.ts';
const BUYING = 'test/acceptance/buying.test.ts';
const MOVING = 'test/acceptance/moving-prices.test.ts';
const RECORD_FILE = 'src/buying/record-trade.ts';

/** Faults in what is reserved, and in how units of quick buys come to their listings. */
export const quickBuyMutations: readonly Mutation[] = [
  {
    name: 'units-without-listing-wait-for-ever',
    fault: 'units of a quick buy for which there is no listing keep what was reserved for them',
    tests: [QUICK],
    edits: [
      {
        file: 'src/quick-buys/fill.ts',
        find: `await failUnits(deps, trx, trade, left,`,
        replace: `await failUnits(deps, trx, trade, [],`,
      },
    ],
  },
  {
    name: 'another-listing-after-silence',
    fault: 'a unit whose purchase was only never heard of again takes another listing, and may be bought twice',
    tests: [MOMENTS],
    edits: [
      {
        file: 'src/quick-buys/refill.ts',
        find: `if (!trade.is_quick || !canMoveOn(reason, isAnswer)) return false;`,
        replace: `if (!trade.is_quick) return false;`,
      },
    ],
  },
  {
    name: 'unit-shown-before-bought',
    fault: 'a unit of a quick buy is shown as soon as a listing was found for it',
    tests: [QUICK],
    edits: [
      {
        file: 'src/trades/wire.ts',
        find: `.filter((item) => !trade.is_quick || item.cost_mills !== null);`,
        replace: `;`,
      },
    ],
  },
  {
    name: 'fill-is-not-told',
    fault: 'nobody is told that a unit of a quick buy was bought',
    tests: [QUICK],
    edits: [
      {
        file: 'src/settlement/purchase-outcome.ts',
        find: `const told = trade.is_quick ? await tellItem(deps, trx, trade, charged, FILL, originOf(made)) : trade;`,
        replace: `const told = trade;`,
      },
    ],
  },
  {
    name: 'dearest-first',
    fault: 'a quick buy takes the dearest listings that fit, not the cheapest',
    tests: [QUICK],
    edits: [
      {
        file: 'src/quick-buys/candidates.ts',
        find: `const onSale = within(deps.market.copies(query), maxPrice, unit.fee_bps).filter(isFree);`,
        replace: `const onSale = within(deps.market.copies(query), maxPrice, unit.fee_bps).filter(isFree).reverse();`,
      },
    ],
  },
  {
    name: 'reserves-only-what-it-costs-now',
    fault: 'a tolerance is allowed, and nothing is reserved for it',
    tests: [BUYING],
    edits: [{ file: RECORD_FILE, find: `price_mills: limit,`, replace: `price_mills: quoted ?? limit,` }],
  },
  {
    name: 'max-price-below-price-ignored',
    fault: 'a maxPrice below the price does not bound the buy',
    tests: [BUYING],
    edits: [
      {
        file: 'src/market/pricing.ts',
        find: `if (maxPrice !== null) return current <= maxPrice;`,
        replace: `if (current <= price) return true;\n  if (maxPrice !== null) return current <= maxPrice;`,
      },
      {
        file: 'src/market/pricing.ts',
        find: `return maxPrice ?? plusBps(price, slippageBps);`,
        replace: `const most = maxPrice ?? plusBps(price, slippageBps);\n  return most > price ? most : price;`,
      },
    ],
  },
  {
    name: 'ceiling-without-fee',
    fault: 'the supplier may charge all that the merchant accepts, and the fee comes on top of it',
    tests: [MOVING],
    edits: [
      {
        file: 'src/market/pricing.ts',
        find: `return greatestWithin(limit, feeBps, markupBps);`,
        replace: `return greatestWithin(limit, feeBps * 0);`,
      },
    ],
  },
  {
    name: 'tolerance-ends-at-the-quote',
    fault: 'a price that rises within the tolerance before the purchase is refused',
    tests: [MOVING],
    edits: [
      {
        file: 'src/buying/quote-items.ts',
        find: `ceiling: ceilingFor(limit, caller.feeBps, markupBps),`,
        replace: `ceiling: listing.priceMills,`,
      },
    ],
  },
];
