import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { Cleanup } from '../../bench/cleanup.ts';
import { verify } from '../../src/verify/verify.ts';
import type { Bought, Sold } from '../chaos/books.ts';
import { hangUp } from '../chaos/call.ts';
import { Random } from '../simulation/random.ts';
import { postgresUrl } from '../support/database.ts';
import { type Books, type Outcome, readBooks } from './approvals/books.ts';
import { type Kill, underKills } from './approvals/kills.ts';
import { answers, externalIdOf, failuresOf, type Order, place } from './approvals/orders.ts';
import { drain, listingsThatNeverShip, openStage, type Stage } from './approvals/stage.ts';

const DAY_MS = 86_400_000;
/** Of two nodes in turn: enough for each moment to strike. */
const KILLS_OF_TWO = 6;
const random = new Random(20_261);

/** Ten of them, and each kind before and after the others. */
const kills: readonly Kill[] = [
  { moment: 'asked and not answered', nth: 3 },
  { moment: 'just answered', nth: 1 },
  { moment: 'any moment', nth: 1 + random.below(6) },
  { moment: 'asked and not answered', nth: 1 },
  { moment: 'just answered', nth: 2 },
  { moment: 'asked and not answered', nth: 4 },
  { moment: 'any moment', nth: 1 + random.below(6) },
  { moment: 'just answered', nth: 3 },
  { moment: 'asked and not answered', nth: 3 },
  { moment: 'any moment', nth: 1 + random.below(6) },
];

/** Gateway processes that die while merchants are asked whether to buy. */
describe.skipIf(!postgresUrl)('gateways are killed while I am asked', () => {
  let cleanup = new Cleanup();

  afterEach(async () => {
    await cleanup.run();
    cleanup = new Cleanup();
  });
  afterAll(hangUp);

  test('mine dies ten times and comes back: what I approve is bought, what I reject is not, and nothing times out', async () => {
    const books = await play(await openStage(1, cleanup), kills);
    expectMyWill(books);
    // All questions were the killed gateway's own, so that as many as were waited for lost their answers.
    expect(unanswered(books)).toBeGreaterThanOrEqual(3 + 1 + 4 + 3);
  });

  test('two of them die in turn: the other asks me again, and buys once', async () => {
    const books = await play(await openStage(2, cleanup), kills.slice(0, KILLS_OF_TWO));
    expectMyWill(books);
    // Three times somebody who had asked was killed before the answer.
    expect(unanswered(books)).toBeGreaterThanOrEqual(3);
  });
});

/** Five trades before each kill, one for each thing that a merchant can do. */
async function play(stage: Stage, kills: readonly Kill[]): Promise<Books> {
  const listings = await listingsThatNeverShip(stage);
  const orders: Order[] = [];
  const urls = stage.nodes.map((node) => node.baseUrl);
  await underKills(stage, kills, (number) => {
    const wave = answers.map((answer, index): Order => {
      const items = listings
        .slice(0, 1 + random.below(2))
        .map((listing) => ({ itemId: listing.id, price: listing.price }));
      const buyer = random.pick(stage.buyers);
      return { externalId: externalIdOf(answer, number * answers.length + index), answer, buyer, items };
    });
    orders.push(...wave);
    return Promise.all(wave.map((order) => place(urls, order)));
  });
  await drain(stage);
  await stage.end();
  const broken = (await verify(stage.db, new Date(Date.now() + DAY_MS))).filter((rule) => rule.broken !== null);
  expect(broken).toEqual([]);
  expect(stage.receiver.strange).toEqual([]);
  expect(orders).toHaveLength(kills.length * answers.length);
  return readBooks(stage, orders);
}

function expectMyWill({ outcomes, unexplained }: Books): void {
  const items = outcomes.flatMap((outcome) => outcome.items);
  const neverAsked = items.filter(({ purchaseState }) => purchaseState === 'refused');
  expect(neverAsked.length).toBeLessThan(items.length / 4);
  expect(unexplained).toEqual([]);
  for (const outcome of outcomes) {
    expect(outcome.items.map(({ listingId }) => listingId)).toEqual(outcome.order.items.map(({ itemId }) => itemId));
    if (outcome.order.answer === 'reject') expectRejected(outcome);
    else expectBought(outcome);
    expectOneQuestion(outcome);
  }
}

function expectRejected({ items, sold, approval, questions, order }: Outcome): void {
  expect(approval?.state, order.externalId).toBe('rejected');
  expect(sold).toEqual([]);
  expect(questions.some(({ said }) => said === 'no')).toBe(true);
  for (const item of items) {
    expect(item).toMatchObject({ state: 'failed', tradeError: 'MERCHANT_REJECTED', references: [], netMills: 0n });
  }
}

/** After a yes that somebody was there to hear; and what the merchant failed to answer is all that counted. */
function expectBought({ items, sold, approval, questions, order }: Outcome): void {
  expect(approval?.state, order.externalId).toBe('approved');
  expect(questions.some(({ said }) => said === 'yes')).toBe(true);
  expect(approval?.failures).toBeLessThanOrEqual(failuresOf(order.answer));
  for (const item of items) {
    const own = sold.filter(({ reference }) => item.references.includes(reference));
    if (own.length > 0) expectOneOrder(item, own);
    else expectNeverAsked(item);
  }
}

function expectOneOrder(item: Bought, sold: readonly Sold[]): void {
  expect(sold).toMatchObject([{ isMade: true, buyCalls: 1 }]);
  expect(item).toMatchObject({ state: 'pending', tradeError: null, purchaseState: 'done' });
}

/**
 * The process died between writing down that it asks the marketplace and asking. Nobody can know that but by look-ups,
 * and nothing is asked for twice: the money is back.
 */
function expectNeverAsked(item: Bought): void {
  expect(item).toMatchObject({ state: 'failed', purchaseState: 'refused', netMills: 0n });
  expect(['MERCHANT_REJECTED', 'APPROVAL_TIMEOUT']).not.toContain(item.tradeError);
}

/** However often it is asked, it is one question, under an id of each asking. */
function expectOneQuestion({ questions, items }: Outcome): void {
  const [first] = questions;
  expect(first?.trade).toMatchObject({ id: items[0]?.tradeId, status: 'initiated' });
  for (const { trade } of questions) expect(trade).toEqual(first?.trade);
  expect(new Set(questions.map(({ callbackId }) => callbackId)).size).toBe(questions.length);
}

function unanswered({ outcomes }: Books): number {
  return outcomes.flatMap(({ questions }) => questions.filter(({ said }) => said === null)).length;
}
