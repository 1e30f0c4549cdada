import type { Mutation } from './mutation.ts';

const WEBHOOKS = 'test/unit/webhooks.test.ts';
const VERIFY = 'webhooks/verify.js';

/** Faults of the receiver's side: what a merchant believes, and what it does twice. */
export const receivingMutations: readonly Mutation[] = [
  {
    name: 'any-signature-is-believed',
    fault: 'a callback is taken whatever it is signed with',
    tests: [WEBHOOKS],
    edits: [{ file: VERIFY, find: `timingSafeEqual(given, expected)`, replace: `timingSafeEqual(given, given)` }],
  },
  {
    name: 'old-callback-is-believed',
    fault: 'a callback that somebody kept is taken hours later',
    tests: [WEBHOOKS],
    edits: [{ file: VERIFY, find: `  if (ageMs > toleranceMs) return refused('too_old');\n`, replace: '' }],
  },
  {
    name: 'second-signature-unread',
    fault: 'a receiver that knows only the secret before takes nothing while it rotates',
    tests: [WEBHOOKS],
    edits: [{ file: VERIFY, find: `[fields.get('s'), fields.get('s1')]`, replace: `[fields.get('s')]` }],
  },
  {
    name: 'empty-secret-verifies',
    fault: 'a shop whose setting is empty takes what anybody can sign',
    tests: [WEBHOOKS],
    edits: [{ file: 'webhooks/signature.js', find: `!['', 'undefined',`, replace: `!['undefined',` }],
  },
  {
    name: 'no-time-verifies',
    fault: 'a shop that passes NaN as its time takes what was signed years ago',
    tests: [WEBHOOKS],
    edits: [{ file: VERIFY, find: ` || !Number.isFinite(ms)`, replace: '' }],
  },
  {
    name: 'approval-known-by-message-id',
    fault: 'a question that is asked again is taken for another one',
    tests: [WEBHOOKS],
    edits: [{ file: 'webhooks/kinds.js', find: `kindOf(payload) === 'approval' ?`, replace: `id === '' ?` }],
  },
  {
    name: 'demo-shop-changes-its-mind',
    fault: 'the demo shop answers a question anew that it has decided',
    tests: ['test/acceptance/demo-shop.test.ts'],
    edits: [
      {
        file: 'sandbox/shop-approvals.ts',
        find: `coalesce(answer, excluded.answer)`,
        replace: `excluded.answer`,
      },
    ],
  },
];
