import type { Mutation } from './mutation.ts';

const CANCELLING = 'test/acceptance/cancelling.test.ts';
const GROUPED = 'test/unit/grouped.test.ts';
const TOGETHER = 'test/acceptance/cancels-together.test.ts';
const GUARDS = 'test/acceptance/guards.test.ts';
const HELD_UP = 'test/acceptance/held-up.test.ts';
const KEPT = 'test/acceptance/kept-cancellations.test.ts';

/** Faults in cancelling: a wrong answer, a request that is asked for twice at a time, one that is believed too early. */
export const cancellationMutations: readonly Mutation[] = [
  {
    name: 'drop-open-request-key',
    fault: 'an item can have several open requests, so that equal requests each ask the marketplace',
    tests: [],
    edits: [
      {
        file: 'migrations/0001_first.sql',
        find: `create unique index cancellation_one_open`,
        replace: `create index cancellation_one_open`,
      },
      {
        file: 'src/cancellations/fast-path.ts',
        find: `on conflict (merchant_id, item_id) where state in ('requested', 'unknown', 'accepted') do nothing`,
        replace: ``,
      },
      {
        file: 'src/cancellations/store.ts',
        find: `        .doNothing(),
    )
    .returning('id')
    .executeTakeFirst();
  return row?.id ?? null;`,
        replace: `        .doUpdateSet({ reason: null }),
    )
    .returning('id')
    .executeTakeFirst();
  return row?.id ?? null;`,
      },
    ],
  },
  {
    name: 'cancel-timeout-is-refusal',
    fault: 'a cancel without a clear answer counts as refused',
    tests: [],
    edits: [
      {
        file: 'src/cancelling/engine.ts',
        find: `  return answer;
}

function isClosed`,
        replace: `  return answer.outcome === 'unknown' ? { outcome: 'refused', reason: 'not_allowed' } : answer;
}

function isClosed`,
      },
    ],
  },
  {
    name: 'refund-on-accept',
    fault: 'the item is reverted and refunded as soon as the marketplace accepts the cancel',
    tests: [CANCELLING],
    edits: [
      {
        file: 'src/cancelling/engine.ts',
        find: `    return outcome;
  } catch`,
        replace: `    if (outcome.outcome === 'accepted') {
      const purchase = await deps.db.selectFrom('purchase').selectAll()
        .where('id', '=', held.order.purchaseId).executeTakeFirstOrThrow();
      const status = { kind: 'reverted', by: 'supplier', onOurCancel: true } as const;
      const { reference } = purchase;
      await applyOrderStatus(deps, purchase, { reference, orderId: '', costMills: 0n as never, status });
    }
    return outcome;
  } catch`,
      },
    ],
  },
  {
    name: 'accepted-answered-as-refused',
    fault: 'the caller is told of a refusal although the marketplace accepted',
    tests: [CANCELLING],
    edits: [
      {
        file: 'src/cancelling/cancel-item.ts',
        find: `    case 'accepted':
      return {`,
        replace: `    case 'accepted':
      throw notCancellable('not_allowed');
      return {`,
      },
    ],
  },
  {
    name: 'waiting-callers-told-refused',
    fault: 'callers who waited for another’s call are told of a refusal while nothing is known',
    tests: [],
    edits: [
      {
        file: 'src/cancelling/engine.ts',
        find: `    case 'requested':
    case 'unknown':
      return { outcome: 'unknown', why: whyUndecided(attempts, reason) };`,
        replace: `    case 'requested':
    case 'unknown':
      return { outcome: 'refused', reason: String(whyUndecided(attempts, reason)) };`,
      },
    ],
  },
  {
    name: 'lease-dropped',
    fault: 'a call that is under way counts as abandoned, so that another one is made beside it',
    tests: [],
    edits: [
      {
        file: 'src/cancellations/store.ts',
        find: `    now,
    which: sql\`state = 'requested'\`,`,
        replace: `    now: later(now, 24 * 60 * MINUTE_MS),
    which: sql\`state = 'requested'\`,`,
      },
      {
        file: 'src/cancellations/store.ts',
        find: `set: sql\`state = 'unknown', reason = 'the call was abandoned'\``,
        replace: `set: sql\`state = 'unknown', reason = 'the call was abandoned', due_at = \${now}::timestamptz\``,
      },
    ],
  },
  {
    name: 'asked-beside-a-lost-request',
    fault: 'a request whose item was delivered while it was asked about lets another ask beside it',
    tests: [GUARDS],
    edits: [
      {
        file: 'src/cancellations/fast-path.ts',
        find: `and \${isOldEnough(deps, now)} and not exists (`,
        replace: `and \${isOldEnough(deps, now)} or false and not exists (`,
      },
    ],
  },
  {
    name: 'held-up-holder-asks',
    fault: 'a node that was held up asks although its lease may end during the call',
    tests: [HELD_UP],
    edits: [
      {
        file: 'src/cancelling/engine.ts',
        find: `if (!mayStillCall(deps.clock.now(), held.leasedUntil, deps.config.supplierTimeoutMs))`,
        replace: `if (held.leasedUntil === null)`,
      },
    ],
  },
  {
    name: 'old-ask-goes-on',
    fault: 'a node that was held up takes the next one’s request for its own, and asks beside it',
    tests: [HELD_UP],
    edits: [
      {
        file: 'src/cancelling/engine.ts',
        find: `  if (now.attempts !== attempt.attempt) return null;
`,
        replace: ``,
      },
    ],
  },
  {
    name: 'old-silence-counts',
    fault: 'what an old call did not hear ends the lease of the one that is under way',
    tests: [HELD_UP],
    edits: [
      {
        file: 'src/cancellations/store.ts',
        find: `ofAttempt(db, attempt)
    .set({ state: 'unknown',`,
        replace: `ofRequest(db, attempt).where('state', '=', 'requested')
    .set({ state: 'unknown',`,
      },
    ],
  },
  {
    name: 'old-refusal-counts',
    fault: 'a refusal of an attempt that was overtaken ends the request while the next attempt is under way',
    tests: [HELD_UP],
    edits: [
      {
        file: 'src/cancellations/store.ts',
        find: `ofAttempt(db, attempt)
    .set({ state: 'refused',`,
        replace: `ofRequest(db, attempt).where('state', '=', 'requested')
    .set({ state: 'refused',`,
      },
    ],
  },
  {
    name: 'old-acceptance-counts',
    fault: 'an acceptance of an attempt that was overtaken ends the lease of the one that is under way',
    tests: [HELD_UP],
    edits: [{ file: 'src/cancellations/store.ts', find: ` and cancellation.attempts = given.attempt`, replace: `` }],
  },
  {
    name: 'too-early-ends-a-kept-request',
    fault: 'a request that a caller was told is kept ends when the marketplace finds the order too new',
    tests: [KEPT],
    edits: [
      {
        file: 'src/cancelling/engine.ts',
        find: `return isTooEarly && isKept ? { outcome: 'unknown', why: 'too_early' } : answer;`,
        replace: `return isTooEarly && isKept && answer.outcome !== 'refused' ? { outcome: 'unknown', why: 'too_early' } : answer;`,
      },
    ],
  },
  {
    name: 'kept-refusal-is-silent',
    fault: 'a kept request that is refused in the end is told to nobody',
    tests: [KEPT],
    edits: [
      {
        file: 'src/cancelling/trade-lock.ts',
        find: `    await tellItem(deps, trx, trade, item, CANCEL_REFUSED, origin);\n`,
        replace: `    if (origin.actor === '') await tellItem(deps, trx, trade, item, CANCEL_REFUSED, origin);\n`,
      },
    ],
  },
  {
    name: 'bought-though-to-be-cancelled',
    fault: 'an item is bought although its cancellation was requested before',
    tests: [KEPT],
    edits: [
      {
        file: 'src/purchases/store.ts',
        find: `.where(sql<boolean>\`not \${isToBeCancelled}\`)`,
        replace: `.where(sql<boolean>\`(\${isToBeCancelled} or true)\`)`,
      },
      {
        file: 'src/approvals/decide.ts',
        find: `waiting.filter(({ id }) => requested.has(id))`,
        replace: `waiting.filter(({ id }) => requested.has(id) && id === '')`,
      },
    ],
  },
  {
    name: 'repeat-is-refused',
    fault: 'a request that was accepted is refused when its caller repeats it after the refund',
    tests: [KEPT],
    edits: [
      {
        file: 'src/cancellations/queries.ts',
        find: `or cancellation.request_id = \${requestId} or exists (`,
        replace: `or cancellation.request_id = '' or exists (`,
      },
    ],
  },
  {
    name: 'equal-request-is-refused',
    fault: 'an equal request that comes while another is open is refused when that one is settled first',
    tests: [KEPT],
    edits: [
      {
        file: 'src/cancellations/queries.ts',
        find: `and (cancellation.closed_at >= \${askedAt} or`,
        replace: `and (cancellation.closed_at < '-infinity'::timestamptz or`,
      },
      {
        file: 'src/cancellations/queries.ts',
        find: `function isAcceptedFor({ merchantId, requestId, askedAt }: IncomingInSql)`,
        replace: `function isAcceptedFor({ merchantId, requestId }: IncomingInSql)`,
      },
    ],
  },
  {
    name: 'asked-again-unread',
    fault: 'a lost cancel is repeated without a look at what became of the order',
    tests: [GUARDS],
    edits: [
      {
        file: 'src/cancelling/engine.ts',
        find: `const isRead = held !== null && (await readOrder(deps, held));`,
        replace: `const isRead = held !== null;`,
      },
    ],
  },
  {
    name: 'accepted-is-asked-again',
    fault: 'each repeat of an accepted cancel asks the marketplace again',
    tests: [CANCELLING],
    edits: [
      {
        file: 'src/cancelling/cancel-item.ts',
        find: `  if (state === 'accepted') return { outcome: 'accepted' };
`,
        replace: ``,
      },
      {
        file: 'src/cancelling/cancel-item.ts',
        find: `state === 'unknown' ? await`,
        replace: `state !== 'requested' ? await`,
      },
      {
        file: 'src/cancellations/store.ts',
        find: `    .where('state', '=', 'unknown')
    .returning('attempts')`,
        replace: `    .where('state', 'in', ['unknown', 'accepted'])
    .returning('attempts')`,
      },
    ],
  },
  {
    name: 'one-millisecond-too-early',
    fault: 'an item can be cancelled a millisecond before it is 30 minutes old',
    tests: [GUARDS],
    edits: [
      {
        file: 'src/cancellations/policy.ts',
        find: `createdBy: later(now, -minItemAgeMs(cancel.minAgeMs)),
            orderedBy: later(now, -cancel.minAgeMs),`,
        replace: `createdBy: later(now, 1 - minItemAgeMs(cancel.minAgeMs)),
            orderedBy: later(now, 1 - cancel.minAgeMs),`,
      },
    ],
  },
  {
    name: 'one-millisecond-too-late',
    fault: 'an item of exactly 30 minutes is too young',
    tests: [GUARDS],
    edits: [
      {
        file: 'src/cancellations/fast-path.ts',
        find: `purchase.ordered_at <= ordered_by::timestamptz`,
        replace: `purchase.ordered_at < ordered_by::timestamptz`,
      },
      {
        file: 'src/cancellations/policy.ts',
        find: `return until > now ? { kind: 'wait', until } : null;`,
        replace: `return until >= now ? { kind: 'too_soon', at: until } : null;`,
      },
    ],
  },
  {
    name: 'cancel-inside-transaction',
    fault: 'the marketplace is asked to cancel while a transaction is open',
    tests: [GUARDS],
    edits: [
      {
        file: 'src/cancelling/engine.ts',
        find: `const answer = await callSupplier(deps, held);`,
        replace: `const answer = await deps.db.transaction().execute(() => callSupplier(deps, held));`,
      },
    ],
  },
  {
    name: 'others-trade-can-be-cancelled',
    fault: 'another merchant’s trade is answered as if it were the caller’s own',
    tests: [CANCELLING],
    edits: [
      {
        file: 'src/cancellations/policy.ts',
        find: `const isOfSource = trade.merchant_id === merchantId && trade.source === source;`,
        replace: `const isOfSource = merchantId !== '' && trade.source === source;`,
      },
    ],
  },
  {
    name: 'answers-in-a-group-mixed-up',
    fault: 'of cancels that share a statement, each gets what was found for the first',
    tests: [GROUPED],
    edits: [
      {
        file: 'src/work/grouped.ts',
        find: `resolve(results[place] as Out);`,
        replace: `resolve(results[0] as Out);`,
      },
    ],
  },
  {
    name: 'one-refusal-for-a-group',
    fault: 'when the database refuses one of the cancels that share a statement, all of them fail',
    tests: [GROUPED],
    edits: [
      {
        file: 'src/work/grouped.ts',
        find: `if (group.length === 1 || isUnavailable(error)) {`,
        replace: `if (group.length >= 1 || isUnavailable(error)) {`,
      },
    ],
  },
  {
    name: 'lost-group-is-sent-again',
    fault: 'a shared statement of which nobody knows whether it was applied is sent again for each of its cancels',
    tests: [GROUPED],
    edits: [
      {
        file: 'src/work/grouped.ts',
        find: `if (group.length === 1 || isUnavailable(error)) {`,
        replace: `if (group.length === 1) {`,
      },
    ],
  },
  {
    name: 'equal-cancels-in-a-group',
    fault: 'equal cancels share a statement, and overtake each other',
    tests: [GROUPED],
    edits: [
      {
        file: 'src/work/grouped.ts',
        find: ` && !this.#underWay.has(each.key) && !passed.has(each.key);`,
        replace: `;`,
      },
    ],
  },
  {
    name: 'accepted-with-its-group',
    fault: 'an acceptance that was overtaken counts because another one that shared its statement was recorded',
    tests: [TOGETHER],
    edits: [
      {
        file: 'src/cancellations/store.ts',
        find: `return all.map(({ id }) => recorded.has(id));`,
        replace: `return all.map(() => recorded.size > 0);`,
      },
    ],
  },
];
