import type { FeedAnswer, Listing, Unknown } from './supplier.ts';

/** One page of a marketplace's feed. */
export type FeedPage =
  | (Extract<FeedAnswer, { outcome: 'read' }> & {
      /** There is more to the same answer, behind this page's cursor. */
      readonly hasMore: boolean;
    })
  | Unknown;

/** With 500 listings a page, a fifth of a million: far above any market that fits into a process. */
const PAGES_MAX = 400;

/**
 * Reads an answer that comes in pages. It is understood as a whole or not at all: with one page missing, what is left
 * would look like all there is. What a later page says of a listing counts.
 */
export async function readPages(
  cursor: string | null,
  ask: (cursor: string | null) => Promise<FeedPage>,
): Promise<FeedAnswer> {
  const listings = new Map<string, Listing>();
  const gone = new Set<string>();
  let at = cursor;
  let isWhole: boolean | null = null;
  for (let pages = 0; pages < PAGES_MAX; pages++) {
    const page = await ask(at);
    if (page.outcome === 'unknown') return page;
    isWhole ??= page.isWhole;
    if (page.isWhole !== isWhole) return unclear('a feed that turned from whole to changes half-way, or back');
    for (const listing of page.listings) {
      listings.set(listing.nativeId, listing);
      gone.delete(listing.nativeId);
    }
    for (const nativeId of page.gone) {
      listings.delete(nativeId);
      gone.add(nativeId);
    }
    if (!page.hasMore) {
      const { cursor: next } = page;
      return {
        outcome: 'read',
        cursor: next,
        isWhole,
        listings: [...listings.values()],
        gone: isWhole ? [] : [...gone],
      };
    }
    if (page.cursor === at) return unclear('a feed that goes round in circles');
    at = page.cursor;
  }
  return unclear(`a feed of more than ${PAGES_MAX} pages`);
}

function unclear(cause: string): Unknown {
  return { outcome: 'unknown', cause };
}
