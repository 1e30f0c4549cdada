import { promisify } from 'node:util';
import { constants, deflate, inflate } from 'node:zlib';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { CS2, RUST } from '../core/games.ts';
import { toMills } from '../core/money.ts';
import type { FeedUpdate } from '../market/market-cache.ts';
import type { Listing } from '../suppliers/supplier.ts';

/** A part of an update, as it is stored. */
export type FeedPart = Pick<FeedUpdate, 'listings' | 'gone'>;

/** A part takes 2 ms to write or to parse, which other requests do not feel. */
const ENTRIES_PER_PART = 1000;
/** A thousand listings with many stickers have 2 MB. */
const PART_MAX_BYTES = 64 * 1024 * 1024;

const compress = promisify<Buffer, { level: number }, Buffer>(deflate);
const decompress = promisify<Buffer, { maxOutputLength: number }, Buffer>(inflate);

const text = Type.String();
const Shape = Compile(
  Type.Object({
    listings: Type.Array(
      Type.Object({
        nativeId: text,
        game: Type.Enum([CS2, RUST]),
        catalogId: text,
        marketHashName: text,
        type: Type.Optional(text),
        exterior: Type.Optional(text),
        rarity: Type.Optional(text),
        wear: Type.Optional(text),
        paintSeed: Type.Optional(Type.Number()),
        phase: Type.Optional(text),
        paintIndex: Type.Optional(Type.Number()),
        fade: Type.Optional(Type.Number()),
        stickers: Type.Optional(
          Type.Array(
            Type.Object({
              name: text,
              slot: Type.Number(),
              wear: Type.Optional(Type.Number()),
              iconUrl: text,
              marketHashName: Type.Optional(text),
            }),
          ),
        ),
        charm: Type.Optional(Type.Object({ name: text, iconUrl: text, marketHashName: Type.Optional(text) })),
        color: Type.Optional(text),
        previewToken: Type.Optional(text),
        delivery: Type.Enum(['standard', 'instant']),
        iconUrl: Type.Optional(text),
        priceMills: Type.String({ pattern: '^\\d{1,18}$' }),
      }),
    ),
    gone: Type.Array(text),
  }),
);

/** Divides an update. One that changes nothing has one part. */
export function partsOf({ listings, gone }: FeedPart): FeedPart[] {
  const count = Math.max(1, Math.ceil(Math.max(listings.length, gone.length) / ENTRIES_PER_PART));
  return Array.from({ length: count }, (_, n) => {
    const [from, to] = [n * ENTRIES_PER_PART, (n + 1) * ENTRIES_PER_PART];
    return { listings: listings.slice(from, to), gone: gone.slice(from, to) };
  });
}

/** Compressed beside the event loop, quickly rather than well: each batch is read a few times and then deleted. */
export function encodePart({ listings, gone }: FeedPart): Promise<Buffer> {
  const json = JSON.stringify({ listings: listings.map(toWire), gone });
  return compress(Buffer.from(json), { level: constants.Z_BEST_SPEED });
}

function toWire(listing: Listing) {
  return { ...listing, priceMills: String(listing.priceMills) };
}

/** @returns null if it cannot be read, as when a version of the gateway has written it that knows other listings */
export async function decodePart(body: Buffer): Promise<FeedPart | null> {
  const json = await parse(body).catch(() => null);
  if (!Shape.Check(json)) return null;
  const listings = json.listings.map((wire) => ({ ...wire, priceMills: toMills(BigInt(wire.priceMills)) }));
  return { listings, gone: json.gone };
}

async function parse(body: Buffer): Promise<unknown> {
  return JSON.parse((await decompress(body, { maxOutputLength: PART_MAX_BYTES })).toString());
}
