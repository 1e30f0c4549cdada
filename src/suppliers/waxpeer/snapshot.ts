import { CS2, type Game } from '../../core/games.ts';
import { toMills } from '../../core/money.ts';
import type { TimeSlices } from '../../core/time-slices.ts';
import { allOf, CheapestByName } from '../cheapest.ts';
import { CsvRows } from '../csv.ts';
import type { ListModule } from '../large-list.ts';
import type { Listing } from '../supplier.ts';
import type { WholeList } from '../whole-lists.ts';
import { exteriorOf } from '../wire-texts.ts';
import { nativeIdOf } from './map.ts';

const COLUMNS = ['item_id', 'name', 'price', 'auto'] as const;
type Column = (typeof COLUMNS)[number];

const PRICE = /^\d{1,15}$/;
const deliveries: ReadonlyMap<string, Listing['delivery']> = new Map([
  ['true', 'instant'],
  ['false', 'standard'],
]);

const DOPPLER = /^(.* Doppler) (Phase [1-4]|Ruby|Sapphire|Black Pearl|Emerald)( \(.+\))$/;

type NamedParts = Pick<Listing, 'catalogId' | 'marketHashName' | 'phase' | 'exterior'>;

/** How many fields a row has, and which ones are read. */
interface Header {
  readonly width: number;
  readonly at: Readonly<Record<Column, number>>;
}

/** Loaded by the thread that reads a large list. */
export const { url } = import.meta;

export const readList: ListModule['readList'] = ({ game, perName }, chunks, slices) =>
  new Snapshot(game, perName).read(chunks, slices);

/** Reads every listing of a game and keeps the cheapest of each name. */
class Snapshot {
  readonly #game: Game;
  readonly #perName: number;
  readonly #rows = new CsvRows();
  // A delivery at once and a rare phase cost more, and would never be among the cheapest of a name.
  readonly #cheapest = new Map<string, CheapestByName>();
  readonly #parts = new Map<string, NamedParts>();
  #header: Header | null = null;
  #listings = 0;

  /** @param perName how many listings of each name are kept */
  constructor(game: Game, perName: number) {
    this.#game = game;
    this.#perName = perName;
  }

  /** @returns the listings, or the reason why the list cannot be read whole */
  async read(chunks: AsyncIterable<Buffer>, slices: TimeSlices): Promise<WholeList | string> {
    for await (const chunk of chunks) {
      const rows = this.#rows.push(chunk);
      if (rows === null) return 'the list has a row that is too long';
      if (!this.#addAll(rows)) return 'the list does not have the expected columns';
      if (slices.isOver) await slices.next();
    }
    return this.#finish(slices);
  }

  async #finish(slices: TimeSlices): Promise<WholeList | string> {
    const last = this.#rows.end();
    if (last === null || !this.#addAll(last)) return 'the list ends inside a row';
    if (last[0] && last[0].length !== this.#header?.width) return 'the list ends inside a row';
    // A marketplace that sells nothing at all is less likely than a list that is not ready.
    if (this.#listings === 0) return 'the list has no readable listing';
    return { listings: await allOf(this.#cheapest.values(), slices), count: this.#listings };
  }

  /** @returns false when a header is missing, or has not all columns */
  #addAll(rows: readonly (readonly string[])[]): boolean {
    for (const row of rows) {
      if (this.#header) this.#add(row, this.#header);
      else if (!this.#readHeader(row)) return false;
    }
    return true;
  }

  #readHeader(row: readonly string[]): boolean {
    const names = row.map((name) => name.replace(/^\uFEFF/, '').trim());
    const [item_id, name, price, auto] = COLUMNS.map((column) => names.indexOf(column));
    if (item_id === undefined || name === undefined || price === undefined || auto === undefined) return false;
    this.#header = { width: row.length, at: { item_id, name, price, auto } };
    return ![item_id, name, price, auto].includes(-1);
  }

  /** Leaves out a listing whose price, delivery or id cannot be read: it cannot be bought. */
  #add(row: readonly string[], { width, at }: Header): void {
    if (row.length !== width) return;
    const nativeId = nativeIdOf(this.#game, row[at.item_id] ?? '');
    const name = row[at.name] ?? '';
    const price = row[at.price] ?? '';
    const delivery = deliveries.get(row[at.auto] ?? '');
    if (nativeId === null || name === '' || delivery === undefined || !PRICE.test(price)) return;
    const priceMills = toMills(BigInt(price));
    if (priceMills === 0n) return;
    this.#listings++;
    const parts = this.#partsOf(name);
    this.#cheapestOf(`${delivery} ${parts.phase}`).add({
      nativeId,
      game: this.#game,
      ...parts,
      delivery,
      priceMills,
    });
  }

  #cheapestOf(kind: string): CheapestByName {
    const known = this.#cheapest.get(kind) ?? new CheapestByName(this.#perName);
    this.#cheapest.set(kind, known);
    return known;
  }

  /** All listings of a name share its texts. */
  #partsOf(name: string): NamedParts {
    const known = this.#parts.get(name) ?? partsOf(this.#game, name);
    this.#parts.set(name, known);
    return known;
  }
}

/** The list writes the phase of a Doppler into its name; Steam does not. It has no catalogue ids, so the name is used. */
function partsOf(game: Game, name: string): NamedParts {
  if (game !== CS2) return { catalogId: name, marketHashName: name };
  const [, base, phase, ending] = DOPPLER.exec(name) ?? [];
  const marketHashName = phase === undefined ? name : `${base}${ending}`;
  const exterior = exteriorOf(marketHashName);
  return {
    catalogId: marketHashName,
    marketHashName,
    ...(phase === undefined ? {} : { phase }),
    ...(exterior === undefined ? {} : { exterior }),
  };
}
