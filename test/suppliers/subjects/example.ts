import { example } from '../../../examples/adapter/index.ts';
import {
  EXAMPLE_BALANCE_MILLS,
  EXAMPLE_KEY,
  EXAMPLE_KEY_POOR,
  exampleBehaviours,
  startExampleMarketplace,
} from '../../../examples/adapter/marketplace.ts';
import { MINUTE_MS } from '../../../src/core/clock.ts';
import { accountOf, type Market } from '../harness.ts';
import type { Subject } from './subject.ts';

const keys: Readonly<Record<string, string>> = { wrong: 'wrong', poor: EXAMPLE_KEY_POOR };

export const exampleSubject: Subject = {
  name: 'example',
  openMarket,
  open: (url, { timeoutMs, account = '' }) =>
    example.create(accountOf(example, timeoutMs, { apiKey: keys[account] ?? EXAMPLE_KEY, baseUrl: url })),
  says: {
    id: 'example-1',
    findMax: 50,
    lookupDelayMs: MINUTE_MS,
    repeats: 'refused',
    settles: 'told',
    cancelMinAgeMs: null,
    hasPush: false,
  },
  balanceMills: EXAMPLE_BALANCE_MILLS,
  sides: [
    {
      side: 'cs2',
      game: '730',
      behaviours: exampleBehaviours,
      unusedId: '999999999999999999',
      publicId: /^ffff[0-9a-f]{4}-[0-9a-f-]{27}$/,
      delivery: ['waiting', 'offered', 'accepted', 'settled'],
      statuses: [
        ['seller-fails', 5 * MINUTE_MS, { kind: 'failed', error: 'PURCHASE_FAILED' }],
        ['unknown-word', 0, { kind: 'unrecognised', raw: 'teleported' }],
      ],
    },
  ],
  shows: 'listed',
  feed: 'whole',
  accounts: { denied: ['wrong'], poor: 'poor' },
  secrets: [EXAMPLE_KEY],
};

/** The tiny marketplace of the example. An adapter with a front on the simulator has `openMarket: openSimulator`. */
async function openMarket(): Promise<Market> {
  const { books, url, close } = await startExampleMarketplace();
  return {
    url,
    close,
    control: async () => new Response(null, { status: 404 }),
    clock: async () => ({ now: new Date(books.nowMs).toISOString() }),
    pass: async (ms) => {
      books.nowMs += ms;
    },
    facts: async (reference) => {
      const order = books.order(reference);
      if (!order) return {};
      return { outcome: 'made', side: 'cs2', orderId: order.id, buyCalls: order.buyCalls, cancelCalls: 0 };
    },
    testListings: async () =>
      books.testListings.map(({ id, name, behaviour, cents }) => {
        return { side: 'cs2', nativeId: id, marketHashName: name, behaviour, priceMills: cents * 10 };
      }),
  };
}
