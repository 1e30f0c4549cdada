import { createHash } from 'node:crypto';
import type { Mills } from '../../src/core/money.ts';
import type { Behaviour } from './behaviour.ts';

export type Side = 'cs2' | 'rust';

export interface Prices {
  /** The price in the feed. */
  readonly listedMills: Mills;
  /** The price of the single listing. */
  readonly liveMills: Mills;
  readonly chargedMills: Mills;
}

/** One copy of an item. The price of an ordinary listing moves around these prices, see `prices.ts`. */
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
  /** null: a test listing, which is never sold out and has a fixed price. */
  readonly ordinary: Ordinary | null;
}

/** The additional data of ordinary listings. */
export interface Ordinary {
  /** Its index among the ordinary listings of its side. */
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

/** The marketplace's id of an item, derived from its name. */
export function catalogIdOf(marketHashName: string): string {
  return createHash('sha256').update(marketHashName).digest('hex').slice(0, 16);
}
