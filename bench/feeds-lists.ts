import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { cs2Name, rustName } from './market-listings.ts';

/** Whole lists of marketplaces at their real size, as files: the same for the same numbers, on every machine. */

export interface ListSizes {
  readonly lisSkins: number;
  readonly waxpeer: number;
  /** Names of CS2 items. */
  readonly names: number;
}

/** `old` and `new` are the same list some minutes apart, `half` has half of the old one's listings. */
export const editions = ['old', 'new', 'half'] as const;
export type Edition = (typeof editions)[number];

export type ListName = 'lis-skins-cs2' | 'lis-skins-rust' | 'waxpeer-cs2' | 'waxpeer-rust';

/** Seen at LIS-SKINS. */
const RUST_LISTINGS = 76_000;
const RUST_NAMES = 4_590;
const ROWS_AT_ONCE = 500;
/** Of a hundred listings so many are sold between two editions, and as many have another price. */
const CHANGED_PERCENT = 3;
const GZIP_LEVEL = 4;

export function fileOf(folder: string, list: ListName, edition: Edition): string {
  return join(folder, `${list}-${edition}`);
}

/** @returns the bytes of each list before compression */
export async function writeLists(folder: string, sizes: ListSizes): Promise<ReadonlyMap<ListName, number>> {
  const bytes = new Map<ListName, number>();
  const cs2 = (count: number) => namesOfRows(count, sizes.names);
  const rust = namesOfRows(RUST_LISTINGS, RUST_NAMES);
  const lists: readonly (readonly [ListName, Uint16Array, ListFormat])[] = [
    ['lis-skins-cs2', cs2(sizes.lisSkins), jsonFormat(1, cs2Name)],
    ['lis-skins-rust', rust, jsonFormat(3, rustNameOf)],
    ['waxpeer-cs2', cs2(sizes.waxpeer), csvFormat(cs2Name)],
    ['waxpeer-rust', rust, csvFormat(rustNameOf)],
  ];
  for (const [list, rows, format] of lists) {
    for (const edition of editions) {
      const written = await writeList(fileOf(folder, list, edition), rows, edition, format);
      if (edition === 'old') bytes.set(list, written);
    }
  }
  return bytes;
}

interface Row {
  readonly id: number;
  /** Mills. */
  readonly price: number;
  /** Any number, the same for the same listing. */
  readonly seed: number;
}

interface ListFormat {
  readonly isCompressed: boolean;
  readonly begin: string;
  readonly between: string;
  readonly end: string;
  readonly nameOf: (item: number) => string;
  row(name: string, row: Row): string;
}

function rustNameOf(item: number): string {
  return rustName(item);
}

/**
 * The name of each row: of a few names there are very many listings, of half of them fewer than twenty. In no order.
 */
function namesOfRows(rows: number, names: number): Uint16Array {
  const all = new Uint16Array(rows);
  const sum = Array.from({ length: names }, (_, name) => 1 / (name + 1)).reduce((a, b) => a + b, 0);
  let row = 0;
  for (let name = 0; name < names; name++) {
    const copies = Math.max(1, Math.round(rows / sum / (name + 1)));
    for (let copy = 0; copy < copies && row < rows; copy++) all[row++] = name;
  }
  let state = 1;
  for (let last = rows - 1; last > 0; last--) {
    state = (state * 48_271) % 2_147_483_647;
    const other = state % (last + 1);
    const [a = 0, b = 0] = [all[last], all[other]];
    all[last] = b;
    all[other] = a;
  }
  return all;
}

async function writeList(file: string, rows: Uint16Array, edition: Edition, format: ListFormat): Promise<number> {
  const out = createWriteStream(file);
  const gzip = format.isCompressed ? createGzip({ level: GZIP_LEVEL }) : null;
  gzip?.pipe(out);
  const sink = gzip ?? out;
  const names = new Map<number, string>();
  const count = edition === 'half' ? Math.floor(rows.length / 2) : rows.length;
  let bytes = 0;
  let text = format.begin;
  for (let at = 0; at < count; at++) {
    const item = rows[at] ?? 0;
    const name = names.get(item) ?? format.nameOf(item);
    names.set(item, name);
    text += `${at === 0 ? '' : format.between}${format.row(name, rowOf(at, item, edition))}`;
    if (at % ROWS_AT_ONCE !== 0) continue;
    bytes += Buffer.byteLength(text);
    if (!sink.write(text)) await once(sink, 'drain');
    text = '';
  }
  sink.end(text + format.end);
  await finished(out);
  return bytes + Buffer.byteLength(text + format.end);
}

function rowOf(at: number, item: number, edition: Edition): Row {
  const share = (at * 7919) % 100;
  const isSold = edition === 'new' && share < CHANGED_PERCENT;
  const isMoved = edition === 'new' && share >= 100 - CHANGED_PERCENT;
  const spread = 1 + ((at * 2_654_435_761) % 1_000_003) / 1_000_003 + (isMoved ? 0.01 : 0);
  const floor = 30 + (((item * 40_503) % 1_009) / 1_009) ** 4 * 500_000;
  // Ids of other listings, which have come in place of the sold ones.
  return { id: 500_000_000 + at + (isSold ? 100_000_000 : 0), price: Math.floor((floor * spread) / 10) * 10, seed: at };
}

function jsonFormat(game: number, nameOf: (item: number) => string): ListFormat {
  return {
    isCompressed: true,
    begin: '{"status":"success","last_update":1791300000,"items":[',
    between: ',',
    end: ']}',
    nameOf,
    row: (name, { id, price, seed }) => {
      const noise = noiseOf(seed);
      return (
        `{"id":${id},"name":${JSON.stringify(name)},"price":${price / 1000},"unlock_at":null,` +
        `"item_class_id":"${310_000_000 + name.length * 7919}","created_at":"2026-10-07T14:${10 + (noise % 50)}:08Z",` +
        `"item_float":"0.${noise}","name_tag":null,"item_paint_index":${noise % 1000},"item_paint_seed":${noise % 999},` +
        `"stickers":[${seed % 10 === 0 ? stickersOf(noise) : ''}],"item_asset_id":"4${noise}${seed}","game_id":${game},` +
        `"item_link":null,"delivery_type":${1 + (seed % 2)}}`
      );
    },
  };
}

/** Nine digits that look random: real lists can be compressed to a fifth. */
function noiseOf(seed: number): number {
  return 100_000_000 + ((((seed + 1) * 2_654_435_761) % 4_294_967_291) % 900_000_000);
}

function stickersOf(seed: number): string {
  return [0, 1]
    .map((slot) => {
      const number = (seed * 31 + slot * 7) % 3000;
      return `{"name":"Sticker | Number ${number}","image":"https://pictures.example/stickers/${number}.png","wear":0,"slot":${slot}}`;
    })
    .join();
}

function csvFormat(nameOf: (item: number) => string): ListFormat {
  return {
    isCompressed: false,
    begin: 'item_id,name,price,auto,float,paint_index,inspect\n',
    between: '\n',
    end: '\n',
    nameOf,
    row: (name, { id, price, seed }) => {
      const noise = noiseOf(seed);
      const inspect = `steam://rungame/730/76561202255233023/+csgo_econ_action_preview%20M${noise}A4${id}D${noise}${seed}`;
      return `4${id},${name},${String(price).padStart(12, '0')},${seed % 3 === 0},0.${noise}${noise},${noise % 1000},${inspect}`;
    },
  };
}
