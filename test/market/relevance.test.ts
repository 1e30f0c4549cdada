import { expect, test } from 'vitest';
import { CS2 } from '../../src/core/games.ts';
import { byRelevance, matching, wordsOf } from '../../src/market/relevance.ts';
import { copyOf, listing, seller, whole } from './stock.ts';

test('a word that is in a search more than once is looked for once', () => {
  expect(wordsOf('  ak AK ak-47\tak ')).toEqual(['ak', 'ak-47']);
  expect(wordsOf('a '.repeat(50))).toEqual(['a']);
});

test('a name that holds a word twice is still found first by the whole of it', async () => {
  const one = seller('one');
  const market = copyOf(one);
  const names = ['A Sticker | Fnatic | Cologne 2016 (Holo)', 'Sticker | Fnatic | Cologne 2016'];
  await market.apply(
    one,
    whole(...names.map((name, i) => listing(`${i}`, 1, { catalogId: name, marketHashName: name }))),
  );
  const found = matching(market.index(CS2).items, wordsOf(names[1] ?? ''));
  expect(byRelevance(found, names[1] ?? '').map((item) => item.marketHashName)).toEqual(names.toReversed());
});
