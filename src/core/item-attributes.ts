import Type, { type Static } from 'typebox';
import type { Listing } from '../suppliers/supplier.ts';

/** What is known of an item beside its id and price, as the public API spells it. Absent fields are omitted. */

const Pictured = {
  name: Type.String(),
  iconUrl: Type.String(),
  marketHashName: Type.Optional(Type.String()),
};

export const itemAttributes = {
  type: Type.Optional(Type.String()),
  iconUrl: Type.Optional(Type.String()),
  exterior: Type.Optional(Type.String()),
  rarity: Type.Optional(Type.String()),
  color: Type.Optional(Type.String({ description: 'Of the rarity: `#` and six hex digits' })),
  wear: Type.Optional(Type.String({ description: 'Float value' })),
  paintSeed: Type.Optional(Type.Integer()),
  previewToken: Type.Optional(Type.String({ description: 'What Steam’s inspect link takes' })),
  doppler: Type.Optional(Type.Object({ name: Type.String(), paintIndex: Type.Optional(Type.Integer()) })),
  fade: Type.Optional(Type.Object({ percentage: Type.Number() })),
  stickers: Type.Optional(
    Type.Array(Type.Object({ ...Pictured, slot: Type.Integer(), wear: Type.Optional(Type.Number()) })),
  ),
  charm: Type.Optional(Type.Object(Pictured)),
};

const ItemAttributes = Type.Object(itemAttributes);
export type ItemAttributes = Static<typeof ItemAttributes>;

export function attributesOf(listing: Listing): ItemAttributes {
  const { type, iconUrl, exterior, rarity, color, wear, paintSeed, previewToken, stickers, charm } = listing;
  const { phase, paintIndex, fade } = listing;
  return {
    ...(type === undefined ? {} : { type }),
    ...(iconUrl === undefined ? {} : { iconUrl }),
    ...(exterior === undefined ? {} : { exterior }),
    ...(rarity === undefined ? {} : { rarity }),
    ...(color === undefined ? {} : { color }),
    ...(wear === undefined ? {} : { wear }),
    ...(paintSeed === undefined ? {} : { paintSeed }),
    ...(previewToken === undefined ? {} : { previewToken }),
    ...(phase === undefined ? {} : { doppler: { name: phase, ...(paintIndex === undefined ? {} : { paintIndex }) } }),
    ...(fade === undefined ? {} : { fade: { percentage: fade } }),
    ...(stickers === undefined ? {} : { stickers: [...stickers] }),
    ...(charm === undefined ? {} : { charm }),
  };
}

/** Five stickers with long addresses come to about half of it. */
const KEPT_LENGTH_MAX = 4096;

/**
 * The attributes as they are kept with an item that is bought. Each callback of the trade holds those of all its items,
 * so pictures that a marketplace sends at great length are left out.
 */
export function attributesToKeep(listing: Listing): string {
  const attributes = attributesOf(listing);
  const { stickers: _stickers, charm: _charm, ...rest } = attributes;
  const texts = [attributes, rest].map((each) => JSON.stringify(each));
  return texts.find((text) => text.length <= KEPT_LENGTH_MAX) ?? '{}';
}

/** The attributes that were kept; null: of an item of which none were. */
export function readAttributes(kept: unknown): ItemAttributes | null {
  // Written by `attributesToKeep` only.
  return kept as ItemAttributes | null;
}

/** What Steam calls an item: its market name without the exterior behind it. */
export function steamName(marketHashName: string, { exterior }: ItemAttributes): string {
  const suffix = ` (${exterior})`;
  return exterior !== undefined && marketHashName.endsWith(suffix)
    ? marketHashName.slice(0, -suffix.length)
    : marketHashName;
}
