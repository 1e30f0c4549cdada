import type { FeedAnswer, Listing, Unknown } from './supplier.ts';

/** One page of a marketplace's feed. */
export type FeedPage =
  | (Extract<FeedAnswer, { outcome: 'read' }> & {
      /** Whether the answer goes on in the page at this page's cursor. */
      readonly hasMore: boolean;
    })
  | Unknown;

/** 200,000 listings at 500 a page, which is far more than a market that fits into a process. */
const PAGES_MAX = 400;

/**
 * Reads a feed's answer that comes in pages. If one page cannot be read, the whole answer is unknown, because the other
 * pages would look like everything that is on sale. If two pages name a listing, the later page counts.
 */
export async function readPages(
  cursor: string | null,
  readPage: (cursor: string | null) => Promise<FeedPage>,
): Promise<FeedAnswer> {
  const listings = new Map<string, Listing>();
  const gone = new Set<string>();
  let at = cursor;
  let isWhole: boolean | null = null;
  for (let pages = 0; pages < PAGES_MAX; pages++) {
    const page = await readPage(at);
    if (page.outcome === 'unknown') return page;
    isWhole ??= page.isWhole;
    if (page.isWhole !== isWhole)
      return unclear('the pages of a feed do not agree whether they hold everything or changes');
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
    if (page.cursor === at) return unclear('a page of a feed names itself as the next page');
    at = page.cursor;
  }
  return unclear(`a feed of more than ${PAGES_MAX} pages`);
}

function unclear(cause: string): Unknown {
  return { outcome: 'unknown', cause };
}
