import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/core/clock.ts';
import { type Behaviour, PROTECTION_MS } from './behaviour.ts';
import type { Step } from './timeline.ts';

const HIDDEN_MS = MINUTE_MS;

const waitsForever: readonly Step[] = [];
const cancelledAtOnce: readonly Step[] = [{ afterMs: 0, phase: 'cancelled' }];
/** Late enough that the caller whose answer was lost gets a refusal before a push reports the cancellation. */
const cancelledSoon: readonly Step[] = [{ afterMs: 30 * SECOND_MS, phase: 'cancelled' }];
const shipsAtOnce = acceptedAfter(SECOND_MS);
const shipsLater: readonly Step[] = [{ afterMs: 10 * MINUTE_MS, phase: 'offered' }, ...acceptedAfter(12 * MINUTE_MS)];

/** The default: waits for ever and accepts cancellations. Each row below lists only its differences. */
const defaults = {
  buy: 'made',
  cancel: ['accepted'],
  timeline: waitsForever,
  afterCancel: cancelledAtOnce,
  afterDelivery: acceptedAfter(0),
  livePercent: 100,
  chargedPercent: 100,
  hiddenMs: 0,
} as const satisfies Omit<Behaviour, 'name' | 'description'>;

export const cs2Behaviours = {
  'ships-at-once': testListing('Delivered a second after the purchase, final after seven days.', {
    timeline: shipsAtOnce,
  }),
  'ships-later': testListing('The offer goes out after 10 minutes and is accepted after 12, final seven days later.', {
    timeline: shipsLater,
  }),
  'never-ships': testListing('Waits forever. A cancel is accepted after 30 minutes and confirmed at once.', {}),
  'cancel-confirmed-later': testListing('Waits forever. An accepted cancel is confirmed 10 minutes later.', {
    afterCancel: [{ afterMs: 10 * MINUTE_MS, phase: 'cancelled' }],
  }),
  'refuses-to-cancel': testListing('Waits forever. Every cancel is refused: the seller is preparing.', {
    timeline: [{ afterMs: 5 * MINUTE_MS, phase: 'preparing' }],
    cancel: ['refused'],
  }),
  'delivers-despite-cancel': testListing('Waits. A cancel is accepted, yet a minute later the item is delivered.', {
    afterCancel: acceptedAfter(MINUTE_MS),
  }),
  'price-raised': testListing('The purchase is refused: the price has changed.', { buy: 'refused as dearer' }),
  'price-raised-since-listed': testListing(
    'The market shows one price, the listing itself costs 10 % more. Then never ships.',
    {
      livePercent: 110,
    },
  ),
  cheaper: testListing('Charged 5 % less than listed. Delivered a second after the purchase.', {
    chargedPercent: 95,
    timeline: shipsAtOnce,
  }),
  'purchase-refused': testListing('The purchase is refused: sold to someone else.', { buy: 'refused as sold' }),
  'buy-503': testListing('The purchase is answered 503 and not made; a look-up says so.', { buy: 'not made, 503' }),
  'buy-answer-lost': testListing('The purchase is made but never answered. Ships later.', {
    buy: 'made, answer lost',
    timeline: shipsLater,
  }),
  'buy-answer-lost-found-late': testListing('As buy-answer-lost, and a look-up misses the order for a minute.', {
    buy: 'made, answer lost',
    timeline: shipsLater,
    hiddenMs: HIDDEN_MS,
  }),
  'buy-html': testListing('The purchase is made but answered with an HTML page. Ships later.', {
    buy: 'made, answer is HTML',
    timeline: shipsLater,
  }),
  'buy-never-arrives': testListing('The purchase is neither made nor answered, and no look-up ever mentions it.', {
    buy: 'never arrives',
  }),
  'cancel-503': testListing('Never ships. The first cancel is answered 503 without effect, the second is accepted.', {
    cancel: ['no effect, 503', 'accepted'],
  }),
  'cancel-timeout': testListing(
    'Never ships. The first cancel takes effect but is never answered; confirmed after 30 seconds.',
    {
      cancel: ['takes effect, answer lost', 'accepted'],
      afterCancel: cancelledSoon,
    },
  ),
  'cancel-html': testListing(
    'Never ships. The first cancel is answered with HTML without effect, the second is accepted.',
    {
      cancel: ['no effect, answer is HTML', 'accepted'],
    },
  ),
  'cancel-connection-cut': testListing(
    'Never ships. The first cancel takes effect but the connection is cut; confirmed after 30 seconds.',
    {
      cancel: ['takes effect, connection cut', 'accepted'],
      afterCancel: cancelledSoon,
    },
  ),
  'cancel-arrives-twice': testListing(
    'Never ships. A cancel comes twice on its way: it takes effect, and is answered as closed already.',
    {
      cancel: ['takes effect, answered as closed'],
    },
  ),
  'seller-fails': testListing('The seller gives up after 5 minutes.', {
    timeline: [{ afterMs: 5 * MINUTE_MS, phase: 'sellerFailed' }],
  }),
  'recipient-declines': testListing('The offer goes out after a second; the recipient declines it after 5 minutes.', {
    timeline: [
      { afterMs: SECOND_MS, phase: 'offered' },
      { afterMs: 5 * MINUTE_MS, phase: 'declined' },
    ],
  }),
  'reversed-in-hold': testListing('Delivered after a second, taken back by the seller after one day.', {
    timeline: [
      { afterMs: SECOND_MS, phase: 'accepted' },
      { afterMs: DAY_MS, phase: 'recalledBySeller' },
    ],
  }),
  'reversed-after-completion': testListing(
    'Delivered after a second, final after 7 days, reversed by the user after 8.',
    {
      timeline: [...shipsAtOnce, { afterMs: 8 * DAY_MS, phase: 'reversedByUser' }],
    },
  ),
  'unknown-word': testListing('Shows status 77, which means nothing: no cancel is sent.', {
    timeline: [{ afterMs: 0, phase: 'unheardOf' }],
  }),
  contradicts: testListing('Accepted after a second, waiting again after 5 minutes, accepted again after 10.', {
    timeline: [
      { afterMs: SECOND_MS, phase: 'accepted' },
      { afterMs: 5 * MINUTE_MS, phase: 'waiting' },
      ...acceptedAfter(10 * MINUTE_MS),
    ],
  }),
  'delivers-after-failing': testListing(
    'The seller gives up after 5 minutes, and delivers all the same after an hour.',
    {
      timeline: [{ afterMs: 5 * MINUTE_MS, phase: 'sellerFailed' }, ...acceptedAfter(HOUR_MS)],
    },
  ),
  'buy-answer-lost-found-too-late': testListing('As buy-answer-lost, and look-ups miss the order for a whole day.', {
    buy: 'made, answer lost',
    timeline: shipsLater,
    hiddenMs: DAY_MS,
  }),
  'buy-answer-lost-never-ships': testListing(
    'The purchase is made but never answered. Waits; a cancel works as usual.',
    {
      buy: 'made, answer lost',
    },
  ),
  'buy-arrives-when-repeated': testListing(
    'The first call to buy it is neither carried out nor answered, a repeat is. Ships later.',
    {
      buy: 'arrives when repeated',
      timeline: shipsLater,
    },
  ),
  'buy-sold-when-repeated': testListing(
    'The first call to buy it is neither carried out nor answered; by the next one somebody else has bought it.',
    {
      buy: 'never arrives, and is sold when repeated',
    },
  ),
} satisfies Record<string, TestScript>;

export const rustBehaviours = {
  'ships-at-once': testListing('Delivered a second after the purchase, final at once.', {
    timeline: settledAfter(SECOND_MS),
  }),
  'ships-later': testListing('The offer goes out after 10 minutes and is accepted after 12.', {
    timeline: [{ afterMs: 10 * MINUTE_MS, phase: 'offered' }, ...settledAfter(12 * MINUTE_MS)],
  }),
  'never-ships': testListing('Waits; the marketplace gives up after 6 hours. There is no way to cancel.', {
    timeline: [{ afterMs: 6 * HOUR_MS, phase: 'sellerFailed' }],
  }),
  'purchase-refused': testListing('The purchase is refused: the item is sold.', { buy: 'refused as sold' }),
  'price-changed': testListing('The purchase is refused: the price has changed.', { buy: 'refused as dearer' }),
  'buy-answer-lost': testListing('The purchase is made but never answered. Delivered a second later.', {
    buy: 'made, answer lost',
    timeline: settledAfter(SECOND_MS),
  }),
  'seller-fails': testListing('The seller gives up after 5 minutes.', {
    timeline: [{ afterMs: 5 * MINUTE_MS, phase: 'sellerFailed' }],
  }),
  'unknown-word': testListing('Shows status 77, which means nothing.', {
    timeline: [{ afterMs: 0, phase: 'unheardOf' }],
  }),
  'buy-never-arrives': testListing('The purchase is neither made nor answered, and no look-up ever mentions it.', {
    buy: 'never arrives',
  }),
  'buy-answer-lost-found-too-late': testListing('As buy-answer-lost, and look-ups miss the order for a whole day.', {
    buy: 'made, answer lost',
    timeline: settledAfter(SECOND_MS),
    hiddenMs: DAY_MS,
  }),
} satisfies Record<string, TestScript>;

/** For the ordinary market: late enough to be cancelled by hand or by the timer. */
export const slowSeller: Behaviour = {
  name: 'ships-after-hours',
  ...testListing('The offer goes out after 3 hours and is accepted soon, final seven days later.', {
    timeline: [{ afterMs: 3 * HOUR_MS, phase: 'offered' }, ...acceptedAfter(3 * HOUR_MS + 2 * MINUTE_MS)],
  }),
};

export type Cs2BehaviourName = keyof typeof cs2Behaviours;
export type RustBehaviourName = keyof typeof rustBehaviours;
export type TestScript = Omit<Behaviour, 'name'>;

function testListing(description: string, differs: Partial<Omit<TestScript, 'description'>>): TestScript {
  return { ...defaults, ...differs, description };
}

function acceptedAfter(afterMs: number): readonly Step[] {
  return [
    { afterMs, phase: 'accepted' },
    { afterMs: afterMs + PROTECTION_MS, phase: 'settled' },
  ];
}

function settledAfter(afterMs: number): readonly Step[] {
  return [{ afterMs, phase: 'settled' }];
}
