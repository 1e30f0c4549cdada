import type { Random } from '../simulation/random.ts';

/** A test listing as `GET /sandbox/listings` shows it. */
export interface Card {
  readonly id: string;
  readonly game: '730' | '252490';
  readonly behaviour: string;
  readonly price: number;
}

export interface PlannedItem {
  readonly card: Card;
  readonly externalId: string;
  /** Equal cancels that are sent at once; 0: it is left to its fate. */
  readonly racers: number;
  /** Also asked at once, when it is too young. */
  readonly isImpatient: boolean;
}

export interface Plan {
  readonly externalId: string;
  readonly game: Card['game'];
  readonly items: readonly PlannedItem[];
  /** How often the merchant looks at the trade meanwhile. */
  readonly reads: number;
}

/** Nothing but a cancel ends these. */
const waitsForCancel = new Set([
  'never-ships',
  'cancel-confirmed-later',
  'delivers-despite-cancel',
  'price-raised-since-listed',
  'cancel-503',
  'cancel-timeout',
  'cancel-html',
  'cancel-connection-cut',
  'unknown-word',
]);
/** Nothing at all ends these: the marketplace says `waiting`, or what nobody understands, for ever. */
const endless = new Set(['730 refuses-to-cancel', '252490 unknown-word']);
/** How many of those that have no end are bought at all: enough to see that they are left alone. */
const ENDLESS_SHARE = 0.1;
const CANCEL_SHARE = 0.35;
const CS2_SHARE = 0.8;
const RACERS_MAX = 4;
const ITEMS_MAX = 4;

export function isEndless(game: string, behaviour: string): boolean {
  return endless.has(`${game} ${behaviour}`);
}

/** What a merchant buys in one trade, and what it will do about it. */
export function drawPlan(random: Random, cards: readonly Card[], externalId: string): Plan {
  const game = random.chance(CS2_SHARE) ? '730' : '252490';
  const shelf = cards.filter((card) => card.game === game);
  const wanted = new Map<string, Card>();
  for (let count = 1 + random.below(random.below(ITEMS_MAX) + 1); wanted.size < count; ) {
    const card = random.pick(shelf);
    if (!isEndless(game, card.behaviour) || random.chance(ENDLESS_SHARE)) wanted.set(card.id, card);
  }
  const items = [...wanted.values()].map((card, index) => planItem(random, card, `${externalId}-${index}`));
  return { externalId, game, items, reads: random.below(3) };
}

function planItem(random: Random, card: Card, externalId: string): PlannedItem {
  const isNeeded = card.game === '730' && waitsForCancel.has(card.behaviour);
  const isCancelled = isNeeded || random.chance(CANCEL_SHARE);
  return {
    card,
    externalId,
    racers: isCancelled ? 1 + random.below(RACERS_MAX) : 0,
    isImpatient: random.chance(0.1),
  };
}
