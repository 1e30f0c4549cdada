import type { Charm, Sticker } from '../listing.ts';
import { catalogIdOf } from '../listing.ts';
import { charms, type Extra, stickers } from './cs2-extras.ts';
import { draw, type Seed } from './draw.ts';

const STICKER_SLOTS = 4;
const PREFIX = /^(Sticker|Charm) \| /;

const shown = (extras: readonly Extra[]) =>
  extras.map(([marketHashName, , cents]) => ({
    marketHashName,
    name: marketHashName.replace(PREFIX, ''),
    catalogId: catalogIdOf(marketHashName),
    cents,
  }));
const stickerLooks = shown(stickers);
const charmLooks = shown(charms);

/** Every third weapon has stickers, at most one per slot, some of them scraped. */
export function stickersFor(seed: Seed): (Sticker & { readonly cents: number })[] {
  if (draw(seed, 10) % 3 !== 0) return [];
  const count = 1 + (draw(seed, 11) % STICKER_SLOTS);
  return Array.from({ length: count }, (_, slot) => {
    const look = stickerLooks[draw(seed, 20 + slot) % stickerLooks.length];
    if (!look) throw new Error('there are no stickers');
    const scrapedPercent = draw(seed, 30 + slot) % 5 === 0 ? draw(seed, 40 + slot) % 100 : 0;
    return { ...look, slot, wear: scrapedPercent / 100 };
  });
}

/** An applied sticker adds a twentieth of its price. */
export function stickersWorth(applied: readonly { readonly cents: number }[]): number {
  return Math.floor(applied.reduce((sum, { cents }) => sum + cents, 0) / 20);
}

/** Every fifteenth weapon has a charm. */
export function charmFor(seed: Seed): Charm | null {
  return draw(seed, 12) % 15 === 0 ? (charmLooks[draw(seed, 13) % charmLooks.length] ?? null) : null;
}

export function inspectTokenOf(seed: Seed): string {
  const words = [50, 51, 52, 53].map((purpose) => draw(seed, purpose).toString(16).padStart(8, '0'));
  return words.join('').toUpperCase();
}
