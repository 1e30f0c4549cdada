// A feed that comes in pages is understood as a whole or not at all, whatever the marketplace sends.
import { expect, test } from 'vitest';
import { toMills } from '../../src/core/money.ts';
import { type FeedPage, readPages } from '../../src/suppliers/feed.ts';
import type { Listing } from '../../src/suppliers/supplier.ts';

function listing(nativeId: string, mills = 1_000n): Listing {
  return {
    nativeId,
    game: '730',
    catalogId: 'c',
    marketHashName: 'AK-47 | Redline (Field-Tested)',
    delivery: 'standard',
    priceMills: toMills(mills),
  };
}

type Page = Extract<FeedPage, { outcome: 'read' }>;

function page(changes: Partial<Page>): Page {
  return { outcome: 'read', cursor: 'end', isWhole: true, listings: [], gone: [], hasMore: false, ...changes };
}

/** Answers with one page after the other and notes which cursors were asked for. */
function pagesOf(...pages: FeedPage[]) {
  const asked: (string | null)[] = [];
  const ask = async (cursor: string | null): Promise<FeedPage> => {
    asked.push(cursor);
    const next = pages[asked.length - 1];
    if (!next) throw new Error('asked for more than there is');
    return next;
  };
  return { asked, ask };
}

test('pages are read to the last and put together', async () => {
  const { asked, ask } = pagesOf(
    page({ cursor: 'a', listings: [listing('1')], hasMore: true }),
    page({ cursor: 'b', listings: [listing('2')], hasMore: true }),
    page({ cursor: 'c', listings: [listing('3')] }),
  );
  expect(await readPages(null, ask)).toEqual({
    outcome: 'read',
    cursor: 'c',
    isWhole: true,
    listings: [listing('1'), listing('2'), listing('3')],
    gone: [],
  });
  expect(asked).toEqual([null, 'a', 'b']);
});

test('what a later page says of a listing counts', async () => {
  const { ask } = pagesOf(
    page({ isWhole: false, cursor: 'b', listings: [listing('1'), listing('2')], gone: ['3', '4'], hasMore: true }),
    page({ isWhole: false, cursor: 'c', listings: [listing('1', 2_000n), listing('3')], gone: ['2'] }),
  );
  expect(await readPages('a', ask)).toMatchObject({
    isWhole: false,
    listings: [listing('1', 2_000n), listing('3')],
    gone: ['4', '2'],
  });
});

test('everything names nothing that is gone, even when the marketplace does', async () => {
  const { ask } = pagesOf(page({ listings: [listing('1'), listing('2')], gone: ['2', '9'] }));
  expect(await readPages(null, ask)).toMatchObject({ listings: [listing('1')], gone: [] });
});

test('one page that is not understood makes all of it unknown', async () => {
  const cause = 'status 503';
  const { ask } = pagesOf(page({ cursor: 'a', listings: [listing('1')], hasMore: true }), {
    outcome: 'unknown',
    cause,
  });
  expect(await readPages(null, ask)).toEqual({ outcome: 'unknown', cause });
});

test('pages of everything and pages of changes are never mixed', async () => {
  const { ask } = pagesOf(page({ cursor: 'a', hasMore: true }), page({ isWhole: false }));
  expect(await readPages(null, ask)).toMatchObject({
    outcome: 'unknown',
    cause: expect.stringContaining('do not agree'),
  });
});

test('a marketplace that sends the same page for ever is not followed', async () => {
  const same = page({ cursor: 'a', hasMore: true });
  expect(await readPages(null, pagesOf(same, same).ask)).toMatchObject({ outcome: 'unknown' });
});

test('a marketplace that never comes to an end is given up', async () => {
  let pages = 0;
  const endless = async () => page({ cursor: String(++pages), hasMore: true });
  expect(await readPages(null, endless)).toMatchObject({ outcome: 'unknown', cause: 'a feed of more than 400 pages' });
  expect(pages).toBe(400);
});
