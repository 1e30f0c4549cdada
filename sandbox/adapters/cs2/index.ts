import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Dispatcher } from 'undici';
import { MINUTE_MS } from '../../../src/core/clock.ts';
import { CS2 } from '../../../src/core/games.ts';
import { packListingId, unpackListingId } from '../../../src/core/ids.ts';
import { readPages } from '../../../src/suppliers/feed.ts';
import type { CancelAbility, PushAbility, Supplier } from '../../../src/suppliers/supplier.ts';
import { readBuy, readCancel, readFeed, readFind, readHintBody, readListing } from './answers.ts';
import { Cs2Client } from './client.ts';

export interface SandboxCs2Options {
  readonly baseUrl: string;
  readonly apiKey: string;
  /** Shared with the marketplace; its pushes are signed with it. */
  readonly hintSecret: string;
  readonly timeoutMs: number;
  readonly dispatcher?: Dispatcher | undefined;
}

/** Part of every public listing id of this supplier. Never change it: ids that merchants have would stop working. */
const SUPPLIER_CODE = 1;

const FIND_MAX = 100;
const LOOKUP_DELAY_MS = MINUTE_MS;
const CANCEL_MIN_AGE_MS = 30 * MINUTE_MS;
const SIGNATURE_HEADER = 'x-market-signature';

/** The sandbox's CS2 marketplace: it accepts a cancel at once and settles it later; statuses are pushed and polled. */
export function createSandboxCs2(options: SandboxCs2Options): Supplier {
  const client = new Cs2Client(options);
  return {
    id: 'sandbox-cs2',
    games: [CS2],
    findMax: FIND_MAX,
    lookupDelayMs: LOOKUP_DELAY_MS,
    repeats: 'refused',
    settles: 'told',
    listingIds: {
      toPublic: (nativeId) => packListingId(SUPPLIER_CODE, nativeId),
      toNative: (publicId) => unpackListingId(SUPPLIER_CODE, publicId),
    },
    cancel: cancelAbility(client),
    push: pushAbility(options.hintSecret),
    connection: null,
    balance: null,
    history: null,
    checkTradeUrl: null,
    listings: null,
    listing: async (nativeListingId) => readListing(await client.listing(nativeListingId)),
    feed: (cursor, signal) => readPages(cursor, async (at) => readFeed(await client.feed(at, signal))),
    buy: async (order) => readBuy(await client.buy(order)),
    find: async (references) => readFind(await client.find(references)),
    close: () => client.close(),
  };
}

function cancelAbility(client: Cs2Client): CancelAbility {
  return {
    mode: 'async',
    minAgeMs: CANCEL_MIN_AGE_MS,
    request: async ({ orderId }) => readCancel(await client.cancel(orderId)),
  };
}

function pushAbility(secret: string): PushAbility {
  return {
    readHint: (headers, body) => {
      const signature = headers[SIGNATURE_HEADER];
      if (typeof signature !== 'string' || !isAuthentic(signature, body, secret)) return null;
      const reference = readHintBody(body);
      return reference === null ? null : [reference];
    },
  };
}

function isAuthentic(signature: string, body: string, secret: string): boolean {
  const expected = createHmac('sha256', secret).update(body).digest();
  const given = Buffer.from(signature, 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
