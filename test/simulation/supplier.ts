import { MovableClock } from '../../src/clock.ts';
import { packListingId, unpackListingId } from '../../src/ids.ts';
import { type BuyAsk, buy } from '../../src/sandbox/marketplace/buying.ts';
import { cancel } from '../../src/sandbox/marketplace/cancelling.ts';
import { findListing, listings } from '../../src/sandbox/marketplace/catalogue.ts';
import { orderOnWire } from '../../src/sandbox/marketplace/cs2-wire.ts';
import { Marketplace } from '../../src/sandbox/marketplace/marketplace.ts';
import { SandboxStore } from '../../src/sandbox/marketplace/store.ts';
import { orderOf } from '../../src/suppliers/sandbox-cs2/map.ts';
import {
  type BuyAnswer,
  type CancelAnswer,
  CS2,
  type FindAnswer,
  type FoundOrder,
  type Supplier,
} from '../../src/suppliers/supplier.ts';
import type { Faults } from './faults.ts';
import type { Scheduler, SimProcess } from './scheduler.ts';

const SUPPLIER_CODE = 1;
const START = Date.parse('2026-01-05T12:00:00.000Z');
const HIDDEN_MS = 60_000;

/** Time stands still until the story moves it. */
export class StillClock extends MovableClock {
  override now(): Date {
    return new Date(START + this.offsetMs);
  }
}

/** The sandbox's marketplace, shared by all processes of a run, and never dying with them. */
export function openMarketplace(clock: MovableClock): Marketplace {
  return new Marketplace(SandboxStore.open(':memory:'), clock);
}

/** Behaviours whose end depends on the gateway and on time, not on the transport: faults are the run's own. */
export const behaviours = [
  'ships-at-once',
  'ships-later',
  'never-ships',
  'cancel-confirmed-later',
  'refuses-to-cancel',
  'delivers-despite-cancel',
  'price-raised',
  'cheaper',
  'purchase-refused',
  'seller-fails',
  'recipient-declines',
  'reversed-in-hold',
  'reversed-after-completion',
  'unknown-word',
];

export function cardsOf(behaviour: string) {
  return listings.filter((listing) => listing.side === 'cs2' && listing.behaviour.name === behaviour);
}

/** One process's way to the marketplace: each call is a step, may be lost on the way there or back, or tell old news. */
export function simSupplier(
  marketplace: Marketplace,
  scheduler: Scheduler,
  process: SimProcess,
  faults: Faults,
  oldNews: Map<string, FoundOrder>,
): Supplier {
  /** @returns null when the request, or its answer, is lost */
  async function carried<T>(work: () => T): Promise<T | null> {
    await scheduler.gate(process, 'request');
    if (faults.losesRequest()) return null;
    const answer = work();
    await scheduler.gate(process, 'answer');
    return faults.losesAnswer() ? null : answer;
  }
  return {
    id: 'sandbox-cs2',
    games: [CS2],
    findMax: 100,
    lookupDelayMs: HIDDEN_MS,
    listingIds: {
      toPublic: (nativeId) => packListingId(SUPPLIER_CODE, nativeId),
      toNative: (publicId) => unpackListingId(SUPPLIER_CODE, publicId),
    },
    push: null,
    cancel: {
      mode: 'async',
      minAgeMs: 30 * 60_000,
      ask: async ({ orderId }) => cancelAnswer(await carried(() => cancel(marketplace, orderId))),
    },
    async listing(nativeId) {
      const listing = findListing('cs2', nativeId);
      if (!listing) return { outcome: 'gone' };
      const { catalogId, marketHashName, liveMills } = listing;
      const found = { nativeId, game: CS2, catalogId, marketHashName, delivery: 'standard' as const };
      return { outcome: 'listed', listing: { ...found, priceMills: liveMills } };
    },
    search: async () => ({ outcome: 'found', listings: [] }),
    async buy({ reference, nativeListingId: listingId, ceilingMills }) {
      const ask: BuyAsk = { side: 'cs2', reference, listingId, ceilingMills };
      return buyAnswer(marketplace, reference, await carried(() => buy(marketplace, ask)));
    },
    async find(references) {
      const answer = await carried(() => look(marketplace, references, faults, oldNews));
      return answer ?? { outcome: 'unknown', cause: 'lost' };
    },
    close: async () => {},
  };
}

function buyAnswer(marketplace: Marketplace, reference: string, reply: ReturnType<typeof buy> | null): BuyAnswer {
  if (reply?.kind === 'sold') return { outcome: 'refused', reason: 'LISTING_UNAVAILABLE' };
  if (reply?.kind === 'dearer' || reply?.kind === 'above ceiling')
    return { outcome: 'refused', reason: 'PRICE_CHANGED' };
  const order = marketplace.orders.byReference(reference);
  const found = reply?.kind === 'bought' && order ? orderOf(orderOnWire(marketplace, order)) : null;
  if (!found) return { outcome: 'unknown', cause: reply?.kind ?? 'lost' };
  return { outcome: 'bought', orderId: found.orderId, costMills: found.costMills };
}

function cancelAnswer(reply: ReturnType<typeof cancel> | null): CancelAnswer {
  switch (reply) {
    case 'accepted':
      return { outcome: 'accepted' };
    case 'already sent':
      return { outcome: 'refused', reason: 'already_sent' };
    case 'already closed':
      return { outcome: 'refused', reason: 'already_closed' };
    case 'too early':
      return { outcome: 'refused', reason: 'too_early' };
    case 'seller preparing':
      return { outcome: 'refused', reason: 'not_allowed' };
    default:
      return { outcome: 'unknown', cause: reply ?? 'lost' };
  }
}

function look(
  marketplace: Marketplace,
  references: readonly string[],
  faults: Faults,
  oldNews: Map<string, FoundOrder>,
): FindAnswer {
  const found: FoundOrder[] = [];
  const neverMade: string[] = [];
  for (const reference of references) {
    const order = marketplace.orders.byReference(reference);
    if (order?.outcome === 'not_made') neverMade.push(reference);
    if (order?.outcome !== 'made') continue;
    const isYoung = marketplace.nowMs - order.createdAtMs < HIDDEN_MS;
    if (isYoung && faults.missesOrder()) continue;
    const news = orderOf(orderOnWire(marketplace, order));
    if (!news) throw new Error('the sandbox’s own orders can be read');
    const old = oldNews.get(reference);
    found.push(old && faults.repeatsOldWord() ? old : news);
    oldNews.set(reference, news);
  }
  return { outcome: 'read', found, neverMade };
}
