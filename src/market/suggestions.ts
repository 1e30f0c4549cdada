import Type, { type Static } from 'typebox';
import { CS2 } from '../core/games.ts';
import type { CatalogueItem } from './catalogue-item.ts';
import type { MarketView } from './market.ts';
import { byRelevance, matching, wordsOf } from './relevance.ts';
import { requireKnown } from './search-market.ts';

/** A catalogue item whose name matches the typed text. */
export const Suggestion = Type.Object(
  {
    id: Type.String({ description: 'Catalogue id, the `itemId` of `/client/market/item`' }),
    marketHashName: Type.String(),
    iconUrl: Type.String({ description: 'Empty where the marketplace gives no picture' }),
    rarity: Type.Optional(Type.String()),
    rarityColor: Type.Optional(Type.String()),
    itemType: Type.Optional(Type.String()),
  },
  { $id: 'Suggestion' },
);
export type Suggestion = Static<typeof Suggestion>;

const SUGGESTIONS_MAX = 20;

/**
 * CS2 items whose names match, best match first.
 * @throws SERVICE_UNAVAILABLE while the market is not loaded
 */
export function suggestItems(market: MarketView, typed: string): Suggestion[] {
  requireKnown(market, CS2);
  const words = wordsOf(typed);
  if (words.length === 0) return [];
  const found = byRelevance(matching(market.index(CS2).items, words), typed);
  return found.slice(0, SUGGESTIONS_MAX).map(suggestionOf);
}

function suggestionOf({ catalogId, marketHashName, cheapest }: CatalogueItem): Suggestion {
  const { iconUrl = '', rarity, color, type } = cheapest[0]?.listing ?? {};
  return {
    id: catalogId,
    marketHashName,
    iconUrl,
    ...(rarity === undefined ? {} : { rarity }),
    ...(color === undefined ? {} : { rarityColor: color }),
    ...(type === undefined ? {} : { itemType: type }),
  };
}
