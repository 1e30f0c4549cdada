import type { Mutation } from './mutation.ts';

const CANCELLING = 'test/acceptance/cancelling.test.ts';
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
        file: 'src/cancellations/find-and-record.ts',
        find: `on conflict (merchant_id, item_id) where state in ('requested', 'unknown', 'accepted') do nothing`,
        replace: ``,
      },
      {
        file: 'src/cancelling/record-cancellation.ts',
        find: `        .doNothing(),`,
        replace: `        .doUpdateSet({ reason: null }),`,
      },
    ],
  },
  {
    name: 'cancel-timeout-is-refusal',
    fault: 'a cancel without a clear answer counts as refused',
    tests: [],
    edits: [
      {
        file: 'src/cancelling/request-cancel.ts',
        find: `  return answer;
}

/**
 * Retries`,
        replace: `  return answer.outcome === 'unknown' ? { outcome: 'refused', reason: 'not_allowed' } : answer;
}

/**
 * Retries`,
      },
    ],
  },
  {
    name: 'refund-on-accept',
    fault: 'the item is reverted and refunded as soon as the marketplace accepts the cancel',
    tests: [CANCELLING],
    edits: [
      {
        file: 'src/cancelling/request-cancel.ts',
        find: `    return outcome;
  } catch`,
        replace: `    if (outcome.outcome === 'accepted') {
      const purchase = await deps.db.selectFrom('purchase').selectAll()
        .where('id', '=', cancellation.order.purchaseId).executeTakeFirstOrThrow();
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
        file: 'src/cancelling/cancellation.ts',
        find: `    case 'requested':
    case 'unknown':
      return { outcome: 'unknown', why: whyUndecided(asks, reason) };`,
        replace: `    case 'requested':
    case 'unknown':
      return { outcome: 'refused', reason: String(whyUndecided(asks, reason)) };`,
      },
    ],
  },
  {
    name: 'lease-dropped',
    fault: 'a call that is under way counts as abandoned, so that another one is made beside it',
    tests: [],
    edits: [
      {
        file: 'src/cancelling/resolve-due.ts',
        find: `    .where('state', '=', 'requested')
    .where('due_at', '<=', now)`,
        replace: `    .where('state', '=', 'requested')`,
      },
      {
        file: 'src/cancelling/resolve-due.ts',
        find: `.set({ state: 'unknown', reason: 'the call was abandoned' })`,
        replace: `.set({ state: 'unknown', reason: 'the call was abandoned', due_at: now })`,
      },
    ],
  },
  {
    name: 'asked-beside-a-lost-request',
    fault: 'a request whose item was delivered while it was asked about lets another ask beside it',
    tests: [GUARDS],
    edits: [
      {
        file: 'src/cancellations/find-and-record.ts',
        find: `        and not \${justLost(deps, now, { merchantId: sql.ref('candidate.merchant_id'), itemId: sql.ref('candidate.item_id') })}
`,
        replace: ``,
      },
    ],
  },
  {
    name: 'held-up-holder-asks',
    fault: 'a node that was held up asks although its lease may end during the call',
    tests: [HELD_UP],
    edits: [
      {
        file: 'src/cancelling/request-cancel.ts',
        find: `if (later(deps.clock.now(), deps.config.supplierTimeoutMs) > cancellation.leasedUntil)`,
        replace: `if (cancellation.leasedUntil === null)`,
      },
    ],
  },
  {
    name: 'old-ask-goes-on',
    fault: 'a node that was held up takes the next one’s request for its own, and asks beside it',
    tests: [HELD_UP],
    edits: [
      {
        file: 'src/cancelling/request-cancel.ts',
        find: `  if (now.asks !== claim.ask) return null;
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
        file: 'src/cancelling/record-answer.ts',
        find: `    .set({ state: 'unknown', reason, due_at: dueAt })
    .where('merchant_id', '=', attempt.merchantId)
    .where('id', '=', attempt.id)
    .where('state', '=', 'requested')
    .where('asks', '=', attempt.asks)`,
        replace: `    .set({ state: 'unknown', reason, due_at: dueAt })
    .where('merchant_id', '=', attempt.merchantId)
    .where('id', '=', attempt.id)
    .where('state', '=', 'requested')`,
      },
    ],
  },
  {
    name: 'old-refusal-counts',
    fault: 'a refusal of an attempt that was overtaken ends the request while the next attempt is under way',
    tests: [HELD_UP],
    edits: [
      {
        file: 'src/cancelling/record-answer.ts',
        find: `answered_at: now, closed_at: now })
    .where('merchant_id', '=', attempt.merchantId)
    .where('id', '=', attempt.id)
    .where('state', '=', 'requested')
    .where('asks', '=', attempt.asks)`,
        replace: `answered_at: now, closed_at: now })
    .where('merchant_id', '=', attempt.merchantId)
    .where('id', '=', attempt.id)
    .where('state', '=', 'requested')`,
      },
    ],
  },
  {
    name: 'old-acceptance-counts',
    fault: 'an acceptance of an attempt that was overtaken ends the lease of the one that is under way',
    tests: [HELD_UP],
    edits: [{ file: 'src/cancelling/record-answer.ts', find: `        and asks = \${attempt.asks}\n`, replace: `` }],
  },
  {
    name: 'too-early-ends-a-kept-request',
    fault: 'a request that a caller was told is kept ends when the marketplace finds the order too new',
    tests: [KEPT],
    edits: [
      {
        file: 'src/cancelling/record-answer.ts',
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
        file: 'src/cancelling/record-answer.ts',
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
        file: 'src/buying/make-purchase.ts',
        find: `.where('cancellation.state', 'in', [...openStates]),`,
        replace: `.where('cancellation.state', 'in', [...openStates]).where('cancellation.id', 'is', null),`,
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
        file: 'src/cancelling/cancellation.ts',
        find: `or request_id = \${requestId} or exists (`,
        replace: `or request_id = '' or exists (`,
      },
    ],
  },
  {
    name: 'equal-request-is-refused',
    fault: 'an equal request that comes while another is open is refused when that one is settled first',
    tests: [KEPT],
    edits: [
      {
        file: 'src/cancelling/cancellation.ts',
        find: `and (closed_at >= \${askedAt}::timestamptz or`,
        replace: `and (closed_at < '-infinity'::timestamptz or`,
      },
      {
        file: 'src/cancelling/cancellation.ts',
        find: `readonly askedAt: Date },`,
        replace: `readonly askedAt?: Date },`,
      },
      {
        file: 'src/cancelling/cancellation.ts',
        find: `const { merchantId, requestId, askedAt } = request;`,
        replace: `const { merchantId, requestId } = request;`,
      },
    ],
  },
  {
    name: 'asked-again-unread',
    fault: 'a lost cancel is repeated without a look at what became of the order',
    tests: [GUARDS],
    edits: [
      {
        file: 'src/cancelling/request-cancel.ts',
        find: `const isRead = cancellation !== null && (await readFirst(deps, cancellation));`,
        replace: `const isRead = cancellation !== null;`,
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
        find: `  if (open.state === 'accepted') return { outcome: 'accepted' };
`,
        replace: ``,
      },
      {
        file: 'src/cancelling/cancel-item.ts',
        find: `open.state === 'unknown' ? await`,
        replace: `open.state !== 'requested' ? await`,
      },
      {
        file: 'src/cancelling/claim-for-retry.ts',
        find: `    .where('state', '=', 'unknown')
    .returning('asks')`,
        replace: `    .where('state', 'in', ['unknown', 'accepted'])
    .returning('asks')`,
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
        find: `createdBy: later(now, -Math.max(MIN_AGE_MS, maxMinAgeMs)), orderedBy: later(now, -maxMinAgeMs)`,
        replace: `createdBy: later(now, 1 - Math.max(MIN_AGE_MS, maxMinAgeMs)), orderedBy: later(now, 1 - maxMinAgeMs)`,
      },
    ],
  },
  {
    name: 'one-millisecond-too-late',
    fault: 'an item of exactly 30 minutes is too young',
    tests: [GUARDS],
    edits: [
      {
        file: 'src/cancellations/find-and-record.ts',
        find: `ordered_at <= \${orderedBy}::timestamptz`,
        replace: `ordered_at < \${orderedBy}::timestamptz`,
      },
      {
        file: 'src/cancelling/cancel-item.ts',
        find: `if (at > deps.clock.now()) throw tooSoon(deps, at);`,
        replace: `if (at >= deps.clock.now()) throw tooSoon(deps, at);`,
      },
    ],
  },
  {
    name: 'cancel-inside-transaction',
    fault: 'the marketplace is asked to cancel while a transaction is open',
    tests: [GUARDS],
    edits: [
      {
        file: 'src/cancelling/request-cancel.ts',
        find: `const answer = await call(deps, cancellation);`,
        replace: `const answer = await deps.db.transaction().execute(() => call(deps, cancellation));`,
      },
    ],
  },
  {
    name: 'others-trade-can-be-cancelled',
    fault: 'a merchant can cancel an item of another merchant',
    tests: [CANCELLING],
    edits: [
      {
        file: 'src/cancelling/cancel-item.ts',
        find: `const isOwn = trade.merchant_id === merchantId && trade.source === source;`,
        replace: `const isOwn = trade.source === source;`,
      },
      {
        file: 'src/cancellations/find-and-record.ts',
        find: `where merchant_id = \${merchantId} and source = \${source}`,
        replace: `where source = \${source}`,
      },
    ],
  },
];
