import type { Mutation } from './mutation.ts';

const BAD_INPUT = 'test/acceptance/bad-input.test.ts';
const PROXIES = 'test/acceptance/proxies.test.ts';
const STRANGERS = 'test/acceptance/strangers.security.test.ts';
const LOGS = 'test/acceptance/logs.security.test.ts';
const ORIGINS = 'test/acceptance/client-origins.test.ts';
const ADDRESS_FILE = 'src/net/client-address.ts';
const AUTHENTICATION_FILE = 'src/auth/authentication.ts';

/** Faults in what callers without a key, browsers and bodies can do. */
export const strangerMutations: readonly Mutation[] = [
  {
    name: 'all-faults-of-a-body',
    fault: 'every fault of a large body is collected while everybody waits',
    tests: [BAD_INPUT],
    edits: [
      {
        file: 'src/http/validation.ts',
        find: `if (!hasAtMost(VALUES_WITH_ALL_ERRORS_MAX, data)) return { error: first };`,
        replace: ``,
      },
    ],
  },
  {
    name: 'leftmost-address',
    fault: 'the entry of X-Forwarded-For counts that the caller wrote',
    tests: [PROXIES],
    edits: [{ file: ADDRESS_FILE, find: `.slice(-PROXIES_MAX).reverse();`, replace: `.slice(-PROXIES_MAX);` }],
  },
  {
    name: 'unknown-address-is-passed-over',
    fault: 'an entry that names no address lets the next one count, which the caller wrote',
    tests: [PROXIES],
    edits: [
      {
        file: ADDRESS_FILE,
        find: `const chain = [peer, ...entries.map(readAddress)];`,
        replace: `const chain = [peer, ...entries.map(readAddress).filter((each) => each !== null)];`,
      },
    ],
  },
  {
    name: 'strangers-are-not-counted',
    fault: 'one address may try keys without end',
    tests: [STRANGERS],
    edits: [{ file: AUTHENTICATION_FILE, find: `this.#failures.add(limitedNetwork(address));`, replace: `{}` }],
  },
  {
    name: 'strangers-lock-out-keys',
    fault: 'strangers at a merchant’s address keep its key out',
    tests: [STRANGERS],
    edits: [
      {
        file: AUTHENTICATION_FILE,
        find: `if (waitSeconds > 0 && !(await isKnown()))`,
        replace: `if (waitSeconds > 0)`,
      },
    ],
  },
  {
    name: 'strangers-lock-out-sockets',
    fault: 'strangers at a merchant’s address keep its sockets out of the live feed',
    tests: [STRANGERS],
    edits: [
      {
        file: 'src/live/feed.ts',
        find: `return known === null ? network :`,
        replace: `if (network) return network; return`,
      },
    ],
  },
  {
    name: 'slow-requests-linger',
    fault: 'a slow request is noticed half a minute after its time is up',
    tests: [STRANGERS],
    edits: [
      { file: 'src/gateway/app.ts', find: `connectionsCheckingInterval: TIMEOUTS_CHECKED_EVERY_MS,`, replace: `` },
    ],
  },
  {
    name: 'operators-routes-everywhere',
    fault: 'metrics are on the merchants’ port although they have a listener of their own',
    tests: [STRANGERS],
    edits: [
      {
        file: 'src/gateway/admin-listener.ts',
        find: `if (SHARED_PATHS.test(url)) return;`,
        replace: `if (url) return;`,
      },
    ],
  },
  {
    name: 'unknown-paths-in-the-log',
    fault: 'a path that no route has is logged, with the secret that is in it',
    tests: [LOGS],
    edits: [
      {
        file: 'src/gateway/measure-requests.ts',
        find: `if (request.is404) return { route: 'none' };`,
        replace: `if (request.is404) return { route: request.url };`,
      },
    ],
  },
  {
    name: 'any-page-may-read',
    fault: 'a page of any origin may read what a client is answered',
    tests: [ORIGINS],
    edits: [
      {
        file: 'src/http/cross-origin.ts',
        find: `if (origin === undefined || !origins.includes(origin)) return;`,
        replace: `if (origin === undefined) return;`,
      },
    ],
  },
];
