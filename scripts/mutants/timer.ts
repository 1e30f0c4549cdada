import type { Mutation } from './mutation.ts';

const AUTO_CANCEL = 'test/acceptance/auto-cancel.test.ts';
const WHOLE = 'test/acceptance/whole-trade-cancel.test.ts';

/** Faults in cancelling by time and in cancelling whole trades. */
export const timerMutations: readonly Mutation[] = [
  {
    name: 'timer-cancels-what-was-sent',
    fault: 'the timer cancels items whose offer is out, or that were accepted',
    tests: [AUTO_CANCEL],
    edits: [
      {
        file: 'src/trades/move.ts',
        find: `case when step.to_state in ('initiated', 'pending') then item.auto_cancel_due_at end`,
        replace: `item.auto_cancel_due_at`,
      },
      {
        file: 'src/cancellations/fast-path.ts',
        find: `or item.state = any(\${unsentItemStates}))`,
        replace: `or item.state = any(\${openItemStates}))`,
      },
    ],
  },
  {
    name: 'sent-keeps-its-time',
    fault: 'an item that was sent still has a time at which the timer comes',
    tests: [AUTO_CANCEL],
    edits: [
      {
        file: 'src/trades/move.ts',
        find: `case when step.to_state in ('initiated', 'pending') then item.auto_cancel_due_at end`,
        replace: `item.auto_cancel_due_at`,
      },
    ],
  },
  {
    name: 'timer-asks-on-when-sent',
    fault: 'a request of the timer that waits is asked for although the item was sent meanwhile',
    tests: [AUTO_CANCEL],
    edits: [
      {
        file: 'src/cancelling/engine.ts',
        find: `if (now.actor === TIMER && (await`,
        replace: `if (now.actor === '' && now.actor === TIMER && (await`,
      },
    ],
  },
  {
    name: 'timer-cancels-the-sent',
    fault: 'the timer records a request that waits for an item that was sent in that moment',
    tests: [AUTO_CANCEL],
    edits: [
      {
        file: 'src/cancelling/trade-lock.ts',
        find: `isTerminal(item.state) || isLeftAlone)`,
        replace: `isTerminal(item.state) || (isLeftAlone && isTerminal(item.state)))`,
      },
    ],
  },
  {
    name: 'timer-a-minute-early',
    fault: 'items are cancelled a minute before the time that was asked for',
    tests: [AUTO_CANCEL],
    edits: [
      {
        file: 'src/buying/auto-cancel.ts',
        find: `later(createdAt, afterMin * MINUTE_MS)`,
        replace: `later(createdAt, (afterMin - 1) * MINUTE_MS)`,
      },
    ],
  },
  {
    name: 'timer-on-rust',
    fault: 'a Rust trade gets a time at which nothing can be cancelled',
    tests: [AUTO_CANCEL],
    edits: [
      {
        file: 'src/buying/auto-cancel.ts',
        find: `game === CS2 && afterMin`,
        replace: `game !== '' && afterMin`,
      },
    ],
  },
  {
    name: 'too-early-is-final',
    fault: 'the timer gives up an item whose order is a moment younger than the item',
    tests: [AUTO_CANCEL],
    edits: [
      {
        file: 'src/cancelling/timer.ts',
        find: `if (answer.outcome === 'unknown' || answer.reason === 'too_early') return 'again';`,
        replace: `if (answer.outcome === 'unknown') return 'again';`,
      },
    ],
  },
  {
    name: 'gate-ends-the-timer',
    fault: 'the timer gives up an item that still waits for its gate',
    tests: [AUTO_CANCEL],
    edits: [
      {
        file: 'src/cancellations/policy.ts',
        find: `return state !== 'initiated' && state !== 'pending';`,
        replace: `return state !== 'pending';`,
      },
    ],
  },
  {
    name: 'taken-up-without-lease',
    fault: 'an item that the timer has taken up is forgotten, should its process die',
    tests: [AUTO_CANCEL],
    edits: [
      {
        file: 'src/cancelling/timer.ts',
        find: `until: leaseEnd(now, deps.config.supplierTimeoutMs),
    take: TIMER_BATCH`,
        replace: `until: sql<Date>\`null\`,
    take: TIMER_BATCH`,
      },
    ],
  },
  {
    name: 'whole-cancel-calls-unknown-done',
    fault: 'an item of a whole trade of which nobody knows is answered as cancelled',
    tests: [WHOLE],
    edits: [
      {
        file: 'src/cancelling/cancel-trade.ts',
        find: `return { ...named, status: 'failed', reason: reasonOf(deps, item, error) };`,
        replace: `const reason = reasonOf(deps, item, error);
    return reason === 'SERVICE_UNAVAILABLE' ? { ...named, status: 'cancelled' } : { ...named, status: 'failed', reason };`,
      },
    ],
  },
  {
    name: 'whole-cancel-of-others',
    fault: 'a whole trade of somebody else is not refused as such',
    tests: [WHOLE],
    edits: [
      {
        file: 'src/cancelling/cancel-trade.ts',
        find: `if (!isOwn(trade, canceller)) throw errors.of('FORBIDDEN');`,
        replace: `if (!isOwn(trade, canceller) && trade.id === '') throw errors.of('FORBIDDEN');`,
      },
    ],
  },
];
