import { CS2, type Game } from '../../core/games.ts';
import type { TimeSlices } from '../../core/time-slices.ts';
import { gunzipped } from '../../net/gunzip.ts';
import { JsonItems } from '../../net/json-items.ts';
import { allOf, CheapestByName } from '../cheapest.ts';
import { EqualTexts } from '../equal-texts.ts';
import type { ListModule } from '../large-list.ts';
import type { Listing, Sticker } from '../supplier.ts';
import type { WholeList } from '../whole-lists.ts';
import { exteriorOf } from '../wire-texts.ts';
import { moneyOf, nativeIdOf, wireGames } from './map.ts';
import { exportShape, offerShape, stickerShape, type WireOffer } from './shapes.ts';

const WEAR = /^[01]\.\d{1,20}$/;
const CLASS_ID = /^\d{1,20}$/;

/** Loaded by the thread that reads a large list. */
export const { url } = import.meta;

export const readList: ListModule['readList'] = ({ game, perName }, chunks, slices) =>
  new PriceList(game, perName).read(chunks, slices);

/**
 * Reads every listing of a game and keeps the cheapest of each name that are delivered at once.
 *
 * Measured with 2.4 million listings of 25,660 names, half of them delivered at once, 868 MB, compressed 104 MB (Node 24, two
 * shared cores): 13 s of a core for 281,000 listings, and a heap of 155 MB.
 */
class PriceList {
  readonly #game: Game;
  readonly #items = new JsonItems('items');
  readonly #cheapest: CheapestByName;
  readonly #texts = new EqualTexts();
  #count = 0;

  /** @param perName how many listings of each name are kept */
  constructor(game: Game, perName: number) {
    this.#game = game;
    this.#cheapest = new CheapestByName(perName);
  }

  /** @returns what is on sale, or the reason why the list cannot be read whole */
  async read(chunks: AsyncIterable<Buffer>, slices: TimeSlices): Promise<WholeList | string> {
    for await (const chunk of gunzipped(chunks)) {
      const items = this.#items.push(chunk);
      if (items === null) return 'the price list is not the expected JSON';
      for (const item of items) this.#add(item);
      if (slices.isOver) await slices.next();
    }
    const around = this.#items.end();
    if (around === undefined) return 'the price list ends too early, or has no items';
    if (!exportShape.Check(around)) return 'the price list does not say that it succeeded';
    const listings = await allOf([this.#cheapest], slices);
    // A marketplace that sells nothing at all is less likely than a list that is not ready.
    if (listings.length === 0) return 'the price list has no readable listing';
    return { listings, count: this.#count };
  }

  /** Leaves out what others sell, who take hours to deliver, what is locked, and what cannot be read. */
  #add(item: unknown): void {
    this.#count++;
    if (!offerShape.Check(item)) return;
    if (item.game_id !== undefined && item.game_id !== wireGames[this.#game].id) return;
    const priceMills = moneyOf(item.price);
    if (priceMills === null || priceMills === 0n || !this.#cheapest.isWanted(item.name, priceMills)) return;
    const name = this.#texts.one(item.name);
    this.#cheapest.add({
      nativeId: nativeIdOf(this.#game, item.id),
      game: this.#game,
      // There are no catalogue ids, so the name is used.
      catalogId: name,
      marketHashName: name,
      ...this.#looksOf(item),
      delivery: 'instant',
      priceMills,
    });
  }

  #looksOf(offer: WireOffer): Partial<Listing> {
    const { name, item_class_id: classId, item_float: wear, item_paint_seed: paintSeed } = offer;
    const exterior = this.#game === CS2 ? exteriorOf(name) : undefined;
    const stickers = this.#stickersOf(offer.stickers);
    return {
      ...(exterior === undefined ? {} : { exterior: this.#texts.one(exterior) }),
      ...(typeof wear === 'string' && WEAR.test(wear) ? { wear } : {}),
      ...(isInteger(paintSeed) ? { paintSeed } : {}),
      ...(stickers.length === 0 ? {} : { stickers }),
      ...(typeof classId === 'string' && CLASS_ID.test(classId)
        ? { iconUrl: this.#texts.one(iconOf(this.#game, classId)) }
        : {}),
    };
  }

  /** Lists of stickers can have entries that are none. What their wear means is not known. */
  #stickersOf(stickers: unknown): Sticker[] {
    if (!Array.isArray(stickers)) return [];
    return stickers.flatMap((sticker: unknown) => {
      if (!stickerShape.Check(sticker)) return [];
      const { name, image, slot } = sticker;
      return [{ name: this.#texts.one(name), slot, iconUrl: this.#texts.one(image) }];
    });
  }
}

function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

/** Steam's picture of a class of items. */
function iconOf(game: Game, classId: string): string {
  return `https://community.steamstatic.com/economy/image/class/${game}/${classId}`;
}
