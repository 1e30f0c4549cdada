import type { Mutation } from './mutation.ts';

const GUARD = 'test/callbacks/guard.test.ts';
const CALLBACK_URL = 'test/acceptance/callback-url.test.ts';

/** Faults in what callbacks may reach, and in setting a URL. */
export const callbackUrlMutations: readonly Mutation[] = [
  {
    name: 'callbacks-unguarded',
    fault: 'callbacks are connected by the library, to whatever address a name has',
    tests: [GUARD],
    edits: [
      {
        file: 'src/callbacks/post.ts',
        find: `import { type Dispatcher, request } from 'undici';`,
        replace: `import { Agent, type Dispatcher, request } from 'undici';`,
      },
      {
        file: 'src/callbacks/post.ts',
        find: `new NodeDispatcher(guardedConnector(readAllowList(config.callbackAllow), resolve))`,
        replace: `new Agent()`,
      },
    ],
  },
  {
    name: 'guard-first-address-only',
    fault: 'only the first address of a name is checked',
    tests: [GUARD],
    edits: [
      {
        file: 'src/net/guard.ts',
        find: `allow.isEverything ? [] : [first, ...others]`,
        replace: `allow.isEverything ? [] : [first]`,
      },
    ],
  },
  {
    name: 'guard-names-only',
    fault: 'a URL that has an address instead of a name is not checked, as it is never looked up',
    tests: [GUARD],
    edits: [{ file: 'src/net/guard.ts', find: `if (isIP(host) !== 0) {`, replace: `if (host === '') {` }],
  },
  {
    name: 'guard-no-unwrapping',
    fault: 'an IPv4 address inside an IPv6 address is not looked at',
    tests: [GUARD],
    edits: [
      {
        file: 'src/net/address-kinds.ts',
        find: `if (isIP(plain) !== 6) return plain;`,
        replace: `if (isIP(plain) !== 5) return plain;`,
      },
    ],
  },
  {
    name: 'guard-looks-up-twice',
    fault: 'a name is checked, and then looked up again to connect: by then it can lead elsewhere',
    tests: [GUARD],
    edits: [
      {
        file: 'src/net/guard.ts',
        find: `  return [first, ...others];
}

function refusalOfAddress`,
        replace: `  const [again = first] = await (isListed ? asThisMachine : resolve)(host);
  return [again];
}

function refusalOfAddress`,
      },
    ],
  },
  {
    name: 'listed-name-opens-metadata',
    fault: 'a host name on the allow-list opens every address that it leads to',
    tests: [GUARD],
    edits: [
      {
        file: 'src/net/allow-list.ts',
        find: `(isNamed(host) && openedByName.has(kindOf(address)))`,
        replace: `isNamed(host)`,
      },
    ],
  },
  {
    name: 'callback-url-saved-first',
    fault: 'a URL is saved before it is tested',
    tests: [CALLBACK_URL],
    edits: [
      {
        file: 'src/callbacks/endpoint.ts',
        find: `  await testCallbackUrl(deps, url);
  return saveCallbackUrl(deps, merchantId, url, strictApproval);`,
        replace: `  const saved = await saveCallbackUrl(deps, merchantId, url, strictApproval);
  await testCallbackUrl(deps, url);
  return saved;`,
      },
    ],
  },
  {
    name: 'callback-url-stays-off',
    fault: 'setting a URL does not switch callbacks on again',
    tests: [CALLBACK_URL],
    edits: [{ file: 'src/callbacks/endpoint.ts', find: `    await switchOn(deps, trx, merchantId);\n`, replace: `` }],
  },
  {
    name: 'callback-url-of-everybody',
    fault: 'a URL is set for all merchants',
    tests: [CALLBACK_URL],
    edits: [
      {
        file: 'src/callbacks/endpoint.ts',
        find: `callback_failing_since: null, ...mode })\n      .where('id', '=', merchantId)\n`,
        replace: `callback_failing_since: null, ...mode })\n`,
      },
    ],
  },
];
