import { MINUTE_MS } from '../../src/core/clock.ts';
import { CS2 } from '../../src/core/games.ts';
import { addressSetting, apiKeySetting, type SupplierKind } from '../../src/suppliers/kind.ts';
import { readBalance, readBuy, readFeed, readFind, readListing } from './answers.ts';
import { ExampleClient } from './client.ts';
import { listingIds } from './map.ts';

const FIND_MAX = 50;
/** How soon a look-up shows a new order is not known. */
const LOOKUP_DELAY_MS = MINUTE_MS;

/** The least that an adapter needs. Copy it: docs/internals/adding-a-supplier.md says how. */
export const example: SupplierKind = {
  name: 'example',
  games: [CS2],
  settings: [apiKeySetting(), addressSetting('baseUrl', 'https://api.example.com', 'The address of the API.')],
  create: ({ id, settings, timeoutMs }) => {
    const { apiKey = '', baseUrl = '' } = settings;
    const client = new ExampleClient(baseUrl, apiKey, timeoutMs);
    return {
      id,
      games: [CS2],
      findMax: FIND_MAX,
      lookupDelayMs: LOOKUP_DELAY_MS,
      // It refuses a second purchase under one reference.
      repeats: 'refused',
      settles: 'told',
      listingIds,
      listings: null,
      cancel: null,
      push: null,
      connection: null,
      balance: async () => readBalance(await client.balance()),
      history: null,
      checkTradeUrl: null,
      listing: async (nativeId) => readListing(await client.listing(nativeId)),
      feed: async (_cursor, signal) => readFeed(await client.listings(signal)),
      buy: async (order) => readBuy(await client.buy(order)),
      find: async (references) => {
        // The marketplace leaves out what is too much, and a reference that it leaves out would look unused.
        if (references.length > FIND_MAX) return { outcome: 'unknown', cause: `more than ${FIND_MAX} references` };
        return readFind(await client.orders(references));
      },
      close: () => client.close(),
    };
  },
};
