// The judge of the races: whatever a round may end in that it must not, it is found. A judge that finds nothing would
// make ten thousand rounds worth nothing.
import { describe, expect, test } from 'vitest';
import type { Facts, MarketFacts } from './books.ts';
import { faultsOf } from './judge.ts';
import type { Answer } from './round.ts';

const AT = new Date('2026-01-01T12:00:00Z');
const LATER = new Date('2026-01-01T12:00:01Z');
const PRICE = '15480';

const refund = { key: 'refund:1', kind: 'refund', to: 'available', mills: PRICE };
const settled = { state: 'settled', actor: 'merchant:1', reason: null, attempts: 1 };
const lost = { state: 'lost', actor: 'merchant:1', reason: null, attempts: 1 };
const refused = { state: 'refused', actor: 'merchant:1', reason: 'already_sent', attempts: 1 };

function event(to: string) {
  return { event: 'revert', to, at: AT.toISOString(), actor: 'supplier:cs2dt' };
}

function market(changes: Partial<MarketFacts>): MarketFacts {
  return {
    phase: 'cancelled',
    cancelAcceptedAt: AT.toISOString(),
    deliveredAt: null,
    buyCalls: 1,
    cancelCalls: 1,
    cancelsAtOnce: 1,
    cancelsAfterAccept: 0,
    cancelAnswers: { accepted: 1, refused: 0, unclear: 0 },
    ...changes,
  };
}

function cancelled(changes: Partial<Facts> = {}, books: Partial<MarketFacts> = {}): Facts {
  return {
    state: 'reverted',
    priceMills: PRICE,
    transfers: [refund],
    cancellations: [settled],
    events: [event('reverted')],
    purchases: 1,
    market: market(books),
    told: 'reverted',
    ...changes,
  };
}

function delivered(changes: Partial<Facts> = {}, books: Partial<MarketFacts> = {}): Facts {
  const never = { phase: 'accepted', cancelAcceptedAt: null, cancelAnswers: { accepted: 0, refused: 1, unclear: 0 } };
  return {
    state: 'hold',
    priceMills: PRICE,
    transfers: [],
    cancellations: [refused],
    events: [event('hold')],
    purchases: 1,
    market: market({ ...never, ...books }),
    told: 'hold',
    ...changes,
  };
}

function cancel(status: number, reason?: string): Answer {
  const key = status === 503 ? 'SERVICE_UNAVAILABLE' : 'TRADE_NOT_CANCELLABLE';
  const said = status === 200 ? { isRight: true } : { key, ...(reason === undefined ? {} : { reason }) };
  return { kind: 'cancel', node: 0, status, at: LATER, ...said };
}

const whole = (status: number, reason?: string): Answer => ({ ...cancel(status, reason), kind: 'whole' });

const kindsOf = (answers: readonly Answer[], facts: Facts) => [
  ...new Set(faultsOf(answers, facts).map((fault) => fault.kind)),
];

describe('a round that kept its promises has no fault', () => {
  test('cancelled: 200 while it was open, and a refusal once it was over', () => {
    expect(faultsOf([cancel(200), cancel(400, 'already_closed')], cancelled())).toEqual([]);
  });

  test('delivered: refused, and nothing paid back', () => {
    expect(faultsOf([cancel(400, 'already_sent')], delivered())).toEqual([]);
  });

  test('accepted, and delivered all the same: 200, a lost request, nothing paid back', () => {
    const facts = delivered({ cancellations: [lost] }, { cancelAcceptedAt: AT.toISOString() });
    expect(faultsOf([cancel(200), cancel(400, 'already_sent')], facts)).toEqual([]);
  });

  test('a lost answer: unknown to some, accepted to others', () => {
    const facts = cancelled({}, { cancelAnswers: { accepted: 1, refused: 0, unclear: 1 } });
    expect(faultsOf([cancel(503, 'unknown'), cancel(200)], facts)).toEqual([]);
  });

  test('a whole trade: refused without saying why, while there was a reason', () => {
    expect(faultsOf([whole(400, 'not said')], delivered())).toEqual([]);
    expect(faultsOf([whole(200), whole(400, 'not said')], cancelled())).toEqual([]);
  });

  test('reads that show the way to where it ended', () => {
    const read = (state: string): Answer => ({ kind: 'read', node: 1, status: 200, state, at: AT });
    expect(
      faultsOf([read('pending'), read('active'), read('hold')], delivered({ state: 'completed', told: 'completed' })),
    ).toEqual([]);
  });
});

describe('money', () => {
  test.each([
    ['paid back twice', cancelled({ transfers: [refund, { ...refund, key: 'refund:2' }] }), 'double refund'],
    ['paid back in part', cancelled({ transfers: [{ ...refund, mills: '1' }] }), 'lost refund'],
    ['not paid back', cancelled({ transfers: [] }), 'lost refund'],
    ['paid back although delivered', delivered({ transfers: [refund] }), 'double refund'],
    [
      'paid back and paid for',
      cancelled({ transfers: [refund, { ...refund, kind: 'capture', to: 'supplier:cs2dt' }] }),
      'double refund',
    ],
  ] as const)('%s', (_what, facts, kind) => {
    expect(kindsOf([], facts)).toEqual([kind]);
  });
});

describe('outcomes', () => {
  test.each([
    ['the item waits for ever', delivered({ state: 'pending', told: 'pending' })],
    ['it ended twice', cancelled({ events: [event('hold'), event('reverted')] })],
    ['the merchant was told otherwise', cancelled({ told: 'pending' })],
    ['a request is left open', delivered({ cancellations: [{ ...lost, state: 'unknown' }] })],
    ['a request is settled although the item was delivered', delivered({ cancellations: [settled] })],
    ['a request is lost although the item was reverted', cancelled({ cancellations: [settled, lost] })],
    ['it was reverted and nobody had asked for it', cancelled({ cancellations: [refused] })],
  ])('%s', (_what, facts) => {
    expect(kindsOf([], facts)).toEqual(['wrong outcome']);
  });
});

describe('calls to the marketplace', () => {
  test.each([
    ['bought twice', cancelled({}, { buyCalls: 2 })],
    ['a second purchase', cancelled({ purchases: 2 })],
    ['two cancels at once', cancelled({}, { cancelsAtOnce: 2 })],
    ['asked again after a yes', cancelled({}, { cancelsAfterAccept: 1 })],
  ])('%s', (_what, facts) => {
    expect(kindsOf([], facts)).toEqual(['wrong call']);
  });
});

describe('answers', () => {
  const open = { ...cancel(400, 'already_closed'), at: new Date('2026-01-01T11:59:59Z') };
  test.each<[string, Answer, Facts]>([
    ['200 that the marketplace never accepted', cancel(200), delivered()],
    ['200 with another body', { ...cancel(200), isRight: false }, cancelled()],
    ['200 although every request was refused', cancel(200), delivered({}, { cancelAcceptedAt: AT.toISOString() })],
    ['refused although accepted', cancel(400, 'not_allowed'), cancelled()],
    ['said to be sent when it was cancelled', cancel(400, 'already_sent'), cancelled()],
    ['said to be over before it was', open, cancelled()],
    [
      'refused with a whole trade, and there was no reason',
      { ...open, kind: 'whole', reason: 'not said' },
      cancelled(),
    ],
    ['said to be over when it was delivered', cancel(400, 'already_closed'), delivered()],
    ['too early, in an old item', cancel(400, 'too_early'), delivered()],
    ['unknown though every answer was clear', cancel(503, 'unknown'), cancelled()],
    ['a failure of the server', cancel(500), cancelled()],
    [
      'a read that shows a refund that never came',
      { kind: 'read', node: 0, status: 200, state: 'reverted', at: AT },
      delivered(),
    ],
    ['a hint that is turned away', { kind: 'hint', node: 0, status: 500, at: AT }, delivered()],
  ])('%s', (_what, answer, facts) => {
    expect(kindsOf([answer], facts)).toEqual(['wrong answer']);
  });
});
