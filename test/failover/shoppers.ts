import { setTimeout as pause } from 'node:timers/promises';
import { allListings } from '../chaos/markets.ts';
import { type Identity, Merchant, type Told, type World } from '../chaos/merchant.ts';
import type { Crowd } from '../chaos/run.ts';
import { canCancel, type Plan, type TestListing } from '../chaos/shopping.ts';
import { Random } from '../simulation/random.ts';

const cancelled = listingsThat('never-ships', 'cancel-confirmed-later', 'delivers-despite-cancel').filter(canCancel);
const leftAlone = listingsThat('ships-at-once', 'seller-fails', 'cheaper');
const CANCELLED_SHARE = 0.8;
const TWICE_SHARE = 0.3;

interface Bought {
  readonly merchant: Merchant;
  readonly told: Told;
}

/** Merchants that begin so many buys and cancels a second, whether or not the earlier ones are answered. */
export class Shoppers {
  readonly #world: World;
  readonly #identities: readonly Identity[];
  readonly #seed: number;
  readonly #crowd: Crowd;
  readonly #gapMs: number;
  /** Bought in this window and too young to be cancelled, and bought before. */
  #young: Bought[] = [];
  #ripe: Bought[] = [];
  #number = 0;
  #isShopping = false;
  #pacing: Promise<void> = Promise.resolve();
  readonly #buying = new Set<Promise<void>>();

  constructor(
    world: World,
    identities: readonly Identity[],
    crowd: Crowd,
    { rate, seed }: { rate: number; seed: number },
  ) {
    this.#world = world;
    this.#identities = identities;
    this.#crowd = crowd;
    this.#seed = seed;
    this.#gapMs = 1000 / rate;
  }

  /** Half an hour has passed: what was bought before can be cancelled. */
  ripen(): void {
    this.#ripe.push(...this.#young);
    this.#young = [];
  }

  start(): void {
    this.#isShopping = true;
    this.#pacing = this.#shop();
  }

  /** Begins nothing new, and waits until every buy has its final answer. Cancels may go on. */
  async stop(): Promise<void> {
    this.#isShopping = false;
    await this.#pacing;
    await Promise.all(this.#buying);
  }

  /** Begins to cancel whatever was left for a later window. */
  async cancelTheRest(): Promise<void> {
    this.ripen();
    while (this.#ripe.length > 0) {
      this.#cancel();
      await pause(this.#gapMs);
    }
  }

  async #shop(): Promise<void> {
    const startedAt = performance.now();
    for (let begun = 0; this.#isShopping; begun++) {
      await pause(Math.max(0, startedAt + begun * this.#gapMs - performance.now()));
      if (begun % 2 === 0 || this.#ripe.length === 0) this.#buy();
      else this.#cancel();
    }
  }

  #buy(): void {
    const number = this.#number++;
    const random = new Random(this.#seed * 1_000_003 + number);
    const plan = planOf(random, `order-${number}`);
    const merchant = new Merchant(this.#world, random.pick(this.#identities), plan, random);
    this.#crowd.begun.add(plan.externalId);
    const bought = this.#follow(async () => {
      const told = await merchant.buys();
      if (!told) return;
      this.#crowd.told.push(told);
      if (plan.items.some(({ racers }) => racers > 0)) this.#young.push({ merchant, told });
    });
    this.#buying.add(bought);
    bought.finally(() => this.#buying.delete(bought)).catch(() => {});
  }

  #cancel(): void {
    const bought = this.#ripe.shift();
    if (bought) this.#follow(() => bought.merchant.goesOn(bought.told)).catch(() => {});
  }

  #follow(work: () => Promise<void>): Promise<void> {
    this.#crowd.busy++;
    return work().finally(() => {
      this.#crowd.busy--;
    });
  }
}

function planOf(random: Random, externalId: string): Plan {
  const isCancelled = random.chance(CANCELLED_SHARE);
  const testListing = random.pick(isCancelled ? cancelled : leftAlone);
  const racers = isCancelled ? 1 + Number(random.chance(TWICE_SHARE)) : 0;
  const items = [{ testListing, externalId: `${externalId}-0`, racers, isImpatient: false }];
  return { externalId, game: '730', items, isClients: false, autoCancel: null, wholeRacers: 0, reads: 0 };
}

function listingsThat(...behaviours: readonly string[]): TestListing[] {
  return allListings.filter(({ game, behaviour }) => game === '730' && behaviours.includes(behaviour));
}
