import type { Game } from '../../../src/core/games.ts';
import type { CancelRefusal, OrderStatus, Supplier } from '../../../src/suppliers/supplier.ts';
import type { TradeUrlAnswer } from '../../../src/trade-urls/checker.ts';
import type { Market, Side } from '../harness.ts';

/**
 * An adapter, as the contract sees it: how to open it, and what may differ from one marketplace to another. All else is the
 * same for every adapter. What a marketplace cannot do or show is left out, and its rules do not run.
 */
export interface Subject {
  /** The first words of its tests. */
  readonly name: string;
  /** Starts the marketplace that it is tested with, for all of its tests. */
  readonly openMarket: () => Promise<Market>;
  /** @param url of the marketplace's server, without the path of the adapter's own front */
  readonly open: (url: string, options: OpenOptions) => Supplier;
  /** What the adapter must say of itself. */
  readonly says: {
    readonly id: string;
    readonly findMax: number;
    readonly lookupDelayMs: number;
    readonly repeats: Supplier['repeats'];
    readonly settles: Supplier['settles'];
    /** null: it cannot cancel. */
    readonly cancelMinAgeMs: number | null;
    /** Absent: the limit of every call. */
    readonly buyTimeoutMs?: number;
    readonly hasPush: boolean;
  };
  /** What its account has before the first purchase; null: the marketplace does not say. */
  readonly balanceMills: bigint | null;
  readonly sides: readonly SubjectSide[];
  /** `listed`: one listing is shown with all about it. `priced`: with its price only. */
  readonly shows: 'listed' | 'priced';
  /**
   * `changes`: the feed goes on from a cursor. `differences`: it has everything, and the adapter compares it with its last
   * answer. `whole`: every answer has everything.
   */
  readonly feed: 'changes' | 'differences' | 'whole';
  /** Anybody may read the feed, with or without a key. */
  readonly isFeedPublic?: true;
  /** What a look-up says of a reference that the marketplace does not know. Absent: nothing, which is no error. */
  readonly unknownReference?: 'unknown';
  /** The marketplace has a list of orders that can be compared with our purchases. */
  readonly readsHistory?: true;
  /** Whether it says with authority that no order was made. */
  readonly saysNeverMade?: true;
  /** A price as the marketplace can write it. Absent: to a thousandth of a dollar. */
  readonly priceOnWire?: (mills: bigint) => bigint;
  /** The order's id on the wire, from that of the market's books. Absent: the same. */
  readonly orderIdOnWire?: (orderId: string) => string;
  /** Names of accounts for `open`. */
  readonly accounts?: {
    /** The marketplace refuses their key or address. */
    readonly denied?: readonly string[];
    /** Has too little money for the listing that never ships. */
    readonly poor?: string;
  };
  /** Must never be in an answer. */
  readonly secrets: readonly string[];
  /** What comes of a cancel in each situation. Only an adapter with the ability has it. */
  readonly cancelRefusals?: Readonly<Record<CancelSituation, CancelRefusal | 'unknown'>>;
  /**
   * What it says of a trade URL with each of the sandbox's tokens; `ordinary` is any other. Only an adapter with the ability
   * has it.
   */
  readonly tradeUrls?: Readonly<Record<SandboxToken, TradeUrlAnswer['standing']>>;
  /** Lets the marketplace push to an address. Only an adapter with the ability has it. */
  readonly pushTo?: (market: Market, url: string) => Promise<void>;
}

export interface OpenOptions {
  /** The time limit of a call. */
  readonly timeoutMs: number;
  /** One of the subject's accounts, by its name. Absent: one that may buy. */
  readonly account?: string;
  /** Absent: the secret that the marketplace signs its pushes with. */
  readonly pushSecret?: string;
}

/** One game at the marketplace. */
export interface SubjectSide {
  /** The side of the market's books whose listings it sells. */
  readonly side: Side;
  readonly game: Game;
  /** The behaviours of test listings that the marketplace can show. */
  readonly behaviours: readonly string[];
  /** The adapter's id of a listing, from that of the market's books. Absent: the same. */
  readonly nativeIdOf?: (id: string) => string;
  /** An id that the adapter may have, and no listing has. */
  readonly unusedId: string;
  readonly publicId: RegExp;
  /** Texts that look nearly like its public ids. */
  readonly foreignIds?: readonly string[];
  /** Which test listings the feed has. Absent: all. */
  readonly isInFeed?: (marketHashName: string) => boolean;
  /** The statuses of an order of `ships-later`: at once, ten minutes, twelve minutes and a week after the purchase. */
  readonly delivery: readonly OrderStatus['kind'][];
  /** The marketplace does not say when a hold ends. */
  readonly hidesHoldEnd?: true;
  /** What becomes of orders: a behaviour, the time that passes, and the status then. */
  readonly statuses: readonly (readonly [behaviour: string, afterMs: number, status: OrderStatus])[];
}

/** Tokens of trade URLs with which the sandbox's Steam knows something special. */
export const sandboxTokens = [
  'ordinary',
  'escrow__',
  'probatn_',
  'cs2-ban_',
  'rust-ban',
  'banned__',
  'private_',
  'no-trade',
  'invalid_',
  'no-user_',
  'error___',
  'steamoff',
] as const;
export type SandboxToken = (typeof sandboxTokens)[number];

/** Situations in which a marketplace refuses to cancel. */
export type CancelSituation = 'young' | 'offered' | 'delivered' | 'seller failed' | 'seller prepares';
