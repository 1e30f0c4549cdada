import type { CatalogueItem } from './catalogue-item.ts';

/** How well a name fits a search, best first; within each, names keep their order. */
const ranks = ['the whole name', 'its beginning', 'whole words of it', 'parts of it'] as const;
type Rank = (typeof ranks)[number];

/**
 * The words of a search, as names are compared; none when there is nothing to look for. Each once: fifty times the same
 * word, looked for in 25,000 names, kept everybody waiting for a tenth of a second.
 */
export function wordsOf(search: string): readonly string[] {
  return [...new Set(inOrder(search))];
}

function inOrder(search: string): string[] {
  return search.toLowerCase().split(/\s+/).filter(Boolean);
}

/** Those of the items whose names hold all words somewhere, in the order they came in. */
export function matching(items: readonly CatalogueItem[], words: readonly string[]): readonly CatalogueItem[] {
  return words.length === 0 ? items : items.filter(({ searchName }) => holdsAll(searchName, words));
}

export function holdsAll(searchName: string, words: readonly string[]): boolean {
  return words.every((word) => searchName.includes(word));
}

/** Puts items that match a search in the order in which their names fit. */
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
    if (searchName === phrase) return 'the whole name';
    if (searchName.startsWith(phrase)) return 'its beginning';
    return wholeWords.every((word) => word.test(searchName)) ? 'whole words of it' : 'parts of it';
  };
}
