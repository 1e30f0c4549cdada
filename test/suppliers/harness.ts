import { randomUUID } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from 'vitest';
import { openFront } from '../../sandbox/front-accounts.ts';
import type { Front } from '../../sandbox/marketplace/orders.ts';
import { type SandboxPlugin, startMarketplace } from '../../sandbox/marketplace/server.ts';
import { referenceOf } from '../../src/core/ids.ts';
import { toMills } from '../../src/core/money.ts';
import type { SupplierAccount, SupplierKind } from '../../src/suppliers/kind.ts';
import type { BuyOrder, FeedAnswer, Listing, OrderStatus, Supplier } from '../../src/suppliers/supplier.ts';

export type Side = 'cs2' | 'rust';

/** A test listing of any marketplace that adapters are tested with. */
export interface MarketListing {
  side: Side;
  nativeId: string;
  marketHashName: string;
  behaviour: string;
  priceMills: number;
}

export interface TestListing extends MarketListing {
  description: string;
  /** Where it is sold, under the id and at the price of each front. */
  offers: { front: string; id: string; priceMills: number }[];
}

/** What the marketplace says about a reference on its control route. */
export interface OrderFacts {
  outcome: string;
  side: Side;
  orderId: string | null;
  phase?: string | null;
  buyCalls: number;
  cancelCalls: number;
}

export const HINT_SECRET = 'a secret shared with the marketplace';
export const TRADE_URL = 'https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCd_123';
const PATIENCE_MS = 10_000;
const LISTINGS_PER_NAME = 20;
/** For calls that are never answered. */
export const IMPATIENCE_MS = 150;

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Runs when the test is over, last come first served. */
export function afterwards(cleanup: () => Promise<void>): void {
  cleanups.push(cleanup);
}

/** A marketplace to test adapters with, which the tests of a subject share. */
export interface Market {
  readonly url: string;
  /** Calls a route that only the simulator has. */
  control(method: string, path: string, body?: unknown): Promise<Response>;
  /** Its clock goes only forward. */
  clock(): Promise<{ now: string }>;
  pass(ms: number): Promise<void>;
  /** What its books say about a reference; nothing of one that it has never heard of. */
  facts(reference: string): Promise<Partial<OrderFacts>>;
  /** Listings that are never sold out. At least one other is on sale beside them. */
  testListings(): Promise<MarketListing[]>;
  close(): Promise<void>;
}

/** A marketplace of this test alone, with its clock in the test's hands. */
export async function openMarketplace(file = ':memory:') {
  const market = await openSimulator(file);
  afterwards(market.close);
  return market;
}

/** The sandbox's marketplace, for as long as the caller wants it. */
export async function openSimulator(file = ':memory:', plugins: readonly SandboxPlugin[] = []) {
  const server = await startMarketplace({ port: 0, file, plugins });
  let closed = false;
  const close = async () => {
    if (!closed) await server.close();
    closed = true;
  };
  return { ...controlOf(server.url), url: server.url, close } satisfies Market;
}

function controlOf(url: string) {
  const control = async (method: string, path: string, body?: unknown) => {
    const headers = { 'content-type': 'application/json' };
    return fetch(`${url}/control${path}`, {
      method,
      ...(body === undefined ? {} : { headers, body: JSON.stringify(body) }),
    });
  };
  const read = async <T>(path: string): Promise<T> => {
    // The control routes are ours; a wrong shape shows in the assertions on it.
    return (await (await control('GET', path)).json()) as T;
  };
  const clock = () => read<{ now: string; offsetMs: number }>('/clock');
  const testListings = () => read<TestListing[]>('/listings');
  const testListing = async (side: Side, behaviour: string): Promise<TestListing> => {
    const found = (await testListings()).find((each) => each.side === side && each.behaviour === behaviour);
    if (!found) throw new Error(`no ${side} test listing ${behaviour}`);
    return found;
  };
  return {
    control,
    clock,
    /** Moves the marketplace's clock on. */
    pass: async (ms: number) => {
      await control('PUT', '/clock', { offsetMs: (await clock()).offsetMs + ms });
    },
    facts: (reference: string) => read<OrderFacts>(`/orders/${reference}`),
    testListings,
    testListing,
    /** A test listing as the adapter of `supplierAt` sells it. */
    offered: async (side: Side, behaviour: string): Promise<TestListing> => {
      const listing = await testListing(side, behaviour);
      const offer = listing.offers.find(({ front }) => front === frontOf[side]);
      if (!offer) throw new Error(`${frontOf[side]} does not sell what ${behaviour}`);
      return { ...listing, nativeId: side === 'rust' ? `rust:${offer.id}` : offer.id, priceMills: offer.priceMills };
    },
  };
}

const frontOf = { cs2: 'cs2dt', rust: 'waxpeer' } as const satisfies Record<Side, Front>;

/** An adapter against an address; it is closed with the test. */
export function supplierAt(side: Side, url: string, timeoutMs = PATIENCE_MS): Supplier {
  const supplier = openFront(frontOf[side], { marketplaceUrl: url, callbackSecret: HINT_SECRET, timeoutMs });
  afterwards(() => supplier.close());
  return supplier;
}

/** An account with the settings that differ from the defaults, as an operator would have set them. */
export function accountOf(
  kind: SupplierKind,
  timeoutMs: number,
  differs: Readonly<Record<string, string>>,
): SupplierAccount {
  const defaults = kind.settings.flatMap(({ name, default: usual }) => (usual === undefined ? [] : [[name, usual]]));
  const settings = { ...Object.fromEntries(defaults), ...differs };
  return { id: `${kind.name}-1`, settings, timeoutMs, listingsPerName: LISTINGS_PER_NAME };
}

/** A server in the marketplace's place, for answers that it never gives. */
export async function serverThat(answers: RequestListener): Promise<string> {
  const server = createServer(answers);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  afterwards(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  // A server that listens on a port has an address object.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** An address where nothing listens. */
export async function deadAddress(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on a port has an address object.
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

export function newReference(): string {
  return referenceOf(randomUUID());
}

export function orderFor(
  testListing: { nativeId: string; priceMills: number | bigint },
  changes: Partial<BuyOrder> = {},
): BuyOrder {
  return {
    reference: newReference(),
    nativeListingId: testListing.nativeId,
    tradeUrl: TRADE_URL,
    ceilingMills: toMills(BigInt(testListing.priceMills)),
    ...changes,
  };
}

export type ReadFeed = Extract<FeedAnswer, { outcome: 'read' }>;

/** Reads a feed and insists on it. */
export async function fed(supplier: Supplier, cursor: string | null = null): Promise<ReadFeed> {
  const answer = await supplier.feed(cursor);
  if (answer.outcome !== 'read') throw new Error(`not read: ${answer.cause}`);
  return answer;
}

/** A listing of the ordinary market; without a request, some one. */
export async function ordinaryListing(supplier: Supplier, isWanted = (_: Listing) => true): Promise<Listing> {
  // test listings have an id range of their own.
  const found = (await fed(supplier)).listings.find((each) => /^(1731|rust:253)/.test(each.nativeId) && isWanted(each));
  if (!found) throw new Error('the ordinary market has no such listing');
  return found;
}

/** Prices move: this buys whatever it costs by now. */
export function orderAtAnyPrice({ nativeId, priceMills }: Listing): BuyOrder {
  return orderFor({ nativeId, priceMills: priceMills * 2n });
}

/** Buys and insists on it. */
export async function bought(supplier: Supplier, order: BuyOrder): Promise<{ reference: string; orderId: string }> {
  const answer = await supplier.buy(order);
  if (answer.outcome !== 'bought') throw new Error(`not bought: ${JSON.stringify(answer)}`);
  return { reference: order.reference, orderId: answer.orderId };
}

/** The status that a look-up finds for a reference, or null when it finds none. */
export async function statusFor(supplier: Supplier, reference: string): Promise<OrderStatus | null> {
  const answer = await supplier.find([reference]);
  if (answer.outcome !== 'read') throw new Error(`not read: ${answer.cause}`);
  return answer.found[0]?.status ?? null;
}

export async function statusKindFor(supplier: Supplier, reference: string): Promise<OrderStatus['kind'] | null> {
  return (await statusFor(supplier, reference))?.kind ?? null;
}
