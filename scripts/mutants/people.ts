import type { Mutation } from './mutation.ts';

const SIGN_IN = 'test/acceptance/people.security.test.ts';
const PERMISSIONS = 'test/acceptance/operator-permissions.security.test.ts';
const TRADES = 'test/acceptance/operator-trades.test.ts';
const GUARD_FILE = 'src/operator-api/guard.ts';
const SIGN_IN_FILE = 'src/people/sign-in.ts';

/** Faults in who is let in, and in what a person who is signed in may do. */
export const peopleMutations: readonly Mutation[] = [
  {
    name: 'wrong-passwords-lock-nothing',
    fault: 'wrong passwords lock nothing',
    tests: [SIGN_IN],
    edits: [
      {
        file: SIGN_IN_FILE,
        find: `locked_until: lockAfter(now) }`,
        replace: `locked_until: null }`,
      },
    ],
  },
  {
    name: 'code-missing-forgives',
    fault: 'a right password without its code forgets earlier wrong codes',
    tests: [SIGN_IN],
    edits: [
      {
        file: SIGN_IN_FILE,
        find: `failures: sql\`greatest(failures - 1, 0)\`,`,
        replace: `failures: 0,`,
      },
    ],
  },
  {
    name: 'code-counts-twice',
    fault: 'a code of the second factor opens two sessions',
    tests: [SIGN_IN],
    edits: [
      {
        file: 'src/people/second-factor.ts',
        find: `    .where((row) => row.or([row('totp_period', 'is', null), row('totp_period', '<', period)]))\n`,
        replace: ``,
      },
    ],
  },
  {
    name: 'link-used-twice',
    fault: 'a one-time link works for two who use it at once',
    tests: [SIGN_IN],
    edits: [
      {
        file: 'src/people/links.ts',
        find: `    .where('hash', '=', hashToken(token))\n    .where('used_at', 'is', null)\n    .returning('id')`,
        replace: `    .where('hash', '=', hashToken(token))\n    .returning('id')`,
      },
    ],
  },
  {
    name: 'stolen-cookie-survives',
    fault: 'a new password leaves earlier sessions',
    tests: [SIGN_IN],
    edits: [
      {
        file: SIGN_IN_FILE,
        find: `    await endSessions(trx, person.id);\n`,
        replace: ``,
      },
    ],
  },
  {
    name: 'other-sites-are-believed',
    fault: 'a change that a page of another site sends is carried out',
    tests: [SIGN_IN],
    edits: [
      {
        file: GUARD_FILE,
        find: `  if (SAFE_METHODS.has(method)) return;`,
        replace: `  if (method) return;`,
      },
    ],
  },
  {
    name: 'members-reach-other-merchants',
    fault: 'a member reaches another merchant by a path that names it',
    tests: [PERMISSIONS],
    edits: [
      {
        file: GUARD_FILE,
        find: `if (own !== null && named !== undefined && named !== own)`,
        replace: `if (own === '' && named !== undefined && named !== own)`,
      },
    ],
  },
  {
    name: 'members-list-all-trades',
    fault: 'a member gets the list that was asked for, whosever it is',
    tests: [TRADES],
    edits: [
      {
        file: GUARD_FILE,
        find: `return personOf(request).person.merchant_id ?? wanted;`,
        replace: `return wanted ?? personOf(request).person.merchant_id ?? undefined;`,
      },
    ],
  },
  {
    name: 'every-role-may',
    fault: 'the permission that a route needs is not asked for',
    tests: [PERMISSIONS],
    edits: [
      {
        file: GUARD_FILE,
        find: `if (permission !== null && !may.has(permission))`,
        replace: `if (permission === null && may.size === 0)`,
      },
    ],
  },
  {
    name: 'members-see-costs',
    fault: 'a member sees what an item costs the operator',
    tests: [TRADES],
    edits: [{ file: 'src/operator-api/timeline-json.ts', find: `      cost: null,\n`, replace: `` }],
  },
  {
    name: 'lock-lifted-by-another',
    fault: 'a right password without its code ends a lock that others have caused',
    tests: [SIGN_IN],
    edits: [
      {
        file: SIGN_IN_FILE,
        find: `case when failures = \${failures} then null else locked_until end`,
        replace: `case when failures < \${failures} then locked_until else null end`,
      },
    ],
  },
];
