import { type Mills, toMills } from '../../src/core/money.ts';
import { type Behaviour, behaviourOf } from './behaviour.ts';
import { cs2Behaviours, rustBehaviours, type TestScript } from './behaviours.ts';
import { exteriors } from './exteriors.ts';
import { cs2Items, type Item, rustItems } from './items.ts';
import { catalogIdOf, type Listing, type Side } from './listing.ts';
import { rarities } from './stock/cs2-finishes.ts';
import { cs2Stock } from './stock/cs2-stock.ts';
import { rustStock } from './stock/rust-stock.ts';
import type { Unplaced } from './stock/ware.ts';

const CS2_COPIES = 10;
const RUST_COPIES = 5;
/** Each copy costs a cent more than the one before, so that "cheapest first" can be seen. */
const STEP_MILLS = 10n;

// Listing ids have 18 digits on purpose: as JSON numbers they would lose their last ones.
const CS2_ID_BASE = 730_000_000_000_000_000n;
const RUST_ID_BASE = 252_490_000_000_000_000n;

const colors: ReadonlyMap<string, string> = new Map(Object.values(rarities).map(({ name, color }) => [name, color]));

/** The listings that work like test listings: never sold out, always the same id, and each does what its name says. */
export const testListings: readonly Listing[] = [
  ...sell('cs2', cs2Behaviours, cs2Items, CS2_ID_BASE, CS2_COPIES),
  ...sell('rust', rustBehaviours, rustItems, RUST_ID_BASE, RUST_COPIES),
];

const testListingsById: ReadonlyMap<string, Listing> = new Map(
  testListings.map((testListing) => [`${testListing.side} ${testListing.nativeId}`, testListing]),
);

/** All that a side can have on sale. */
export interface GameIndex {
  readonly listings: readonly Listing[];
  /** Those that are no test listings, each at the place of its ordinal. */
  readonly ordinary: readonly Listing[];
  readonly ordinaryById: ReadonlyMap<string, Listing>;
}

const shelves = {
  cs2: once(() => shelfWith('cs2', cs2Stock())),
  rust: once(() => shelfWith('rust', rustStock())),
};

/** Made when it is first asked for, which takes 20 ms: a command line and a gateway without a sandbox never ask. */
export function shelfOf(side: Side): GameIndex {
  return shelves[side]();
}

export function findListing(side: Side, nativeId: string): Listing | undefined {
  return testListingsById.get(`${side} ${nativeId}`) ?? shelfOf(side).ordinaryById.get(nativeId);
}

function shelfWith(side: Side, stock: readonly Unplaced[]): GameIndex {
  const ordinary = stock.map(place);
  const listings = [...testListings.filter((testListing) => testListing.side === side), ...ordinary];
  return { listings, ordinary, ordinaryById: new Map(ordinary.map((listing) => [listing.nativeId, listing])) };
}

function once<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function place(listing: Unplaced, ordinal: number): Listing {
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

/** Spreads the copies evenly over the range of their exterior. */
function wearOf(exterior: string | null, copy: number): string | null {
  const range = exteriors.find(({ name }) => name === exterior)?.floats;
  if (!range) return null;
  return (range[0] / 100 + (((range[1] - range[0]) / 100) * copy) / (CS2_COPIES + 1)).toFixed(6);
}
