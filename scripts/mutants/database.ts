import type { Mutation } from './mutation.ts';

const CONNECTIONS = 'test/db/connect.test.ts';
const FAILOVER = 'test/db/failover.test.ts';

/** Faults in reaching PostgreSQL: a server is trusted that should not be, or a failure is told as what it is not. */
export const databaseMutations: readonly Mutation[] = [
  {
    name: 'use-read-only-server',
    fault: 'a standby is used as if it took writes',
    tests: [CONNECTIONS],
    edits: [
      {
        file: 'src/db/client.ts',
        find: `    if (this.isReadOnly) throw new DatabaseUnavailable(`,
        replace: `    if (this.isReadOnly && false) throw new DatabaseUnavailable(`,
      },
    ],
  },
  {
    name: 'keep-silent-connection',
    fault: 'a connection without an answer is given back to the pool',
    tests: [CONNECTIONS],
    edits: [
      {
        file: 'src/db/client.ts',
        find: `    this.#setup.connections.closeSilent(sentAt);
    this.destroy();`,
        replace: ``,
      },
    ],
  },
  {
    name: 'outage-is-our-fault',
    fault: 'a database that is away is answered 500, as a fault of the gateway',
    tests: [FAILOVER],
    edits: [
      {
        file: 'src/db/failure.ts',
        find: `  if (error instanceof DatabaseUnavailable) return error.outcome;`,
        replace: ``,
      },
    ],
  },
  {
    name: 'lost-commit-is-refusal',
    fault: 'a buy whose commit was not confirmed counts as not made',
    tests: [],
    edits: [
      {
        file: 'src/db/transaction.ts',
        find: `    if (!isUnknown(error)) throw error;
    return resolveUnknownCommit(runner, work, find, error);`,
        replace: `    throw error;`,
      },
      {
        file: 'src/buying/record-trade.ts',
        find: `    if (failedOutcome(error) !== 'unknown') throw error;`,
        replace: `    if (failedOutcome(error) !== null) throw errors.of('MERCHANT_BALANCE_LOW');`,
      },
    ],
  },
  {
    name: 'statement-names-by-counter',
    fault: 'names of prepared statements are counted, so behind a pooler one stands for another',
    tests: [],
    edits: [
      {
        file: 'src/db/prepared.ts',
        find: `    const name = statementName(text);`,
        replace: `    const name = \`skinrail_\${this.#names.size}\`;`,
      },
    ],
  },
];
