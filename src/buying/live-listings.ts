import { errors } from '../core/errors.ts';
import type { Deps } from '../deps.ts';
import type { ListingOwner } from '../suppliers/registry.ts';
import { countedOutcome, type Listing, type ListingAnswer, type Supplier } from '../suppliers/supplier.ts';

type LiveDeps = Pick<Deps, 'metrics' | 'log' | 'market'>;

const RETRY_AFTER_SECONDS = 2;

/**
 * Reads listings as they are on sale now: several of one marketplace in one call, where it can say them together.
 * @returns finds one of them by its place and its public id, and throws LISTING_NOT_FOUND when it is gone, or
 *   SERVICE_UNAVAILABLE when its marketplace gave no clear answer
 */
export async function readLiveListings(
  deps: LiveDeps,
  wanted: readonly ListingOwner[],
): Promise<(at: ListingOwner, listingId: string) => Listing> {
  const bySupplier = Map.groupBy(wanted, ({ supplier }) => supplier);
  const read = [...bySupplier].map(async ([supplier, own]) => {
    const nativeIds = [...new Set(own.map(({ nativeId }) => nativeId))];
    return [supplier.id, await readAll(deps, supplier, nativeIds)] as const;
  });
  const answers = new Map(await Promise.all(read));
  const missing: ListingAnswer = { outcome: 'unknown', cause: 'the listing was not read' };
  return ({ supplier, nativeId }, listingId) =>
    requireListed(deps, supplier.id, listingId, answers.get(supplier.id)?.get(nativeId) ?? missing);
}

type Answers = ReadonlyMap<string, ListingAnswer>;

async function readAll(deps: LiveDeps, supplier: Supplier, nativeIds: readonly string[]): Promise<Answers> {
  const max = supplier.listings?.max ?? 1;
  const parts = Array.from({ length: Math.ceil(nativeIds.length / max) }, (_, index) =>
    nativeIds.slice(index * max, (index + 1) * max),
  );
  const answers = await Promise.all(parts.map((part) => readPart(deps, supplier, part)));
  return new Map(answers.flatMap((part) => [...part]));
}

/** A listing that the answer about many leaves out is read alone: only then is it known whether it is gone. */
async function readPart(deps: LiveDeps, supplier: Supplier, nativeIds: readonly string[]): Promise<Answers> {
  if (!supplier.listings || nativeIds.length === 1) return readEach(deps, supplier, nativeIds);
  const answer = await supplier.listings.read(nativeIds);
  deps.metrics.supplierCalls.inc({ supplier: supplier.id, call: 'listing', outcome: countedOutcome(answer) });
  if (answer.outcome === 'unknown') return new Map(nativeIds.map((nativeId) => [nativeId, answer]));
  const leftOut = nativeIds.filter((nativeId) => !answer.answers.has(nativeId));
  return new Map([...answer.answers, ...(await readEach(deps, supplier, leftOut))]);
}

async function readEach({ metrics }: LiveDeps, supplier: Supplier, nativeIds: readonly string[]): Promise<Answers> {
  const read = nativeIds.map(async (nativeId) => {
    const answer = await supplier.listing(nativeId);
    metrics.supplierCalls.inc({ supplier: supplier.id, call: 'listing', outcome: countedOutcome(answer) });
    return [nativeId, answer] as const;
  });
  return new Map(await Promise.all(read));
}

function requireListed(deps: LiveDeps, supplier: string, listingId: string, answer: ListingAnswer): Listing {
  switch (answer.outcome) {
    case 'listed':
      return answer.listing;
    case 'priced': {
      const shown = deps.market.offer(listingId);
      if (shown) return { ...shown.listing, priceMills: answer.priceMills };
      throw unclear(deps, supplier, 'its marketplace names its price only, and its feed does not describe it');
    }
    case 'gone':
      throw errors.of('LISTING_NOT_FOUND', { details: { itemId: listingId } });
    case 'unknown':
      throw unclear(deps, supplier, answer.cause);
  }
}

function unclear({ log }: LiveDeps, supplier: string, cause: string) {
  log.warn({ supplier, cause }, 'A supplier gave no clear answer about a listing. Nothing was bought.');
  return errors.of('SERVICE_UNAVAILABLE', {
    message: 'The marketplace gave no clear answer about a listing. Nothing was bought.',
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}
