import type { CatalogueItem } from './catalogue-item.ts';

/** How well a name matches a search, best first. Names with the same rank keep their order. */
const ranks = ['exact', 'prefix', 'whole words', 'parts of words'] as const;
type Rank = (typeof ranks)[number];

/**
 * The distinct words of a search in lower case; empty for an empty search. Without removing repeated words, fifty times the
 * same word took a tenth of a second on 25,000 names, during which no other request was served.
 */
export function wordsOf(search: string): readonly string[] {
  return [...new Set(inOrder(search))];
}

function inOrder(search: string): string[] {
  return search.toLowerCase().split(/\s+/).filter(Boolean);
}

/** The items whose names contain all words, in their given order. */
export function matching(items: readonly CatalogueItem[], words: readonly string[]): readonly CatalogueItem[] {
  return words.length === 0 ? items : items.filter(({ searchName }) => containsAll(searchName, words));
}

export function containsAll(searchName: string, words: readonly string[]): boolean {
  return words.every((word) => searchName.includes(word));
}

/** Sorts matching items by how well their names match the search. */
export function byRelevance(items: readonly CatalogueItem[], search: string): readonly CatalogueItem[] {
  const words = wordsOf(search);
  if (words.length === 0) return items;
  const rankOf = ranking(words, inOrder(search).join(' '));
  const groups = Map.groupBy(items, ({ searchName }) => rankOf(searchName));
  return ranks.flatMap((rank) => groups.get(rank) ?? []);
}

function ranking(words: readonly string[], phrase: string): (searchName: string) => Rank {
  const wholeWords = words.map(
    (word) => new RegExp(`(?<![\\p{L}\\p{N}])${RegExp.escape(word)}(?![\\p{L}\\p{N}])`, 'u'),
  );
  return (searchName) => {
    if (searchName === phrase) return 'exact';
    if (searchName.startsWith(phrase)) return 'prefix';
    return wholeWords.every((word) => word.test(searchName)) ? 'whole words' : 'parts of words';
  };
}
