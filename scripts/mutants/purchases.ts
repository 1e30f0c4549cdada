import type { Mutation } from './mutation.ts';

const APPROVAL = 'test/acceptance/approval.test.ts';
const UNANSWERED = 'test/acceptance/unanswered-approvals.test.ts';
const ENDED_BY_HAND = 'test/cli/unknown-end.test.ts';
const AFTER_BUYING = 'test/acceptance/after-buying.test.ts';
const GUARDS = 'test/acceptance/guards.test.ts';
const HELD_UP = 'test/acceptance/held-up.test.ts';
const CONNECTIONS = 'test/acceptance/hint-connections.test.ts';
const REPEATED = 'test/acceptance/repeated-purchases.test.ts';

/** Faults in buying: a time-out believed, a purchase made twice, a call in the wrong place. */
export const purchaseMutations: readonly Mutation[] = [
  {
    name: 'buy-timeout-is-refusal',
    fault: 'a purchase without a clear answer counts as refused',
    tests: [AFTER_BUYING],
    edits: [
      {
        file: 'src/buying/make-purchase.ts',
        find: `return markUnknown(deps, attempt, answer);`,
        replace: `return recordNotBought(deps, attempt, 'MARKET_UNAVAILABLE');`,
      },
    ],
  },
  {
    name: 'held-up-holder-buys',
    fault: 'a node that was held up buys although look-ups may have proven by now that nothing was bought',
    tests: [HELD_UP],
    edits: [
      {
        file: 'src/buying/make-purchase.ts',
        find: `!mayStillCall(deps.clock.now(), claim.leasedUntil, callMs)`,
        replace: `!mayStillCall(claim.leasedUntil, claim.leasedUntil, 0)`,
      },
    ],
  },
  {
    name: 'second-purchase-after-unknown',
    fault: 'after an unclear answer the item is bought again, under a new reference',
    tests: [AFTER_BUYING],
    edits: [
      {
        file: 'src/buying/make-purchase.ts',
        find: `return markUnknown(deps, attempt, answer);`,
        replace: `{
        const { db, clock } = deps;
        const old = await db.selectFrom('purchase').selectAll().where('item_id', '=', attempt.item_id).execute();
        if (old.length > 1 || !old[0]) return markUnknown(deps, attempt, answer);
        const again = newId(clock.now());
        await db.updateTable('purchase').set({ state: 'refused', due_at: null }).where('id', '=', attempt.id).execute();
        await db.insertInto('purchase').values({ ...old[0], id: again, reference: referenceOf(again),
          state: 'recorded', calls: 0, due_at: clock.now() }).execute();
        return makePurchase(deps, { merchantId: attempt.merchant_id, purchaseId: again });
      }`,
      },
      {
        file: 'src/buying/make-purchase.ts',
        find: `import type { Deps } from '../deps.ts';`,
        replace: `import type { Deps } from '../deps.ts';\nimport { newId, referenceOf } from '../core/ids.ts';`,
      },
    ],
  },
  {
    name: 'miss-counts-at-once',
    fault: 'one look-up that misses is taken as proof that nothing was bought',
    tests: [AFTER_BUYING],
    edits: [
      {
        file: 'src/settlement/lookup-misses.ts',
        find: `return msBetween(since, clock.now()) >= pauseMs * PAUSE_GROWTH ** Math.max(0, calls - 1);`,
        replace: `return msBetween(since, clock.now()) >= pauseMs * 0 * PAUSE_GROWTH ** Math.max(0, calls - 1);`,
      },
      {
        file: 'src/settlement/lookup-misses.ts',
        find: `const MISSES_MAX = 5;`,
        replace: `const MISSES_MAX = 1;`,
      },
    ],
  },
  {
    name: 'asked-mark-not-guarded',
    fault: 'a purchase that was asked for already is asked for again',
    tests: [HELD_UP],
    edits: [
      {
        file: 'src/purchases/store.ts',
        find: `const isUnsent = sql<boolean>\`purchase.state = 'recorded'\`;`,
        replace: `const isUnsent = sql<boolean>\`purchase.state in ('recorded', 'asked', 'unknown')\`;`,
      },
    ],
  },
  {
    name: 'no-repeats',
    fault: 'a purchase that look-ups miss is given up without a repeat that would prove whether it was made',
    tests: [REPEATED],
    edits: [
      {
        file: 'src/settlement/lookup-misses.ts',
        find: `return repeats !== 'unsafe' && knownAt === null && calls <= REPEATS_MAX;`,
        replace: `return repeats !== repeats && knownAt === null && calls <= REPEATS_MAX;`,
      },
    ],
  },
  {
    name: 'repeat-refused-is-proof',
    fault: 'a repeat that is refused because the listing is gone is taken as proof that the first call did not buy it',
    tests: [REPEATED],
    edits: [
      {
        file: 'src/buying/repeat-purchase.ts',
        find: `if (repeats === 'replayed' && !answer.fault && answer.reason !== 'MARKET_UNAVAILABLE') return answer;`,
        replace: `if (repeats !== 'unsafe' && !answer.fault && answer.reason !== 'MARKET_UNAVAILABLE') return answer;`,
      },
    ],
  },
  {
    name: 'repeat-not-counted',
    fault: 'what comes late of an earlier call ends a purchase that is being repeated now',
    tests: [REPEATED],
    edits: [
      {
        file: 'src/settlement/purchase-outcome.ts',
        find: `if (isOutcomeOpen(purchase) && purchase.calls === attempt.calls) await`,
        replace: `if (isOutcomeOpen(purchase) && purchase.calls >= attempt.calls) await`,
      },
    ],
  },
  {
    name: 'repeat-of-a-cancelled-item',
    fault: 'a purchase is repeated although its item is to be cancelled',
    tests: [REPEATED],
    edits: [
      {
        file: 'src/purchases/store.ts',
        find: `.where(sql<boolean>\`not \${isToBeCancelled}\`)`,
        replace: `.where(sql<boolean>\`(\${isRepeat} or not \${isToBeCancelled})\`)`,
      },
    ],
  },
  {
    name: 'known-reference-forgotten',
    fault: 'a purchase whose reference the marketplace knows is given up like any other',
    tests: [REPEATED],
    edits: [
      {
        file: 'src/purchases/store.ts',
        find: `const known = isReferenceKnown ?`,
        replace: `const known = isReferenceKnown && at.getTime() === 0 ?`,
      },
    ],
  },
  {
    name: 'second-order-unheard',
    fault: 'nobody is told of an order that was bought although its purchase has another one',
    tests: [REPEATED],
    edits: [
      {
        file: 'src/settlement/purchase-outcome.ts',
        find: `if (known && known.order_id !== bought.orderId) alertOtherOrder`,
        replace: `if (known && known.order_id === '') alertOtherOrder`,
      },
    ],
  },
  {
    name: 'whole-market-refusal-is-proof',
    fault:
      'a repeat that is refused because the marketplace sells nothing now is taken as proof that nothing was bought',
    tests: [REPEATED],
    edits: [
      {
        file: 'src/buying/repeat-purchase.ts',
        find: `if (repeats === 'replayed' && !answer.fault && answer.reason !== 'MARKET_UNAVAILABLE') return answer;`,
        replace: `if (repeats === 'replayed' && !answer.fault) return answer;`,
      },
    ],
  },
  {
    name: 'repeat-outside-health',
    fault: 'repeats of purchases do not count for the health of their marketplace',
    tests: [REPEATED],
    edits: [
      {
        file: 'src/buying/make-purchase.ts',
        find: `if (answer.outcome !== 'bought') await recordHealth`,
        replace: `if (answer.outcome !== 'bought' && !isRepeat) await recordHealth`,
      },
    ],
  },
  {
    name: 'known-reference-is-failure',
    fault: 'a marketplace that knows the reference of a repeat counts as failing',
    tests: ['test/unit/breaker.test.ts', REPEATED],
    edits: [
      {
        file: 'src/supplier-health/breaker.ts',
        find: `return answer.isReferenceKnown ? null : {`,
        replace: `return {`,
      },
    ],
  },
  {
    name: 'order-sought-after-its-call',
    fault:
      'the order of a repeated purchase is sought from the time of its last call on, and missed if the first one made it',
    tests: ['test/acceptance/reconciliation.test.ts'],
    edits: [
      {
        file: 'src/reconciliation/reconcile.ts',
        find: `around(reachOf(range, before), MARGIN_MS)`,
        replace: `around(range, MARGIN_MS)`,
      },
    ],
  },
  {
    name: 'push-reaches-other-accounts',
    fault: 'a push makes an order of another account due that has the id it names',
    tests: [CONNECTIONS],
    edits: [
      {
        file: 'src/purchases/store.ts',
        find: `    .select(['purchase.merchant_id', 'purchase.id'])
    .where('purchase.supplier', '=', supplier);`,
        replace: `    .select(['purchase.merchant_id', 'purchase.id'])
    .where('purchase.supplier', '<>', supplier.slice(0, 0));`,
      },
    ],
  },
  {
    name: 'missed-pushes-not-read',
    fault: 'what was pushed while there was no connection is not read when it is open again',
    tests: [CONNECTIONS],
    edits: [
      {
        file: 'src/supplier-connections/connection.ts',
        find: `    this.#receive('unnamed');`,
        replace: ``,
      },
    ],
  },
  {
    name: 'paused-stays-connected',
    fault: 'the connection of an account that is paused stays open',
    tests: [CONNECTIONS],
    edits: [
      {
        file: 'src/supplier-connections/connection.ts',
        find: `    if (this.#held) await this.#keep(this.#held, isPaused);`,
        replace: `    if (this.#held) await this.#keep(this.#held, false);`,
      },
    ],
  },
  {
    name: 'buy-inside-transaction',
    fault: 'the marketplace is asked to buy while a transaction is open',
    tests: [GUARDS],
    edits: [
      {
        file: 'src/buying/make-purchase.ts',
        find: `const answer = await buy(deps, order);`,
        replace: `const answer = await deps.db.transaction().execute(() => buy(deps, order));`,
      },
    ],
  },
  {
    name: 'drop-live-purchase-key',
    fault: 'the database lets an item have two live purchases',
    tests: [GUARDS],
    edits: [
      {
        file: 'migrations/0001_first.sql',
        find: `create unique index purchase_one_live`,
        replace: `create index purchase_one_live`,
      },
    ],
  },
  {
    name: 'job-outside-transaction',
    fault: 'the job of a new trade is enqueued outside the transaction that records the trade',
    tests: ['test/acceptance/buying.test.ts'],
    edits: [
      {
        file: 'src/buying/record-trade.ts',
        find: `await deps.jobs.enqueue(trx, 'ask-approval', [{ merchantId: merchant_id, tradeId: id }]);`,
        replace: `await inTransaction(deps, (own) =>
      deps.jobs.enqueue(own, 'ask-approval', [{ merchantId: merchant_id, tradeId: id }]));`,
      },
      {
        file: 'src/buying/record-trade.ts',
        find: `import { isUuid, newId } from '../core/ids.ts';`,
        replace: `import { isUuid, newId } from '../core/ids.ts';
import { inTransaction } from '../db/transaction.ts';`,
      },
    ],
  },
  {
    name: 'silence-is-consent',
    fault: 'a trade about which its merchant does not answer is bought',
    tests: [UNANSWERED],
    edits: [
      {
        file: 'src/approvals/request.ts',
        find: `await decide(deps, trx, ref, { state: 'timed_out', reason: verdict.cause });`,
        replace: `await decide(deps, trx, ref, { state: 'approved' });`,
      },
    ],
  },
  {
    name: 'rejection-unread',
    fault: 'a 200 approves whatever its body says',
    tests: [APPROVAL, UNANSWERED],
    edits: [
      {
        file: 'src/approvals/answer.ts',
        find: `  const statement = readStatement(text, isSaidToBeJson);`,
        replace: `  const statement = readStatement('', isSaidToBeJson);`,
      },
    ],
  },
  {
    name: 'unreadable-approves',
    fault: 'a 200 approves although its body did not come whole',
    tests: ['test/acceptance/odd-answers.test.ts'],
    edits: [
      {
        file: 'src/approvals/answer.ts',
        find: `if ('unreadable' in body) return { verdict: 'none', cause: storable(body.unreadable) };`,
        replace: `if ('unreadable' in body) return { verdict: 'approved' };`,
      },
    ],
  },
  {
    name: 'no-is-misheard',
    fault: 'an answer is read as it came, whatever its encoding',
    tests: ['test/unit/approval-answers.test.ts'],
    edits: [
      {
        file: 'src/net/answer-body.ts',
        find: `const plain = decompress(bytes, encodingsOf(headers, bytes), maxBytes);`,
        replace: `const plain = bytes;`,
      },
    ],
  },
  {
    name: 'strict-is-lenient',
    fault: 'a merchant with strict approval is read like any other',
    tests: ['test/unit/approval-answers.test.ts', APPROVAL],
    edits: [
      {
        file: 'src/approvals/answer.ts',
        find: `if (isStrict && !isExactYes(text)) {`,
        replace: `if (isStrict && text === null) {`,
      },
    ],
  },
  {
    name: 'decided-twice',
    fault: 'a second answer to the question decides again',
    tests: [APPROVAL],
    edits: [
      {
        file: 'src/approvals/decide.ts',
        find: `    .where('state', '=', 'asking')
`,
        replace: ``,
      },
      {
        file: 'src/approvals/decide.ts',
        find: `  if (waiting.length === 0) return;
`,
        replace: `  if (waiting.length === 0) waiting.push(...(await itemsOf(trx, trade.merchant_id, [trade.id])));
`,
      },
    ],
  },
  {
    name: 'bought-before-asked',
    fault: 'the items of a new trade are let through without a question',
    tests: [APPROVAL],
    edits: [
      {
        file: 'src/approvals/request.ts',
        find: `  const reply = await send(deps, target, message);
`,
        replace: `  await inTransaction(deps, (trx) => decide(deps, trx, { merchantId, tradeId }, { state: 'approved' }));
  const reply = await send(deps, target, message);
`,
      },
    ],
  },
  {
    name: 'news-as-question',
    fault: 'a node that was held up sends a trade that was decided meanwhile as if it asked about it',
    tests: [APPROVAL],
    edits: [
      {
        file: 'src/approvals/request.ts',
        find: `  if (trade.status !== 'initiated') return null;
`,
        replace: ``,
      },
    ],
  },
  {
    name: 'lost-answer-counts-as-silence',
    fault: 'a question whose answer was lost with its process counts as unanswered',
    tests: [UNANSWERED],
    edits: [
      {
        file: 'src/approvals/claim.ts',
        find: `which: isAsking }`,
        replace: `which: isAsking, set: sql\`failures = approval.attempts\` }`,
      },
    ],
  },
  {
    name: 'operator-ends-while-calling',
    fault: 'an operator ends a purchase while a call for it is under way',
    tests: [ENDED_BY_HAND],
    edits: [
      {
        file: 'src/settlement/end-by-operator.ts',
        find: `  if (purchase.state === 'asked') return 'calling';
`,
        replace: ``,
      },
    ],
  },
  {
    name: 'operator-ends-at-once',
    fault: 'an operator ends a purchase whose last call may still arrive',
    tests: [ENDED_BY_HAND],
    edits: [
      {
        file: 'src/settlement/end-by-operator.ts',
        find: `const LAST_CALL_MIN_AGE_MS = HOUR_MS;`,
        replace: `const LAST_CALL_MIN_AGE_MS = 0 * HOUR_MS;`,
      },
    ],
  },
  {
    name: 'operator-ends-what-is-known',
    fault: 'an operator ends a purchase that was bought meanwhile, or ended before',
    tests: [ENDED_BY_HAND],
    edits: [
      {
        file: 'src/settlement/end-by-operator.ts',
        find: `  if (!isOutcomeOpen(purchase)) return 'known';
`,
        replace: ``,
      },
    ],
  },
];
