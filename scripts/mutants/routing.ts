import type { Mutation } from './mutation.ts';

const ONE_MARKET = 'test/acceptance/one-market.test.ts';
const BREAKER = 'test/unit/breaker.test.ts';
const CACHE = 'test/market/market-cache.test.ts';
const SLICES = 'test/market/market-slices.test.ts';
const ACCOUNTS_MARKET = 'test/market/accounts.test.ts';
const ACCOUNTS = 'test/acceptance/accounts.test.ts';
const SUPPLIER_ACCOUNTS = 'test/acceptance/supplier-accounts.test.ts';

/** Faults in what of several marketplaces is offered, and in how units move from one to the next. */
export const routingMutations: readonly Mutation[] = [
  {
    name: 'failing-marketplace-offered',
    fault: 'a marketplace whose purchases fail stays in the market',
    tests: [CACHE, ONE_MARKET],
    edits: [
      {
        file: 'src/market/terms.ts',
        find: `return closedUntil === null && (balanceMills`,
        replace: `return closedUntil !== undefined && (balanceMills`,
      },
    ],
  },
  {
    name: 'listing-of-each-account',
    fault: 'a listing that two accounts see is shown twice',
    tests: [ACCOUNTS_MARKET],
    edits: [
      {
        file: 'src/market/catalogue-item.ts',
        find: `return onceEach(this.copies);`,
        replace: `return this.copies;`,
      },
    ],
  },
  {
    name: 'denied-account-buys',
    fault: 'a listing that its buyer has named is bought with an account that the merchant may not use',
    tests: [ACCOUNTS],
    edits: [
      {
        file: 'src/buying/choose-account.ts',
        find: `if (this.#denied.has(id)) return 'denied';`,
        replace: ``,
      },
    ],
  },
  {
    name: 'limit-for-each-unit',
    fault: 'each unit of a quick buy may cost all that the operator’s limit leaves',
    tests: [ACCOUNTS],
    edits: [
      {
        file: 'src/quick-buys/candidates.ts',
        find: `given.set(id, total);`,
        replace: ``,
      },
    ],
  },
  {
    name: 'rule-of-the-merchant-ignored',
    fault: 'a rule for all merchants counts more than that of the merchant',
    tests: [SUPPLIER_ACCOUNTS],
    edits: [
      {
        file: 'src/auth/account-access.ts',
        find: `own.merchant = (\${merchantId})::text`,
        replace: `own.merchant = ''`,
      },
    ],
  },
  {
    name: 'half-open-market',
    fault: 'a marketplace that is offered again counts as open while most of its listings are still withheld',
    tests: [SLICES],
    edits: [
      {
        file: 'src/market/market-cache.ts',
        find: `if (availability.closedUntil !== null || seller.availability.closedUntil === null) {`,
        replace: `if (seller.availability !== availability) {`,
      },
    ],
  },
  {
    name: 'terms-of-a-part',
    fault: 'a change of terms during an update reaches only the listings that the update has not put yet',
    tests: [SLICES],
    edits: [
      {
        file: 'src/market/market-cache.ts',
        find: `this.#store.applyTerms(supplierId, seller.terms, item, changes);`,
        replace: ``,
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
