import type { Dispatcher } from 'undici';
import { MINUTE_MS } from '../../../src/core/clock.ts';
import { RUST } from '../../../src/core/games.ts';
import { readPages } from '../../../src/suppliers/feed.ts';
import type { BuyAnswer, BuyOrder, Supplier } from '../../../src/suppliers/supplier.ts';
import { readBuy, readFeed, readFind, readListing } from './answers.ts';
import { type Recipient, RustClient } from './client.ts';

export interface SandboxRustOptions {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly timeoutMs: number;
  readonly dispatcher?: Dispatcher | undefined;
}

const FIND_MAX = 100;
const LOOKUP_DELAY_MS = MINUTE_MS;
const PUBLIC_ID = /^rust:sandbox:(\d{1,20})$/;

/** The sandbox's Rust marketplace: it cannot cancel, and statuses are only polled. */
export function createSandboxRust(options: SandboxRustOptions): Supplier {
  const client = new RustClient(options);
  return {
    id: 'sandbox-rust',
    games: [RUST],
    findMax: FIND_MAX,
    lookupDelayMs: LOOKUP_DELAY_MS,
    // It refuses them as well. This is the marketplace of the sandbox that keeps that to itself, as real ones do.
    repeats: 'unsafe',
    settles: 'told',
    listingIds: {
      toPublic: (nativeId) => `rust:sandbox:${nativeId}`,
      toNative: (publicId) => PUBLIC_ID.exec(publicId)?.[1] ?? null,
    },
    cancel: null,
    push: null,
    connection: null,
    balance: null,
    history: null,
    checkTradeUrl: null,
    listings: null,
    listing: async (nativeListingId) => readListing(await client.listing(nativeListingId)),
    feed: (cursor, signal) => readPages(cursor, async (at) => readFeed(await client.feed(at, signal))),
    buy: (order) => buy(client, order),
    find: async (references) => readFind(await client.find(references)),
    close: () => client.close(),
  };
}

async function buy(client: RustClient, order: BuyOrder): Promise<BuyAnswer> {
  const recipient = recipientOf(order.tradeUrl);
  // Nothing was sent, so nothing was bought.
  if (!recipient) return { outcome: 'refused', reason: 'TRADE_URL_INVALID' };
  return readBuy(await client.buy(order, recipient));
}

/** The marketplace wants the parts of a trade URL, not the URL. */
function recipientOf(tradeUrl: string): Recipient | null {
  const params = URL.parse(tradeUrl)?.searchParams;
  const partner = params?.get('partner');
  const token = params?.get('token');
  return partner && token ? { partner, token } : null;
}
