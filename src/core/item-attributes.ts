import Type, { type Static } from 'typebox';
import type { Listing } from '../suppliers/supplier.ts';

/** The attributes of an item besides its id and price, in the form of the public API. Absent fields are omitted. */

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
  color: Type.Optional(Type.String({ description: 'The colour of the rarity: `#` and six hex digits' })),
  wear: Type.Optional(Type.String({ description: 'Float value' })),
  paintSeed: Type.Optional(Type.Integer()),
  previewToken: Type.Optional(Type.String({ description: 'The parameter of Steam’s inspect link' })),
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

/** Twice the length of five stickers with long URLs. */
const KEPT_LENGTH_MAX = 4096;

/**
 * The attributes that are stored with a bought item. Each callback of the trade contains them for all of its items, so
 * stickers and charms are omitted when the text is too long.
 */
export function attributesToKeep(listing: Listing): string {
  const attributes = attributesOf(listing);
  const { stickers: _stickers, charm: _charm, ...rest } = attributes;
  const texts = [attributes, rest].map((each) => JSON.stringify(each));
  return texts.find((text) => text.length <= KEPT_LENGTH_MAX) ?? '{}';
}

/** Reads stored attributes; null: none are stored. */
export function readAttributes(kept: unknown): ItemAttributes | null {
  // Only `attributesToKeep` writes this column.
  return kept as ItemAttributes | null;
}

/** Steam's name of an item: the market name without the exterior. */
export function steamName(marketHashName: string, { exterior }: ItemAttributes): string {
  const suffix = ` (${exterior})`;
  return exterior !== undefined && marketHashName.endsWith(suffix)
    ? marketHashName.slice(0, -suffix.length)
    : marketHashName;
}
