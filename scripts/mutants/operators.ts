import type { Mutation } from './mutation.ts';

const TRAIL = 'test/cli/audit.test.ts';
const REQUESTS = 'test/cli/wallet-requests.test.ts';
const TRAIL_FILE = 'src/operators/trail.ts';
const REQUESTS_FILE = 'src/wallets/funding-requests.ts';

/** Faults in the record of what operators did, and in what one of them may do alone. */
export const operatorMutations: readonly Mutation[] = [
  {
    name: 'entry-can-be-changed',
    fault: 'the database lets an entry of the audit trail be changed',
    tests: [TRAIL],
    edits: [
      {
        file: 'migrations/0030_audit_trail.sql',
        find: `create trigger audit_entry_stays before update or delete on audit_entry
  for each row execute function audit_entries_stay();`,
        replace: ``,
      },
    ],
  },
  {
    name: 'text-without-digest',
    fault: 'the text of an entry is not compared with its digest',
    tests: [TRAIL],
    edits: [{ file: TRAIL_FILE, find: `if (digest !== digestOf(before.digest, body))`, replace: `if (digest === '')` }],
  },
  {
    name: 'columns-unlike-text',
    fault: 'the columns of an entry are not compared with its text',
    tests: [TRAIL],
    edits: [{ file: TRAIL_FILE, find: `    text.actor === entry.actor &&\n`, replace: `` }],
  },
  {
    name: 'end-of-trail-cut-off',
    fault: 'a trail whose last entries are missing is called whole',
    tests: [TRAIL],
    edits: [
      {
        file: TRAIL_FILE,
        find: `head !== undefined && head.number <= end.number`,
        replace: `head !== undefined`,
      },
    ],
  },
  {
    name: 'secret-in-trail',
    fault: 'the trail has the stored form of secrets',
    tests: [TRAIL],
    edits: [{ file: 'src/operators/subjects.ts', find: `/sealed|hash/`, replace: `/^nothing$/` }],
  },
  {
    name: 'own-request-approved',
    fault: 'an operator approves what the same operator has asked for',
    tests: [REQUESTS],
    edits: [
      {
        file: REQUESTS_FILE,
        find: `if (decision === 'approved' && isSameName(actor, author))`,
        replace: `if (actor === '')`,
      },
    ],
  },
  {
    name: 'request-approved-twice',
    fault: 'a request that was decided is decided again',
    tests: [REQUESTS],
    edits: [{ file: REQUESTS_FILE, find: `if (before !== null) throw`, replace: `if (before === actor) throw` }],
  },
  {
    name: 'limit-lifted-alone',
    fault: 'one operator lifts the limit of what one operator may do',
    tests: [REQUESTS],
    edits: [
      {
        file: REQUESTS_FILE,
        find: `before !== null && (aboveMills === null || aboveMills > before)`,
        replace: `false`,
      },
    ],
  },
  {
    name: 'above-the-limit-alone',
    fault: 'one operator books more than the limit',
    tests: [REQUESTS],
    edits: [
      {
        file: REQUESTS_FILE,
        find: `if (above !== null && move.amountMills > above) return 'needs_approval';`,
        replace: ``,
      },
    ],
  },
];
