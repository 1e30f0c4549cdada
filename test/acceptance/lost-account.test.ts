import { expect, test } from 'vitest';
import { useOwnWorld } from '../support/world.ts';

/** An item whose account at its marketplace this node does not have: it was removed from the database by hand, or restored. */

const world = useOwnWorld();

async function isBoughtWith(account: string, itemId: string): Promise<void> {
  const { db } = world().gateway.deps;
  await db.updateTable('item').set({ supplier: account }).where('id', '=', itemId).execute();
  await db.updateTable('purchase').set({ supplier: account }).where('item_id', '=', itemId).execute();
}

test('cancelling it is answered 503, not as a fault of the gateway, and works when the account is back', async () => {
  const merchant = await world().merchant();
  const listing = world().testListing('cancel-confirmed-later');
  const { id: tradeId } = await merchant.buys([listing]);
  await world().passes('31m');
  const { id } = await world()
    .gateway.deps.db.selectFrom('item')
    .select('id')
    .where('trade_id', '=', tradeId)
    .executeTakeFirstOrThrow();
  await isBoughtWith('gone', id);
  const { status, headers, body } = await merchant.cancels(tradeId, listing.id);
  expect({ status, key: body.error?.key }).toEqual({ status: 503, key: 'SERVICE_UNAVAILABLE' });
  expect(headers.get('retry-after')).toBe('60');
  expect(body.error?.message).toMatch(/nothing was changed. Retry later, or report the requestId/);
  await isBoughtWith('cs2dt', id);
  expect((await merchant.cancels(tradeId, listing.id)).status).toBe(200);
  await world().settles();
});
