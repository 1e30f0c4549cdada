import type { Mutation } from './mutation.ts';

const FREEZES = 'test/acceptance/freezes.test.ts';

/** Faults in the emergency stop: a freeze that is looked at too early, or not at all, or that locks money for ever. */
export const freezeMutations: readonly Mutation[] = [
  {
    name: 'frozen-purchase-is-sent',
    fault: 'a purchase that was recorded before a freeze is sent to the marketplace during it',
    tests: [FREEZES],
    edits: [
      {
        file: 'src/purchases/store.ts',
        find: `.where(sql<boolean>\`not \${isPurchaseStopped()}\`)
    // Nothing`,
        replace: `.where(sql<boolean>\`\${isPurchaseStopped()} is not null\`)
    // Nothing`,
      },
    ],
  },
  {
    name: 'freeze-is-read-before-the-claim',
    fault: 'the freeze is read by a statement of its own, before the one that claims the purchase',
    tests: [FREEZES],
    edits: [
      {
        file: 'src/buying/make-purchase.ts',
        find: '  const claim = await claimCall(deps, order, { callMs, isRepeat });',
        replace: `  const { rows } = await sql<{ stopped: boolean }>\`select \${isPurchaseStopped()} as stopped from purchase
    where merchant_id = \${order.merchant_id} and id = \${order.id}\`.execute(deps.db);
  if (rows[0]?.stopped) return null;
  await deps.clock.wait(200);
  const claim = await claimCall(deps, order, { callMs, isRepeat });`,
      },
      {
        file: 'src/buying/make-purchase.ts',
        find: `import type { Deps } from '../deps.ts';`,
        replace: `import { sql } from 'kysely';
import type { Deps } from '../deps.ts';
import { isPurchaseStopped } from '../freezes/freezes.ts';`,
      },
      {
        file: 'src/purchases/store.ts',
        find: `    .where(sql<boolean>\`not \${isPurchaseStopped()}\`)
    // Nothing`,
        replace: `    // Nothing`,
      },
    ],
  },
  {
    name: 'frozen-merchant-is-asked',
    fault: 'merchants are asked about trades that cannot be bought, as they are frozen',
    tests: [FREEZES],
    edits: [
      {
        file: 'src/approvals/claim.ts',
        find: `and not \${isTradeStopped(`,
        replace: `and null is distinct from \${isTradeStopped(`,
      },
    ],
  },
  {
    name: 'frozen-supplier-fills-units',
    fault: 'units of a quick buy take listings of a frozen marketplace',
    tests: [FREEZES],
    edits: [
      {
        file: 'src/quick-buys/candidates.ts',
        find: "if (freezes.suppliers.has(supplier.id)) return 'frozen';",
        replace: "if (supplier.id.length === 0) return 'frozen';",
      },
    ],
  },
  {
    name: 'frozen-money-stays-locked',
    fault: 'what a freeze holds back is never cancelled, and its money stays locked',
    tests: [FREEZES],
    edits: [
      {
        file: 'src/cancelling/release-frozen.ts',
        find: 'if (wanted.has(item.id)) trade',
        replace: 'if (wanted.size > items.length) trade',
      },
    ],
  },
];
