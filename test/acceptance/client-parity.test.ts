import { beforeAll, describe, expect, test } from 'vitest';
import { accounts, Client } from '../support/client.ts';
import type { Merchant } from '../support/merchant.ts';
import { type TestListing, useWorld } from '../support/world.ts';

/** What a merchant can ask for, its clients can: the same parameters on their routes, with the same effect. */

const world = useWorld();

const PHASE_NAME = '★ Karambit | Ships Later (Factory New)';

let merchant: Merchant;
let client: Client;
beforeAll(async () => {
  merchant = await world().merchant();
  client = new Client(world(), merchant, accounts.ann);
});

const MINUTE_MS = 60_000;
const minutesUntilCancel = ({ createdAt, autoCancelAt }: { createdAt: string; autoCancelAt?: string }) =>
  (Date.parse(autoCancelAt ?? '') - Date.parse(createdAt)) / MINUTE_MS;

describe('as a client I look at the market', () => {
  /** The test listings only: their prices stand still, so that both can be compared. */
  test.each([
    ['market', { search: 'never ships', minPrice: '15.48', maxPrice: '15.48' }, 1],
    ['market', { search: 'never ships', minPrice: '15.49' }, 0],
    ['market', { search: 'factory new karambit ships', perPage: '1', page: '2' }, 0],
    ['market/item', { marketHashName: PHASE_NAME, phase: 'Phase 2' }, null],
    ['market/item', { marketHashName: 'AK-47 | Never Ships (Field-Tested)', floatMin: '0.15', floatMax: '0.38' }, null],
    ['market/item', { marketHashName: 'AK-47 | Never Ships (Field-Tested)', perPage: '4', page: '3' }, 2],
    ['market/item', { marketHashName: 'AK-47 | Ships At Once (Field-Tested)', delivery: 'instant' }, 10],
    ['market/item', { marketHashName: 'AK-47 | Ships At Once (Field-Tested)', delivery: 'standard' }, null],
  ] as const)('at %s with %o, and see what my merchant sees', async (page, query, count) => {
    const asked = new URLSearchParams(query);
    const mine = await client.call('GET', `/client/${page}?${asked}`);
    const theirs = await merchant.call('GET', `/secure/${page}?${asked}`);
    expect([mine.status, mine.body.data, mine.body.error]).toEqual([
      theirs.status,
      theirs.body.data,
      theirs.body.error,
    ]);
    const rows = mine.body.data?.items ?? mine.body.data;
    if (count !== null) expect(rows).toHaveLength(count);
  });
});

describe('as a client I withdraw', () => {
  const dearer = () => world().testListing('price-raised-since-listed');
  const order = (listing: TestListing, terms: object) => ({
    items: [{ itemId: listing.id, price: listing.price, ...terms }],
  });

  test('at a price that rose, up to my ceiling', async () => {
    const ceiling = Math.ceil(dearer().price * 112) / 100;
    const body = order(dearer(), { maxPrice: ceiling });
    expect((await client.call('POST', '/client/trading/withdraw', { body })).status).toBe(200);
    const strict = order(dearer(), { maxPrice: dearer().price });
    const refused = await client.call('POST', '/client/trading/withdraw', { body: strict });
    expect(refused.body.error?.key).toBe('PRICE_CHANGED');
  });

  test('at a price that rose, within my tolerance', async () => {
    const taken = await client.asksToWithdraw([dearer()], { slippageBps: 1200 });
    expect(taken.status).toBe(200);
    const refused = await client.asksToWithdraw([dearer()], { slippageBps: 100 });
    expect(refused.body.error?.key).toBe('PRICE_CHANGED');
  });

  test('the cheapest of an item by its catalogue id, with references and a time of my own', async () => {
    const name = encodeURIComponent('ships at once');
    const { body: page } = await client.call('GET', `/client/market?search=${name}`);
    const body = {
      itemId: page.data.items[0].itemId,
      game: '730',
      delivery: 'instant',
      maxPrice: 20,
      amount: 2,
      autoCancel: 45,
      externalId: 'quick-of-ann',
      externalIds: ['one', 'two'],
    };
    const answer = await client.call('POST', '/client/trading/withdraw/quick', { body });
    expect(answer.body.error).toBeUndefined();
    expect(minutesUntilCancel(answer.body.data)).toBe(45);
    await world().settles();
    const trade = await merchant.trade('quick-of-ann');
    expect(trade.items.map(({ externalId }) => externalId)).toEqual(['one', 'two']);
  });

  test('one phase of a knife', async () => {
    const body = { marketHashName: PHASE_NAME, phase: 'Phase 3', maxPrice: 900, amount: 1 };
    const answer = await client.call('POST', '/client/trading/withdraw/quick', { body });
    expect(answer.body.error).toBeUndefined();
    await world().settles();
    expect((await merchant.trade(answer.body.data.id)).items[0]?.marketHashName).toBe(PHASE_NAME);
  });
});

test('as a merchant I give a quick buy a time after which the rest is cancelled', async () => {
  const answer = await merchant.asksToBuyQuick(world().testListing('never-ships'), { autoCancel: 60 });
  expect(minutesUntilCancel(answer.body.data)).toBe(60);
});
