// A marketplace may say more of a listing than those do that there are adapters for. Whatever it says is shown.
import { expect, test } from 'vitest';
import { CS2 } from '../../src/core/games.ts';
import { suggestItems } from '../../src/market/suggestions.ts';
import { rowToWire } from '../../src/market/wire.ts';
import type { Listing } from '../../src/suppliers/supplier.ts';
import { copyOf, listing, seller, whole } from './stock.ts';

const told = {
  catalogId: '7f0e',
  type: 'Knife',
  rarity: 'Covert',
  color: '#eb4b4b',
  exterior: 'Factory New',
  wear: '0.0312',
  paintSeed: 412,
  paintIndex: 418,
  phase: 'Phase 2',
  fade: 97.5,
  previewToken: '00180720',
  delivery: 'instant',
  iconUrl: 'https://cdn.example/knife.svg',
  stickers: [{ name: 'Crown', slot: 2, wear: 0.25, iconUrl: 'https://cdn.example/crown.svg' }],
  charm: { name: 'Lil’ Ava', iconUrl: 'https://cdn.example/ava.svg', marketHashName: 'Charm | Lil’ Ava' },
} as const satisfies Partial<Listing>;

async function marketOf(of: Listing) {
  const marketplace = seller('shop');
  const market = copyOf(marketplace);
  await market.apply(marketplace, whole(of));
  return market;
}

test('a row shows all that the marketplace says of its listing', async () => {
  const market = await marketOf(listing('1', 845.5, told));
  const [row] = market.offers({ game: CS2 }).map((offer) => rowToWire(offer, 0));
  const { catalogId, phase: _phase, fade: _fade, paintIndex: _index, delivery, ...shown } = told;
  expect(row).toEqual({
    id: 'shop:1',
    itemId: catalogId,
    appid: 730,
    marketHashName: 'AK-47 | Redline (Field-Tested)',
    tradable: true,
    amount: 1,
    ...shown,
    doppler: { name: 'Phase 2', paintIndex: 418 },
    fade: { percentage: 97.5 },
    offer: { price: 845.5, delivery },
  });
});

test('a suggestion shows the picture, the rarity and the type of its item', async () => {
  const market = await marketOf(listing('1', 845.5, told));
  expect(suggestItems(market, 'redline')).toEqual([
    {
      id: told.catalogId,
      marketHashName: 'AK-47 | Redline (Field-Tested)',
      iconUrl: told.iconUrl,
      rarity: told.rarity,
      rarityColor: told.color,
      itemType: told.type,
    },
  ]);
});
