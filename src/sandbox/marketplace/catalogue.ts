import { createHash } from 'node:crypto';
import { type Mills, toMills } from '../../money.ts';
import type { Behaviour } from './behaviour.ts';
import { type CardScript, cs2Behaviours, rustBehaviours } from './behaviours.ts';
import { cs2Items, type Item, rustItems } from './items.ts';

export type Side = 'cs2' | 'rust';

/** A listing that works like a test card: never sold out, always the same id, and it does what its name says. */
export interface Listing {
  readonly side: Side;
  readonly nativeId: string;
  readonly catalogId: string;
  readonly marketHashName: string;
  readonly type: string;
  readonly rarity: string | null;
  readonly exterior: string | null;
  readonly wear: string | null;
  readonly paintSeed: number | null;
  readonly phase: string | null;
  readonly instant: boolean;
  /** What a search shows. */
  readonly listedMills: Mills;
  /** What the single listing shows. */
  readonly liveMills: Mills;
  readonly chargedMills: Mills;
  readonly behaviour: Behaviour;
}

const CS2_COPIES = 10;
const RUST_COPIES = 5;
/** Each copy costs a cent more than the one before, so that "cheapest first" can be seen. */
const STEP_MILLS = 10n;

// Listing ids have 18 digits on purpose: as JSON numbers they would lose their last ones.
const CS2_ID_BASE = 730_000_000_000_000_000n;
const RUST_ID_BASE = 252_490_000_000_000_000n;

const WEAR_RANGES: Readonly<Record<string, readonly [number, number]>> = {
  'Factory New': [0, 0.07],
  'Minimal Wear': [0.07, 0.15],
  'Field-Tested': [0.15, 0.38],
  'Well-Worn': [0.38, 0.45],
  'Battle-Scarred': [0.45, 1],
};

/** All listings of both sides, in memory: the test cards are part of the program, not data. */
export const listings: readonly Listing[] = [
  ...sell('cs2', cs2Behaviours, cs2Items, CS2_ID_BASE, CS2_COPIES),
  ...sell('rust', rustBehaviours, rustItems, RUST_ID_BASE, RUST_COPIES),
];

const byId: ReadonlyMap<string, Listing> = new Map(
  listings.map((listing) => [`${listing.side}:${listing.nativeId}`, listing]),
);

export function findListing(side: Side, nativeId: string): Listing | undefined {
  return byId.get(`${side}:${nativeId}`);
}

function sell(
  side: Side,
  behaviours: Readonly<Record<string, CardScript>>,
  items: Readonly<Record<string, Item>>,
  idBase: bigint,
  copies: number,
): Listing[] {
  return Object.entries(behaviours).flatMap(([name, script]) => {
    const item = items[name];
    if (!item) throw new Error(`behaviour ${name} has no item on the ${side} side`);
    const behaviour: Behaviour = { ...script, name };
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
    catalogId: createHash('sha256').update(item.name).digest('hex').slice(0, 16),
    marketHashName: item.name,
    type: item.type,
    rarity: item.rarity ?? null,
    exterior,
    wear: wearOf(exterior, copy),
    paintSeed: side === 'cs2' ? (item.number * 37 + copy * 11) % 1000 : null,
    phase: item.phases?.[(copy - 1) % item.phases.length] ?? null,
    instant: item.instant ?? false,
    listedMills,
    liveMills,
    chargedMills: percentOf(liveMills, behaviour.chargedPercent),
    behaviour,
  };
}

function percentOf(amount: Mills, percent: number): Mills {
  return toMills((amount * BigInt(percent)) / 100n);
}

/** Spreads the copies evenly over the range of their exterior. */
function wearOf(exterior: string | null, copy: number): string | null {
  const range = exterior === null ? undefined : WEAR_RANGES[exterior];
  if (!range) return null;
  return (range[0] + ((range[1] - range[0]) * copy) / (CS2_COPIES + 1)).toFixed(6);
}
