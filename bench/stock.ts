import { request } from 'undici';
import { testListings } from '../sandbox/marketplace/catalogue.ts';
import { toCents, wireIdOf } from '../sandbox/marketplace/cs2dt-wire.ts';
import { newApiKey, newApiSecret } from '../src/auth/keys.ts';
import { HOUR_MS, later } from '../src/core/clock.ts';
import { newId, referenceOf } from '../src/core/ids.ts';
import { listingIds } from '../src/suppliers/cs2dt/map.ts';

export const SUPPLIER = 'cs2dt';
/** Old enough to be cancelled, and so old that an accepted cancel is read once and then not again during the run. */
const AGE_MS = 12 * HOUR_MS;
const IMPORT_MAX = 10_000;

export interface StockMerchant {
  readonly id: string;
  readonly keyId: string;
  readonly apiKey: string;
  readonly apiSecret: string;
}

/** One open item, bought and waiting for its seller. */
export interface StockItem {
  readonly merchant: StockMerchant;
  readonly tradeId: string;
  readonly itemId: string;
  readonly purchaseId: string;
  readonly reference: string;
  readonly orderId: string;
  /** From 0, within its trade. */
  readonly position: number;
  readonly listing: StockListing;
}

export interface StockListing {
  readonly publicId: string;
  readonly nativeId: string;
  /** Its id in the marketplace's books. */
  readonly bookId: string;
  readonly name: string;
  readonly priceMills: bigint;
}

export interface Stock {
  readonly merchants: readonly StockMerchant[];
  readonly items: readonly StockItem[];
  readonly boughtAt: Date;
  readonly callbackUrl: string | null;
}

export interface StockPlan {
  readonly items: number;
  readonly merchants: number;
  readonly itemsPerTrade: number;
  /** Name of a test listing of the sandbox's marketplace. */
  readonly behaviour: string;
  readonly callbackUrl: string | null;
}

/** Makes up merchants and their items, and has the marketplace believe that it sold them. */
export async function makeStock(marketplaceUrl: string, plan: StockPlan): Promise<Stock> {
  const boughtAt = later(new Date(), -AGE_MS);
  const merchants = Array.from({ length: plan.merchants }, () => ({
    id: newId(boughtAt),
    keyId: newId(boughtAt),
    apiKey: newApiKey(),
    apiSecret: newApiSecret(),
  }));
  const bought = buyAll(plan, merchants, boughtAt);
  const orderIds = await importOrders(marketplaceUrl, bought, boughtAt);
  const items = bought.map((item, index) => ({ ...item, orderId: orderIds[index] ?? '' }));
  return { merchants, items, boughtAt, callbackUrl: plan.callbackUrl };
}

type Bought = Omit<StockItem, 'orderId'>;

function buyAll(plan: StockPlan, merchants: readonly StockMerchant[], boughtAt: Date): Bought[] {
  const copies = copiesOf(plan.behaviour);
  const bought: Bought[] = [];
  for (let trade = 0; bought.length < plan.items; trade++) {
    const merchant = merchants[trade % merchants.length];
    if (!merchant) throw new Error('a stock needs a merchant');
    const tradeId = newId(boughtAt);
    const chosen = copies.slice(0, Math.min(plan.itemsPerTrade, plan.items - bought.length));
    for (const [position, listing] of chosen.entries()) {
      const purchaseId = newId(boughtAt);
      const reference = referenceOf(purchaseId);
      bought.push({ merchant, tradeId, itemId: newId(boughtAt), purchaseId, reference, position, listing });
    }
  }
  return bought;
}

function copiesOf(behaviour: string): StockListing[] {
  const copies = testListings
    .filter((listing) => listing.side === 'cs2' && listing.behaviour.name === behaviour)
    .map(({ nativeId, marketHashName, chargedMills }) => ({
      publicId: listingIds.toPublic(wireIdOf(nativeId)),
      nativeId: wireIdOf(nativeId),
      bookId: nativeId,
      name: marketHashName,
      priceMills: toCents(chargedMills),
    }));
  if (copies.length === 0) throw new Error(`the marketplace has no listing that is ${behaviour}`);
  return copies;
}

async function importOrders(marketplaceUrl: string, bought: readonly Bought[], boughtAt: Date): Promise<string[]> {
  const orderIds: string[] = [];
  for (let start = 0; start < bought.length; start += IMPORT_MAX) {
    const orders = bought.slice(start, start + IMPORT_MAX).map(({ reference, listing }) => ({
      reference,
      side: 'cs2',
      front: SUPPLIER,
      listingId: listing.bookId,
      createdAt: boughtAt.toISOString(),
    }));
    const answer = await request(`${marketplaceUrl}/control/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(orders),
    });
    if (answer.statusCode !== 200) throw new Error(`the marketplace refused orders: ${await answer.body.text()}`);
    // Our own marketplace, which answers in the order of the request.
    const made = (await answer.body.json()) as { orderId: string }[];
    for (const order of made) orderIds.push(wireIdOf(order.orderId));
  }
  return orderIds;
}

/** In no order, so that neither trades nor merchants are met one after another. */
export function shuffled<T>(all: readonly T[]): T[] {
  const mixed = [...all];
  for (let last = mixed.length - 1; last > 0; last--) {
    const other = Math.floor(Math.random() * (last + 1));
    const [a, b] = [mixed[last], mixed[other]];
    if (a === undefined || b === undefined) continue;
    mixed[last] = b;
    mixed[other] = a;
  }
  return mixed;
}
