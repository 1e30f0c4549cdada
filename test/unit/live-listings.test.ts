import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { readLiveListings } from '../../src/buying/live-listings.ts';
import { toMills } from '../../src/core/money.ts';
import { createMetrics } from '../../src/gateway/metrics.ts';
import type { Market } from '../../src/market/market.ts';
import type { Listing, ListingAnswer, ListingsAnswer, Supplier } from '../../src/suppliers/supplier.ts';

/** The listings of a buy are read live, in as few calls as their marketplaces allow. */

const listing = { nativeId: 'any', game: '730', priceMills: toMills(1000n) } as Listing; // the rest does not matter
const listed: ListingAnswer = { outcome: 'listed', listing };

interface Says {
  readonly max?: number;
  /** What one call about several ids says; absent: it cannot be made. */
  readonly many?: (nativeIds: readonly string[]) => ListingsAnswer;
  readonly one?: ListingAnswer;
}

/** Reads these listings of a marketplace that says this, and what it was asked. */
async function reads(nativeIds: readonly string[], { max = 100, many, one = listed }: Says) {
  const calls: string[] = [];
  const supplier = {
    id: 'market',
    listings: many && {
      max,
      read: async (ids: readonly string[]) => {
        calls.push(ids.join('+'));
        return many(ids);
      },
    },
    listing: async (id: string) => {
      calls.push(id);
      return one;
    },
  } as Partial<Supplier> as Supplier; // nothing else is called
  const metrics = createMetrics();
  const market = { offer: () => undefined } as Partial<Market> as Market; // nothing else is called
  const wanted = nativeIds.map((nativeId) => ({ supplier, nativeId }));
  const find = await readLiveListings({ metrics, market, log: pino({ level: 'silent' }) }, wanted);
  const counted = (await metrics.supplierCalls.get()).values.map(({ labels, value }) => [labels.outcome, value]);
  const result = (nativeId: string) => {
    try {
      return find({ supplier, nativeId }, nativeId);
    } catch (error) {
      return error;
    }
  };
  return { calls, counted, results: nativeIds.map(result) };
}

const all = (nativeIds: readonly string[]): ListingsAnswer => ({
  outcome: 'read',
  answers: new Map(nativeIds.map((nativeId) => [nativeId, listed])),
});

describe('a buy of several items at one marketplace', () => {
  test('takes one call where the marketplace reads several listings at once', async () => {
    const { calls, counted, results } = await reads(['1', '2', '3'], { many: all });
    expect(calls).toEqual(['1+2+3']);
    expect(counted).toEqual([['read', 1]]);
    expect(results).toEqual([listing, listing, listing]);
  });

  test('takes as many calls as the marketplace needs for so many listings', async () => {
    const { calls } = await reads(['1', '2', '3', '4', '5'], { many: all, max: 2 });
    expect(calls).toEqual(['1+2', '3+4', '5']);
  });

  test('takes a call for each item where the marketplace reads them one by one', async () => {
    const { calls, results } = await reads(['1', '2'], {});
    expect(calls).toEqual(['1', '2']);
    expect(results).toEqual([listing, listing]);
  });

  test('names a listing as not found only after the marketplace was asked for it alone', async () => {
    const { calls, results } = await reads(['1', '2'], { many: () => all(['1']), one: { outcome: 'gone' } });
    expect(calls).toEqual(['1+2', '2']);
    expect(results).toEqual([listing, expect.objectContaining({ key: 'LISTING_NOT_FOUND' })]);
  });

  test('never takes no clear answer for a listing that is gone, and does not ask for each of them then', async () => {
    const many = () => ({ outcome: 'unknown', cause: 'status 502' }) as const;
    const { calls, counted, results } = await reads(['1', '2'], { many });
    expect(calls).toEqual(['1+2']);
    expect(counted).toEqual([['unknown', 1]]);
    const unclear = expect.objectContaining({ key: 'SERVICE_UNAVAILABLE' });
    expect(results).toEqual([unclear, unclear]);
  });
});

test('a buy of one item asks for it alone', async () => {
  expect((await reads(['1'], { many: all })).calls).toEqual(['1']);
});
