import { describe, expect, test } from 'vitest';
import { newestCommands } from '../../src/operators/commands.ts';
import type { Merchant } from '../support/merchant.ts';
import { usePeople } from '../support/visitor.ts';
import { useWorld } from '../support/world.ts';

/** Staff deal with purchases and cancellations whose outcome at the marketplace is unknown. */

const world = useWorld();
const { signedIn } = usePeople(world);

const UNKNOWN = '/operator/v1/unknown';
const NOBODY = '01990c4e-6b3a-7c55-9f0e-2f6d1c8a7b10';
const REASON = 'their support: no such order';

/** A cancellation that got no clear answer. */
async function withUnknownCancellation() {
  const merchant = await world().merchant();
  const listing = world().testListing('cancel-503');
  const trade = await merchant.buys([listing]);
  await world().passes('31m');
  expect((await merchant.cancels(trade.id, listing.id)).status).toBe(503);
  return { merchant, trade, listing };
}

/** A purchase that never arrived; its last call is more than an hour ago after the whole wait. */
async function withUnknownPurchase(...waits: string[]) {
  const merchant = await world().merchant();
  const trade = await merchant.buys([world().testListing('buy-never-arrives')]);
  for (const wait of waits) await world().passes(wait);
  return { merchant, trade };
}

const UNTIL_LATE = ['2m', '2m', '5m', '20m', '90m', '65m'];

async function idOf({ id: merchantId }: Merchant): Promise<string> {
  const support = await signedIn('support');
  const { items } = await support.gets(`${UNKNOWN}?merchantId=${merchantId}`);
  expect(items).toHaveLength(1);
  return items[0].id;
}

async function newestCommandOf(operator: string) {
  const [command] = await newestCommands(world().gateway.deps, { operator, limit: 1 });
  return command;
}

describe('a support person', () => {
  test('sees what is unknown, what came instead of an answer, and whose it is', async () => {
    const { merchant, trade, listing } = await withUnknownCancellation();
    const support = await signedIn('support');
    const page = await support.gets(`${UNKNOWN}?merchantId=${merchant.id}`);
    expect(page).toEqual({
      items: [
        {
          id: expect.any(String),
          kind: 'cancellation',
          state: 'unknown',
          merchant: { id: merchant.id, name: merchant.name },
          tradeId: trade.id,
          itemId: expect.any(String),
          listingId: listing.id,
          marketHashName: listing.marketHashName,
          supplier: listing.marketplace,
          reference: expect.stringMatching(/^\w{26}$/),
          since: expect.stringMatching(/^20\S+Z$/),
          dueAt: expect.stringMatching(/^20\S+Z$/),
          tries: expect.any(Number),
          repeats: 0,
          cause: expect.stringContaining('503'),
        },
      ],
      nextCursor: null,
    });
    expect(await support.gets(`${UNKNOWN}/${page.items[0].id}`)).toEqual(page.items[0]);
  });

  test('narrows the list by kind, and reads it page by page, oldest first', async () => {
    const { merchant } = await withUnknownPurchase();
    const second = await merchant.asksToBuy([world().testListing('buy-never-arrives', 2)]);
    expect(second.status).toBe(200);
    await world().settles();
    const support = await signedIn('support');
    const ofMerchant = `${UNKNOWN}?merchantId=${merchant.id}`;
    expect((await support.gets(`${ofMerchant}&kind=cancellation`)).items).toEqual([]);
    const all = await support.gets(`${ofMerchant}&kind=purchase`);
    expect(all.items).toHaveLength(2);
    const first = await support.gets(`${ofMerchant}&limit=1`);
    expect(first.items).toEqual([all.items[0]]);
    const rest = await support.gets(`${ofMerchant}&limit=1&cursor=${first.nextCursor}`);
    expect(rest).toEqual({ items: [all.items[1]], nextCursor: null });
    expect(all.items[0].since <= all.items[1].since).toBe(true);
  });

  test('has one retried now, which the trail names, and is told when it is known already', async () => {
    const { merchant, trade, listing } = await withUnknownCancellation();
    const id = await idOf(merchant);
    const support = await signedIn('support');
    expect(await support.does('POST', `${UNKNOWN}/${id}/push`)).toEqual({ isDueNow: true });
    await world().until(async () => (await merchant.item(trade.id, listing.id)).status === 'reverted', 'reverted');
    expect(await newestCommandOf(`staff:${support.person.email}`)).toMatchObject({
      command: `unknown push ${id}`,
      outcome: 'done',
      origin: expect.stringContaining('operator API'),
    });
    const late = await support.call('POST', `${UNKNOWN}/${id}/push`);
    expect(late.body.error).toMatchObject({
      key: 'NOT_FOUND',
      message: expect.stringContaining('may be known by now'),
    });
    expect(await support.isRefused('GET', `${UNKNOWN}/${id}`)).toBe('NOT_FOUND');
  });

  test('cannot end a purchase: that is for operations', async () => {
    const support = await signedIn('support');
    expect(await support.isRefused('POST', `${UNKNOWN}/${NOBODY}/end`, { reason: REASON })).toBe('PERMISSION_DENIED');
  });
});

describe('an operations person', () => {
  test('ends a purchase that was never made: its money is back, and the trail has what it changed', async () => {
    const { merchant, trade } = await withUnknownPurchase(...UNTIL_LATE);
    const id = await idOf(merchant);
    const operations = await signedIn('operations');
    const ended = await operations.does('POST', `${UNKNOWN}/${id}/end`, { reason: REASON });
    expect(ended).toEqual({ tradeId: trade.id, itemId: expect.any(String) });
    await world().settles();
    expect(await merchant.trade(trade.id)).toMatchObject({ status: 'failed', error: 'PURCHASE_FAILED' });
    expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
    const actor = `staff:${operations.person.email}`;
    const command = await newestCommandOf(actor);
    expect(command).toMatchObject({ command: `unknown end ${id} --reason ${JSON.stringify(REASON)}`, outcome: 'done' });
    expect(command?.changes).toContainEqual({
      of: `trade ${trade.id}`,
      field: `item ${ended.itemId} state`,
      before: 'pending',
      after: 'failed',
    });
    const details = await operations.gets(`/operator/v1/trades/${trade.id}`);
    expect(details.items[0].events.at(-1)).toMatchObject({ event: 'fail', actor, cause: { reason: REASON } });
  });

  test('cannot end what may still be bought, nor a cancellation, and the trail says that it failed', async () => {
    const operations = await signedIn('operations');
    const { merchant } = await withUnknownPurchase();
    const purchaseId = await idOf(merchant);
    const early = await operations.call('POST', `${UNKNOWN}/${purchaseId}/end`, { reason: REASON });
    expect(early.body.error).toMatchObject({ key: 'REFUSED', message: expect.stringMatching(/less than an hour ago/) });
    expect(await newestCommandOf(`staff:${operations.person.email}`)).toMatchObject({
      outcome: expect.stringMatching(/^failed: .*less than an hour ago/),
      changes: [],
    });

    const cancelled = await withUnknownCancellation();
    const cancellationId = await idOf(cancelled.merchant);
    const wrong = await operations.call('POST', `${UNKNOWN}/${cancellationId}/end`, { reason: REASON });
    expect(wrong.body.error).toMatchObject({ key: 'REFUSED', message: expect.stringMatching(/is a cancellation/) });
  });

  test.each([
    ['GET', '?kind=callback', undefined, 'kind'],
    ['GET', '?limit=101', undefined, 'limit'],
    ['GET', '?cursor=nonsense', undefined, 'cursor'],
    ['GET', '/order-1', undefined, 'id'],
    ['POST', '/order-1/push', undefined, 'id'],
    ['POST', `/${NOBODY}/end`, { reason: '' }, 'reason'],
    ['POST', `/${NOBODY}/end`, { reason: '  ' }, 'reason'],
    ['POST', `/${NOBODY}/end`, { reason: 'x', force: true }, 'force'],
  ])('is told what is wrong with %s %s', async (method, path, body, field) => {
    const operations = await signedIn('operations');
    const { status, body: answer } = await operations.call(method, `${UNKNOWN}${path}`, body);
    expect(status).toBe(400);
    expect(answer.error).toMatchObject({ key: 'VALIDATION_FAILED', fields: { [field]: expect.any(String) } });
  });

  test('is told when nothing unknown has an id', async () => {
    const operations = await signedIn('operations');
    expect(await operations.isRefused('GET', `${UNKNOWN}/${NOBODY}`)).toBe('NOT_FOUND');
    expect(await operations.isRefused('POST', `${UNKNOWN}/${NOBODY}/end`, { reason: REASON })).toBe('NOT_FOUND');
  });
});

describe('others', () => {
  test('an auditor reads, and retries nothing', async () => {
    const auditor = await signedIn('auditor');
    expect((await auditor.gets(UNKNOWN)).items).toBeInstanceOf(Array);
    expect(await auditor.isRefused('POST', `${UNKNOWN}/${NOBODY}/push`)).toBe('PERMISSION_DENIED');
  });

  test('no member of a merchant comes near, not even its admin', async () => {
    const merchant = await world().merchant();
    const admin = await signedIn('admin', merchant.id);
    for (const [method, path, body] of [
      ['GET', `${UNKNOWN}?merchantId=${merchant.id}`, undefined],
      ['GET', `${UNKNOWN}/${NOBODY}`, undefined],
      ['POST', `${UNKNOWN}/${NOBODY}/push`, undefined],
      ['POST', `${UNKNOWN}/${NOBODY}/end`, { reason: REASON }],
    ] as const) {
      expect(await admin.isRefused(method, path, body), `${method} ${path}`).toBe('PERMISSION_DENIED');
    }
  });
});
