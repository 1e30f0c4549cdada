import type { Mutation } from './mutation.ts';

const TOKENS = 'test/acceptance/client-tokens.security.test.ts';
const TRADING = 'test/acceptance/client-trading.test.ts';
const REFERENCES = 'test/acceptance/client-references.test.ts';
const LIMITS = 'test/acceptance/client-limits.test.ts';
const TOKEN_FILE = 'src/auth/client-token.ts';

/** Faults in who a client is, and in what is its own. */
export const clientMutations: readonly Mutation[] = [
  {
    name: 'token-for-ever',
    fault: 'a client’s token may hold for longer than a day',
    tests: [TOKENS],
    edits: [{ file: TOKEN_FILE, find: `if (exp - iat > TOKEN_TTL_S || iat`, replace: `if (iat` }],
  },
  {
    name: 'token-of-another-account',
    fault: 'a token may name one Steam account and the trade URL of another',
    tests: [TOKENS],
    edits: [{ file: TOKEN_FILE, find: `if (steamIdOf(client.tradeUrl) !== client.steamID) return null;`, replace: `` }],
  },
  {
    name: 'token-with-any-header',
    fault: 'a token’s header may hold what it likes',
    tests: [TOKENS],
    edits: [{ file: TOKEN_FILE, find: `{ additionalProperties: false },`, replace: `{},` }],
  },
  {
    name: 'rotated-secret-is-remembered',
    fault: 'a replaced secret goes on to open the routes of clients',
    tests: [TOKENS],
    edits: [{ file: 'src/merchants/rotate-secret.ts', find: `await bumpAuthVersion(trx);`, replace: `` }],
  },
  {
    name: 'previous-secret-for-ever',
    fault: 'the secret before is good for clients’ tokens without end',
    tests: [TOKENS],
    edits: [
      {
        file: 'src/auth/authenticate-client.ts',
        find: `previous.filter(({ until }) => until > now)`,
        replace: `previous.filter(({ until }) => until && now)`,
      },
    ],
  },
  {
    name: 'clients-see-each-other',
    fault: 'a client sees the trades of all clients of its merchant',
    tests: [TRADING],
    edits: [
      {
        file: 'src/trades/queries.ts',
        find: `(source = 'client' and steam_id = \${steamId})`,
        replace: `(source = 'client' and \${steamId}::text is not null)`,
      },
    ],
  },
  {
    name: 'request-of-another-client',
    fault: 'a request is recorded for the item of another client, who is told that it is forbidden',
    tests: [TRADING],
    edits: [
      {
        file: 'src/cancellations/fast-path.ts',
        find: `and (given.steam_id is null or trade.steam_id = given.steam_id)\n`,
        replace: `\n`,
      },
    ],
  },
  {
    name: 'client-takes-a-name',
    fault: 'a client uses up an externalId of its merchant, and of all other clients',
    tests: [REFERENCES],
    edits: [
      {
        file: 'src/trades/queries.ts',
        find: `sql\`(case when source = 'client' then steam_id else '' end)\``,
        replace: `sql\`(left(source, 0))\``,
      },
      {
        file: 'migrations/0036_portable_statements.sql',
        find: `(case when source = 'client' then steam_id else '' end))`,
        replace: `(left(source, 0)))`,
      },
    ],
  },
  {
    name: 'client-found-before-merchant',
    fault: 'a merchant that looks up its own trade gets an older one of a client with the same externalId',
    tests: [REFERENCES],
    edits: [{ file: 'src/trades/queries.ts', find: `.orderBy(sql\`source = 'self'\`, 'desc')`, replace: `` }],
  },
  {
    name: 'client-uses-up-all',
    fault: 'one client may use up what all clients of its merchant may ask for',
    tests: [LIMITS, 'test/unit/client-share.test.ts'],
    edits: [
      {
        file: 'src/auth/rate-limits.ts',
        find: `if (percent >= 100) return limit;`,
        replace: `if (percent > 0) return limit;`,
      },
    ],
  },
  {
    name: 'limit-of-clients-checked-apart',
    fault: 'two withdrawals at once pass a limit of clients together',
    tests: [LIMITS],
    edits: [
      {
        file: 'src/clients/usage.ts',
        find: `in_flight_mills = usage.in_flight_mills + excluded.in_flight_mills,`,
        replace: `in_flight_mills = excluded.in_flight_mills,`,
      },
    ],
  },
  {
    name: 'usage-of-clients-never-falls',
    fault: 'what comes back, or is completed, goes on to count as under way for a client',
    tests: [LIMITS],
    edits: [
      {
        file: 'src/trades/move.ts',
        find: `await followClientMoney(trx, trade, {`,
        replace: `await followClientMoney(trx, { ...trade, source: 'self' }, {`,
      },
    ],
  },
  {
    name: 'merchant-loosens-limits',
    fault: 'a merchant can set higher limits for its clients than the operator allows',
    tests: [LIMITS],
    edits: [{ file: 'src/clients/limits.ts', find: `return a < b ? a : b;`, replace: `return b;` }],
  },
];
