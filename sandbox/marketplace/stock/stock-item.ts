import { toMills } from '../../../src/core/money.ts';
import type { Behaviour } from '../behaviour.ts';
import { catalogIdOf, type Listing, type Ordinary, type Prices, type Side } from '../listing.ts';
import { draw, type Seed, seedOf } from './draw.ts';

/** A catalogue item of the ordinary market, of which several copies are listed. */
export interface StockItem {
  readonly name: string;
  readonly type: string;
  readonly rarity: { readonly name: string; readonly color: string } | null;
  readonly cents: number;
  readonly exterior?: string;
}

/** The data of one copy that differs from other copies; absent fields have the default. */
export interface CopyTraits extends Partial<Omit<Ordinary, 'ordinal' | 'seed'>> {
  readonly wear?: string;
  readonly paintSeed?: number;
  readonly phase?: string;
  readonly instant?: boolean;
  /** The price with these traits. */
  readonly cents: number;
  readonly behaviour: Behaviour;
}

// 18 digits like the ids of test listings, but in a separate range. The middle digits come from the item's name, so that ids
// stay the same when items are added.
const ID_BASES: Readonly<Record<Side, bigint>> = { cs2: 731_000_000_000_000_000n, rust: 253_000_000_000_000_000n };

/** The ranges as text, as orders store ids. */
export const ordinaryIds: Readonly<Record<Side, { readonly from: string; readonly below: string }>> = {
  cs2: { from: '731', below: '732' },
  rust: { from: '253', below: '254' },
};

const NAME_DIGITS = 10;
const COPIES_MAX = 100n;

/** A listing without its ordinal. */
export type UnorderedListing = Omit<Listing, 'ordinary'> & { readonly ordinary: Omit<Ordinary, 'ordinal'> };

/** Creates listings of copies of an item, most of them slightly more expensive than the previous one. */
export function listCopies(
  side: Side,
  item: StockItem,
  copies: number,
  traitsOf: (seed: Seed, index: number) => CopyTraits,
): UnorderedListing[] {
  const catalogId = catalogIdOf(item.name);
  const nativeBase = ID_BASES[side] + BigInt(`0x${catalogId.slice(0, NAME_DIGITS)}`) * COPIES_MAX;
  const itemSeed = seedOf(catalogId);
  return Array.from({ length: copies }, (_, index): UnorderedListing => {
    const seed = draw(itemSeed, index);
    const traits = traitsOf(seed, index);
    return {
      side,
      nativeId: String(nativeBase + BigInt(index + 1)),
      catalogId,
      ...commonOf(item),
      ...ownOf(traits),
      ...pricesOf(dearer(traits.cents, index, seed)),
      ordinary: ordinaryOf(seed, traits),
    };
  });
}

function commonOf({ name, type, rarity, exterior }: StockItem) {
  return {
    marketHashName: name,
    type,
    rarity: rarity?.name ?? null,
    color: rarity?.color ?? null,
    exterior: exterior ?? null,
  };
}

function ownOf({ wear, paintSeed, phase, instant, behaviour }: CopyTraits) {
  return {
    wear: wear ?? null,
    paintSeed: paintSeed ?? null,
    phase: phase ?? null,
    instant: instant ?? false,
    behaviour,
  };
}

function pricesOf(mills: number): Prices {
  const price = toMills(BigInt(mills));
  return { listedMills: price, liveMills: price, chargedMills: price };
}

function ordinaryOf(seed: Seed, traits: CopyTraits): Omit<Ordinary, 'ordinal'> {
  const { paintIndex = null, fadePercent = null, inspectToken = null, stickers = [], charm = null } = traits;
  return { seed, paintIndex, fadePercent, inspectToken, stickers, charm };
}

/** In thousandths of a dollar, calculated with integers. */
function dearer(cents: number, index: number, seed: Seed): number {
  const permille = 1000 + 14 * index + (draw(seed, 1) % 9);
  return Math.floor((cents * 10 * permille) / 1000);
}

/** Cheap items have more copies. */
export function copiesAt(cents: number): number {
  if (cents < 1_000) return 5;
  if (cents < 10_000) return 4;
  return cents < 100_000 ? 3 : 2;
}
