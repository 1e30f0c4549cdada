import type { Mutation } from './mutation.ts';

const CHOICES = 'test/unit/recovery.test.ts';

/** Faults in finding what a database has lost, and in recording it again. */
export const recoveryMutations: readonly Mutation[] = [
  {
    name: 'anybody-invents-a-trade',
    fault: 'A callback that nobody has signed is believed, and its trade is recorded.',
    edits: [
      {
        file: 'src/recovery/told.ts',
        find: 'return report.isRight ? null : report.explanation;',
        replace: 'return report.isRight || report.problem ? null : report.explanation;',
      },
    ],
    tests: ['test/cli/recover.test.ts'],
  },
  {
    name: 'adopts-what-others-bought',
    fault: 'An order that was made without a reference of ours is taken as that of an item.',
    edits: [{ file: 'src/recovery/match.ts', find: 'order.reference !== null && ', replace: '' }],
    tests: [CHOICES],
  },
  {
    name: 'told-as-bought-is-cancelled',
    fault: 'An item that was told as delivered is cancelled, because its order was not found.',
    edits: [{ file: 'src/recovery/choose-orders.ts', find: 'wasBought.has(status)', replace: 'false' }],
    tests: [CHOICES],
  },
  {
    name: 'unread-orders-do-not-exist',
    fault: 'An item is cancelled although not all orders of its marketplace could be read.',
    edits: [
      { file: 'src/recovery/choose-orders.ts', find: 'if (unread !== undefined)', replace: "if (unread === '')" },
    ],
    tests: [CHOICES],
  },
  {
    name: 'closed-for-ever',
    fault: 'A closed order is never named again, whatever the marketplace has charged for it since.',
    edits: [
      {
        file: 'src/reconciliation/closed-orders.ts',
        find: 'row === undefined || row.cost_mills !== costMills',
        replace: 'row === undefined',
      },
    ],
    tests: [CHOICES],
  },
];
