import type { Mutation } from './mutation.ts';

const RETENTION = 'test/acceptance/retention.test.ts';

/** Faults in removing what has passed its time. */
export const retentionMutations: readonly Mutation[] = [
  {
    name: 'carries-nothing-over',
    fault: 'Transfers are removed, and the balances do not say what they moved.',
    edits: [
      {
        file: 'src/retention/archive-trades.ts',
        find: '    await carryOver(trx, merchantId, removed.moved);\n',
        replace: '',
      },
    ],
    tests: [RETENTION],
  },
  {
    name: 'forgets-used-names',
    fault: 'The externalId of an archived trade buys again.',
    edits: [{ file: 'src/trades/archived.ts', find: 'return row !== undefined;', replace: 'return false;' }],
    tests: [RETENTION],
  },
  {
    name: 'removes-what-waits',
    fault: 'A trade is archived before its merchant has been told how it ended.',
    edits: [
      {
        file: 'src/retention/over.ts',
        find: `      and callback.state = 'pending')`,
        replace: `      and callback.state = 'nowhere')`,
      },
    ],
    tests: [RETENTION],
  },
  {
    name: 'removes-a-changed-trade',
    fault: 'What happened to a trade after it was written to the archive is removed with it.',
    edits: [
      {
        file: 'src/retention/over.ts',
        find: 'return trades.every((trade) => marks.get(trade.id) === trade.mark);',
        replace: 'return trades.every((trade) => marks.has(trade.id));',
      },
      { file: 'src/retention/archive-trades.ts', find: '    requireSame(counts, removed.counts);\n', replace: '' },
    ],
    tests: [RETENTION],
  },
  {
    name: 'reads-only-kept-bodies-at-once',
    fault: 'A log whose beginning has no bodies ends there, and later events are never read.',
    edits: [
      {
        file: 'src/callbacks/events.ts',
        find: 'nextCursor: encodePosition(after + WINDOW), hasMore: true',
        replace: 'nextCursor: encodePosition(after), hasMore: false',
      },
    ],
    tests: [RETENTION],
  },
];
