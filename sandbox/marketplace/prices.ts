import { SECOND_MS } from '../../src/core/clock.ts';
import { toMills } from '../../src/core/money.ts';
import type { Listing, Prices } from './listing.ts';
import { draw } from './stock/draw.ts';

/** Prices move at the turn of these, each time those of another small share of the ordinary listings. */
const TURN_MS = 3 * SECOND_MS;
/** A price stays for this many turns: ten minutes. */
const TURNS_BETWEEN = 200;
/** Beyond this many turns it is simpler to say everything than what changed. */
const TURNS_TOLD_MAX = 100;

const PERMILLE = 1000n;
const DOWN_PERMILLE = 970n;
const SPREAD_PERMILLE = 61;

/**
 * What a listing costs at a moment. A pure function, so that the feed, the single listing and a purchase agree, and
 * so do a restart and another process.
 */
export function pricesAt(listing: Listing, nowMs: number): Prices {
  const { ordinary, listedMills } = listing;
  if (!ordinary) return listing;
  const moved = DOWN_PERMILLE + BigInt(draw(ordinary.seed, moves(ordinary.ordinal, nowMs)) % SPREAD_PERMILLE);
  const priceMills = toMills((listedMills * moved) / PERMILLE);
  return { listedMills: priceMills, liveMills: priceMills, chargedMills: priceMills };
}

/** How often its price has moved. */
function moves(ordinal: number, nowMs: number): number {
  return Math.floor((turnAt(nowMs) + ordinal) / TURNS_BETWEEN);
}

/**
 * The places of those whose price moved after one moment and up to another: every so many-th from these on.
 * @returns null when it is long ago
 */
export function movedBetween(sinceMs: number, nowMs: number): { firsts: number[]; step: number } | null {
  const since = turnAt(sinceMs);
  const count = turnAt(nowMs) - since;
  if (count < 0 || count > TURNS_TOLD_MAX) return null;
  const turns = Array.from({ length: count }, (_, index) => since + 1 + index);
  const firsts = turns.map((turn) => (TURNS_BETWEEN - (turn % TURNS_BETWEEN)) % TURNS_BETWEEN);
  return { firsts, step: TURNS_BETWEEN };
}

function turnAt(ms: number): number {
  return Math.floor(ms / TURN_MS);
}
