import type { Behaviour } from '../../sandbox/marketplace/behaviour.ts';
import { cs2Behaviours, rustBehaviours } from '../../sandbox/marketplace/behaviours.ts';
import type { SimMarket } from '../simulation/markets.ts';
import type { Random } from '../simulation/random.ts';

/** A test listing of a marketplace. */
export interface TestListing {
  readonly id: string;
  readonly game: '730' | '252490';
  readonly behaviour: string;
  readonly price: number;
  readonly market: SimMarket;
  /** It is sent without its seller, which CS2DT does not cancel. */
  readonly isAutomatic?: boolean;
}

export interface PlannedItem {
  readonly testListing: TestListing;
  readonly externalId: string;
  /** Equal cancels that are sent at once; 0: it is left to its fate. */
  readonly racers: number;
  /** Also asked at once, when it is too young. */
  readonly isImpatient: boolean;
}

export interface Plan {
  readonly externalId: string;
  readonly game: TestListing['game'];
  readonly items: readonly PlannedItem[];
  /** Bought by a client with a token, who cancels it, too. */
  readonly isClients: boolean;
  /** Minutes after which what is not sent is cancelled; null: not said. */
  readonly autoCancel: number | null;
  /** Equal cancels of the whole trade that are sent at once, beside those of its items. */
  readonly wholeRacers: number;
  /** How often the merchant looks at the trade meanwhile. */
  readonly reads: number;
}

/** The marketplace's own words say nothing of these after the purchase. */
const waitingPhases = ['preparing', 'unheardOf'];

/** Made, and then nothing but a cancel ends it. */
function waitsForCancel(listing: TestListing): boolean {
  const script = scriptOf(listing);
  const isWaiting = script.timeline.every((step) => waitingPhases.includes(step.phase));
  return script.buy.startsWith('made') && isWaiting;
}

/** Whether its marketplace has a way to cancel it. */
export function canCancel({ game, market }: TestListing): boolean {
  return game === '730' && market.cancelMinAgeMs !== null;
}

/** Nothing at all ends it: no cancel does either. */
export function isEndless(listing: TestListing): boolean {
  const isCancelled = canCancel(listing) && scriptOf(listing).cancel.at(-1) !== 'refused';
  return waitsForCancel(listing) && !isCancelled;
}

/**
 * A marketplace that takes back its own word: what it called failed is delivered, or an order turns up after five
 * look-ups had missed it. That is a person's work (docs/internals/guarantees.md), so there is no end that a run could expect.
 */
const takingItsWordBack = ['delivers-after-failing', 'buy-answer-lost-found-too-late'];

function scriptOf({ game, behaviour }: TestListing): Behaviour {
  const side: Readonly<Record<string, Omit<Behaviour, 'name'>>> = game === '730' ? cs2Behaviours : rustBehaviours;
  const script = side[behaviour];
  if (!script) throw new Error(`the marketplace has no listing that ${behaviour}`);
  return { ...script, name: behaviour };
}

/** How many of those that have no end are bought at all: enough to see that they are left alone. */
const ENDLESS_SHARE = 0.1;
const CANCEL_SHARE = 0.35;
const CS2_SHARE = 0.8;
const RACERS_MAX = 4;
const ITEMS_MAX = 4;
const CLIENT_SHARE = 0.25;
const TIMED_SHARE = 0.3;
/** Of the items that only a cancel ends, those that are left to the timer where there is one. */
const LEFT_TO_TIMER_SHARE = 0.5;
const WHOLE_SHARE = 0.25;
const WHOLE_RACERS_MAX = 3;
const TIMERS_MIN = [30, 45, 719];

/** What a merchant buys in one trade, and what it will do about it. */
export function drawPlan(random: Random, testListings: readonly TestListing[], externalId: string): Plan {
  const game = random.chance(CS2_SHARE) ? '730' : '252490';
  const index = testListings.filter(
    (testListing) => testListing.game === game && !takingItsWordBack.includes(testListing.behaviour),
  );
  const wanted = new Map<string, TestListing>();
  for (let count = 1 + random.below(random.below(ITEMS_MAX) + 1); wanted.size < count; ) {
    const testListing = random.pick(index);
    if (!isEndless(testListing) || random.chance(ENDLESS_SHARE)) wanted.set(testListing.id, testListing);
  }
  const autoCancel = random.chance(TIMED_SHARE) ? random.pick(TIMERS_MIN) : null;
  const isTimed = autoCancel !== null && game === '730';
  const items = [...wanted.values()].map((testListing, index) =>
    planItem(random, testListing, `${externalId}-${index}`, isTimed),
  );
  const wholeRacers = random.chance(WHOLE_SHARE) ? 1 + random.below(WHOLE_RACERS_MAX) : 0;
  const isClients = random.chance(CLIENT_SHARE);
  return { externalId, game, items, isClients, autoCancel, wholeRacers, reads: random.below(3) };
}

function planItem(random: Random, testListing: TestListing, externalId: string, isTimed: boolean): PlannedItem {
  const isLeft = isTimed && random.chance(LEFT_TO_TIMER_SHARE);
  const isNeeded = canCancel(testListing) && waitsForCancel(testListing) && !isLeft;
  const isCancelled = isNeeded || random.chance(CANCEL_SHARE);
  return {
    testListing,
    externalId,
    racers: isCancelled ? 1 + random.below(RACERS_MAX) : 0,
    isImpatient: random.chance(0.1),
  };
}
