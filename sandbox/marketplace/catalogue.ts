import { type Mills, toMills } from '../../src/core/money.ts';
import { type Behaviour, behaviourOf } from './behaviour.ts';
import { cs2Behaviours, rustBehaviours, type TestScript } from './behaviours.ts';
import { exteriors } from './exteriors.ts';
import { cs2Items, type Item, rustItems } from './items.ts';
import { catalogIdOf, type Listing, type Side } from './listing.ts';
import { rarities } from './stock/cs2-finishes.ts';
import { cs2Stock } from './stock/cs2-stock.ts';
import { rustStock } from './stock/rust-stock.ts';
import type { UnorderedListing } from './stock/stock-item.ts';

const CS2_COPIES = 10;
const RUST_COPIES = 5;
/** Each copy costs a cent more than the previous one, so that the order by price is visible. */
const STEP_MILLS = 10n;

// Listing ids have 18 digits on purpose: as JSON numbers they would lose precision.
const CS2_ID_BASE = 730_000_000_000_000_000n;
const RUST_ID_BASE = 252_490_000_000_000_000n;

const colors: ReadonlyMap<string, string> = new Map(Object.values(rarities).map(({ name, color }) => [name, color]));

/** The test listings: never sold out, with a fixed id, and with the behaviour that their name says. */
export const testListings: readonly Listing[] = [
  ...sell('cs2', cs2Behaviours, cs2Items, CS2_ID_BASE, CS2_COPIES),
  ...sell('rust', rustBehaviours, rustItems, RUST_ID_BASE, RUST_COPIES),
];

const testListingsById: ReadonlyMap<string, Listing> = new Map(
  testListings.map((testListing) => [`${testListing.side} ${testListing.nativeId}`, testListing]),
);

/** All listings of a side. */
export interface GameIndex {
  readonly listings: readonly Listing[];
  /** The ordinary listings, indexed by their ordinal. */
  readonly ordinary: readonly Listing[];
  readonly ordinaryById: ReadonlyMap<string, Listing>;
  /** The listings of each catalogue item, by the item's id. */
  readonly byItem: ReadonlyMap<string, readonly Listing[]>;
}

const indexes = {
  cs2: once(() => createIndex('cs2', cs2Stock())),
  rust: once(() => createIndex('rust', rustStock())),
};

/** Created at the first use, which takes 20 ms; commands and production gateways never use it. */
export function indexOf(side: Side): GameIndex {
  return indexes[side]();
}

export function findListing(side: Side, nativeId: string): Listing | undefined {
  return testListingsById.get(`${side} ${nativeId}`) ?? indexOf(side).ordinaryById.get(nativeId);
}

function createIndex(side: Side, stock: readonly UnorderedListing[]): GameIndex {
  const ordinary = stock.map(withOrdinal);
  const listings = [...testListings.filter((testListing) => testListing.side === side), ...ordinary];
  return {
    listings,
    ordinary,
    ordinaryById: new Map(ordinary.map((listing) => [listing.nativeId, listing])),
    byItem: Map.groupBy(listings, ({ catalogId }) => catalogId),
  };
}

function once<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function withOrdinal(listing: UnorderedListing, ordinal: number): Listing {
  return { ...listing, ordinary: { ...listing.ordinary, ordinal } };
}

function sell(
  side: Side,
  behaviours: Readonly<Record<string, TestScript>>,
  items: Readonly<Record<string, Item>>,
  idBase: bigint,
  copies: number,
): Listing[] {
  return Object.keys(behaviours).flatMap((name) => {
    const item = items[name];
    if (!item) throw new Error(`behaviour ${name} has no item on the ${side} side`);
    const behaviour = behaviourOf(name, behaviours);
    return Array.from({ length: copies }, (_, index) => copyOf(side, item, behaviour, idBase, index + 1));
  });
}

function copyOf(side: Side, item: Item, behaviour: Behaviour, idBase: bigint, copy: number): Listing {
  const exterior = /\(([^)]+)\)$/.exec(item.name)?.[1] ?? null;
  const listedMills = toMills(item.priceMills + STEP_MILLS * BigInt(copy - 1));
  const liveMills = percentOf(listedMills, behaviour.livePercent);
  return {
    side,
    nativeId: String(idBase + BigInt(item.number * 100 + copy)),
    catalogId: catalogIdOf(item.name),
    marketHashName: item.name,
    type: item.type,
    rarity: item.rarity ?? null,
    color: colors.get(item.rarity ?? '') ?? null,
    exterior,
    wear: wearOf(exterior, copy),
    paintSeed: side === 'cs2' ? (item.number * 37 + copy * 11) % 1000 : null,
    phase: item.phases?.[(copy - 1) % item.phases.length] ?? null,
    instant: item.instant ?? false,
    listedMills,
    liveMills,
    chargedMills: percentOf(liveMills, behaviour.chargedPercent),
    behaviour,
    ordinary: null,
  };
}

function percentOf(amount: Mills, percent: number): Mills {
  return toMills((amount * BigInt(percent)) / 100n);
}

/** Spreads the float values of the copies evenly over the range of their exterior. */
function wearOf(exterior: string | null, copy: number): string | null {
  const range = exteriors.find(({ name }) => name === exterior)?.floats;
  if (!range) return null;
  return (range[0] / 100 + (((range[1] - range[0]) / 100) * copy) / (CS2_COPIES + 1)).toFixed(6);
}
