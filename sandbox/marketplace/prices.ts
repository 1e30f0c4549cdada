import { SECOND_MS } from '../../src/core/clock.ts';
import { toMills } from '../../src/core/money.ts';
import type { Listing, Prices } from './listing.ts';
import { draw } from './stock/draw.ts';

/** At each interval the prices of a small share of the ordinary listings change. */
const TURN_MS = 3 * SECOND_MS;
/** A price stays for this many intervals, which is ten minutes. */
const TURNS_BETWEEN = 200;

const PERMILLE = 1000n;
const DOWN_PERMILLE = 970n;
const SPREAD_PERMILLE = 61;

/**
 * The price of a listing at a time. A pure function, so that the lists, the single listing, a purchase, and other processes
 * agree.
 */
export function pricesAt(listing: Listing, nowMs: number): Prices {
  const { ordinary, listedMills } = listing;
  if (!ordinary) return listing;
  const moved = DOWN_PERMILLE + BigInt(draw(ordinary.seed, moves(ordinary.ordinal, nowMs)) % SPREAD_PERMILLE);
  const priceMills = toMills((listedMills * moved) / PERMILLE);
  return { listedMills: priceMills, liveMills: priceMills, chargedMills: priceMills };
}

/** The number of its price changes so far. */
function moves(ordinal: number, nowMs: number): number {
  return Math.floor((turnAt(nowMs) + ordinal) / TURNS_BETWEEN);
}

function turnAt(ms: number): number {
  return Math.floor(ms / TURN_MS);
}
