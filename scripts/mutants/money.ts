import type { Edit, Mutation } from './mutation.ts';

const CANCELLING = 'test/acceptance/cancelling.test.ts';
const CALLBACKS = 'test/acceptance/callbacks.test.ts';
const GUARDS = 'test/acceptance/guards.test.ts';
const TOGETHER = 'test/acceptance/orders-together.test.ts';

const MIGRATION = 'migrations/0001_first.sql';
const transferKey: readonly Edit[] = [
  { file: MIGRATION, find: `primary key (merchant_id, key)`, replace: `check (true)` },
  {
    file: 'src/ledger/book.ts',
    find: `    .onConflict((conflict) => conflict.columns(['merchant_id', 'key']).doNothing())\n`,
    replace: ``,
  },
];

/** Faults in settlement, in the books and in what merchants are told. */
export const moneyMutations: readonly Mutation[] = [
  {
    name: 'drop-from-state-guard',
    fault: 'a step is written whatever state the item is in by now',
    tests: [GUARDS],
    edits: [
      {
        file: 'src/trades/move.ts',
        find: ` and item.state = step.from_state`,
        replace: ``,
      },
    ],
  },
  {
    name: 'nothing-guards-a-step',
    fault: 'two nodes settle one item at once: no lock, no guard, no key is left, so the refund is booked twice',
    tests: [],
    edits: [
      {
        file: 'src/trades/queries.ts',
        find: `    .where('id', '=', tradeId)\n    .forUpdate()\n`,
        replace: `    .where('id', '=', tradeId)\n`,
      },
      {
        file: 'src/trades/queries.ts',
        find: `    .where('id', '=', ref.item_id)\n    .forNoKeyUpdate()\n`,
        replace: `    .where('id', '=', ref.item_id)\n`,
      },
      {
        file: 'src/trades/queries.ts',
        find: `    .orderBy('id')\n    .forUpdate()\n`,
        replace: `    .orderBy('id')\n`,
      },
      {
        file: 'src/trades/queries.ts',
        find: `    .orderBy('id')\n    .forNoKeyUpdate()\n`,
        replace: `    .orderBy('id')\n`,
      },
      { file: 'src/trades/move.ts', find: ` and item.state = step.from_state`, replace: `` },
      { file: 'src/trades/move.ts', find: `\n      and trade.version = step.version - step.steps`, replace: `` },
      {
        file: 'migrations/0040_retention.sql',
        find: `  primary key (merchant_id, trade_id, number),\n  foreign key (merchant_id, trade_id) references trade `,
        replace: `  foreign key (merchant_id, trade_id) references trade `,
      },
      { file: MIGRATION, find: `unique (merchant_id, trade_id, number)`, replace: `check (true)` },
      ...transferKey,
    ],
  },
  {
    name: 'drop-transfer-key',
    fault: 'a movement of money can be booked twice under one key',
    tests: ['test/cli/operator.test.ts', GUARDS],
    edits: transferKey,
  },
  {
    name: 'callback-outside-transaction',
    fault: 'a callback is recorded after the transaction of its step, and lost with the process',
    tests: [GUARDS],
    edits: [
      {
        file: 'src/trades/move.ts',
        find: `  await enqueueCallbacks(deps, trx, merchantId, told);\n  await moveMoney`,
        replace: `  setImmediate(() =>
    inTransaction(deps.db, (own) => enqueueCallbacks(deps, own, merchantId, told)).catch(() => {}),
  );
  await moveMoney`,
      },
      {
        file: 'src/trades/move.ts',
        find: `import type { Trx } from '../db/transaction.ts';`,
        replace: `import { inTransaction, type Trx } from '../db/transaction.ts';`,
      },
    ],
  },
  {
    name: 'one-bad-order-for-all',
    fault: 'one order that cannot be recorded keeps all that were read with it from being recorded',
    tests: [TOGETHER],
    edits: [
      {
        file: 'src/settlement/apply-together.ts',
        find: `if (group.length > 1 && !isUnavailable(error)) {`,
        replace: `if (group.length > 1 && isUnavailable(error)) {`,
      },
    ],
  },
  {
    name: 'steps-of-another-trade',
    fault: 'of orders that are recorded together, each goes on with the trade of the first one',
    tests: [TOGETHER],
    edits: [
      {
        file: 'src/settlement/apply-order-status.ts',
        find: `= moved[place] ?? {};`,
        replace: `= moved[0 * place] ?? {};`,
      },
    ],
  },
  {
    name: 'together-in-one-transaction-of-all',
    fault: 'orders of several merchants, and several of one trade, are recorded together',
    tests: [TOGETHER],
    edits: [
      {
        file: 'src/settlement/apply-together.ts',
        find: `const key = \`\${merchantId} \${place}\`;`,
        replace: `const key = '';`,
      },
    ],
  },
  {
    name: 'lost-and-refunded',
    fault: 'an item that was delivered in spite of its cancel is refunded as well',
    tests: [CANCELLING],
    edits: [
      {
        file: 'src/settlement/apply-order-status.ts',
        find: `  const moved = await moveTrades(deps, trx, moves);`,
        replace: `  const moved = await moveTrades(deps, trx, moves);
  for (const settled of moved.flatMap(({ items }) => items.filter(({ state }) => state === 'hold'))) {
    const cancellation = await trx.selectFrom('cancellation').select('id').where('item_id', '=', settled.id)
      .where('state', '=', 'lost').executeTakeFirst();
    const origin = { actor: 'gateway', at: deps.clock.now() };
    if (cancellation) await book(trx, settled.merchant_id, movementsAt(settled, 'revert', origin));
  }`,
      },
      {
        file: 'src/settlement/apply-order-status.ts',
        find: `import { applyBought } from './purchase-outcome.ts';`,
        replace: `import { book } from '../ledger/book.ts';
import { movementsAt } from '../ledger/movements.ts';
import { applyBought } from './purchase-outcome.ts';`,
      },
    ],
  },
  {
    name: 'captured-twice',
    fault: 'a completed item is paid for when it is accepted, and again when it is final',
    tests: ['test/unit/movements.test.ts'],
    edits: [
      {
        file: 'src/ledger/movements.ts',
        find: `    case 'approve':
    case 'offer':
    case 'accept':
      return [];`,
        replace: `    case 'accept':
      return transfer(item, origin, 'capture', LOCKED, supplierAccount(item.supplier), costOf(item), 'early');
    case 'approve':
    case 'offer':
      return [];`,
      },
    ],
  },
  {
    name: 'decline-refunds-all',
    fault: 'a recipient who declines pays no penalty',
    tests: ['test/unit/movements.test.ts'],
    edits: [
      {
        file: 'src/ledger/movements.ts',
        find: `return returnLessPenalty(item, origin);`,
        replace: `return returnAll(item, origin);`,
      },
    ],
  },
  {
    name: 'unknown-word-is-failure',
    fault: 'a status that nobody knows ends the item as failed, with its money back',
    tests: ['test/suppliers/cs2dt.test.ts'],
    edits: [
      {
        file: 'src/suppliers/cs2dt/map.ts',
        find: `return { kind: 'unrecognised', raw: String(status) };`,
        replace: `return failed('PURCHASE_FAILED');`,
      },
    ],
  },
  {
    name: 'young-order-is-cancelled',
    fault: 'an order that is younger than half an hour by its marketplace is cancelled, which costs a fee',
    tests: ['test/suppliers/cs2dt.test.ts'],
    edits: [
      {
        file: 'src/suppliers/cs2dt/map.ts',
        find: `return serverSeconds * SECOND_MS - orderedAt.getTime() < FREE_CANCEL_AGE_MS;`,
        replace: `return serverSeconds < 0;`,
      },
    ],
  },
  {
    name: 'forged-hint-is-believed',
    fault: 'a push is taken without a look at its signature',
    tests: ['test/suppliers/contract/cancelling.test.ts', 'test/suppliers/hints.test.ts'],
    edits: [
      {
        file: 'src/suppliers/cs2dt/callback.ts',
        find: `return given.length === expected.length && timingSafeEqual(given, expected);`,
        replace: `return given.length === expected.length || timingSafeEqual(given, given);`,
      },
    ],
  },
  {
    name: 'retry-under-new-id',
    fault: 'a callback that is sent again carries another id',
    tests: [CALLBACKS],
    edits: [
      {
        file: 'src/callbacks/sender.ts',
        find: `postSigned(deps, target, callback, {`,
        replace: `postSigned(deps, target, { ...callback, id: callback.attempts > 1 ? crypto.randomUUID() : callback.id }, {`,
      },
    ],
  },
  {
    name: 'later-callback-overtakes',
    fault: 'a later callback of a trade is sent while an earlier one waits',
    tests: [CALLBACKS],
    edits: [
      {
        file: 'src/callbacks/claim.ts',
        find: `            and earliest.state = 'pending' order by earliest.number limit 1)`,
        replace: `            and earliest.state = 'pending' and earliest.due_at <= \${now}::timestamptz
            order by earliest.number limit 1)`,
      },
    ],
  },
  {
    name: 'others-trades-are-shown',
    fault: 'a merchant can read the trades of another',
    tests: ['test/acceptance/keys.security.test.ts'],
    edits: [
      {
        file: 'src/trades/queries.ts',
        find: `const ofMerchant = db.selectFrom('trade').selectAll().where('merchant_id', '=', merchantId);`,
        replace: `const ofMerchant = db.selectFrom('trade').selectAll();`,
      },
    ],
  },
];
