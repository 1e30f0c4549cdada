import { createHash } from 'node:crypto';
import type { Mills } from '../../src/core/money.ts';
import type { Behaviour } from './behaviour.ts';

export type Side = 'cs2' | 'rust';

export interface Prices {
  /** What the feed shows. */
  readonly listedMills: Mills;
  /** What the single listing shows. */
  readonly liveMills: Mills;
  readonly chargedMills: Mills;
}

/** One copy of an item. The prices of an ordinary one are what its price moves around, see `pricesAt`. */
export interface Listing extends Prices {
  readonly side: Side;
  readonly nativeId: string;
  readonly catalogId: string;
  readonly marketHashName: string;
  readonly type: string;
  readonly rarity: string | null;
  readonly color: string | null;
  readonly exterior: string | null;
  readonly wear: string | null;
  readonly paintSeed: number | null;
  readonly phase: string | null;
  readonly instant: boolean;
  readonly behaviour: Behaviour;
  /** null: a test listing, which is never sold out, and whose price never moves. */
  readonly ordinary: Ordinary | null;
}

/** What only the listings of the ordinary market have. */
export interface Ordinary {
  /** Its place among those of its side. */
  readonly ordinal: number;
  readonly seed: number;
  readonly paintIndex: number | null;
  readonly fadePercent: number | null;
  readonly inspectToken: string | null;
  readonly stickers: readonly Sticker[];
  readonly charm: Charm | null;
}

export interface Charm {
  readonly name: string;
  readonly marketHashName: string;
  readonly catalogId: string;
}

export interface Sticker extends Charm {
  readonly slot: number;
  readonly wear: number;
}

/** The marketplace's id of an item: a function of its name. */
export function catalogIdOf(marketHashName: string): string {
  return createHash('sha256').update(marketHashName).digest('hex').slice(0, 16);
}
