// What those who judge a gateway by its marketplace can do there: deliver, slow answers down, look into its books.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { DAY_MS, MINUTE_MS } from '../../src/core/clock.ts';
import { afterwards, bought, openMarketplace, orderFor, statusKindFor, supplierAt } from './harness.ts';

async function oldOrder(behaviour: string) {
  const market = await openMarketplace();
  const supplier = supplierAt('cs2', market.url);
  const order = await bought(supplier, orderFor(await market.offered('cs2', behaviour)));
  await market.pass(31 * MINUTE_MS);
  const deliver = () => market.control('POST', `/orders/${order.reference}/deliver`);
  const cancel = (by = supplier) => by.cancel?.request(order);
  return { market, supplier, order, deliver, cancel };
}

test('an order that is delivered by hand is accepted at once, final after seven days, and too late to cancel', async () => {
  const { market, supplier, order, deliver, cancel } = await oldOrder('never-ships');
  expect((await deliver()).status).toBe(200);
  expect(await statusKindFor(supplier, order.reference)).toBe('accepted');
  expect(await cancel()).toEqual({ outcome: 'refused', reason: 'already_sent' });
  await market.pass(7 * DAY_MS);
  expect(await statusKindFor(supplier, order.reference)).toBe('settled');
});

test('delivery by hand wins over a cancel that was accepted and not confirmed', async () => {
  const { market, supplier, order, deliver, cancel } = await oldOrder('cancel-confirmed-later');
  expect(await cancel()).toEqual({ outcome: 'accepted' });
  expect((await deliver()).status).toBe(200);
  await market.pass(11 * MINUTE_MS);
  expect(await statusKindFor(supplier, order.reference)).toBe('accepted');
});

test('a cancelled order cannot be delivered by hand, nor one that nobody made', async () => {
  const { market, deliver, cancel } = await oldOrder('never-ships');
  await cancel();
  expect((await deliver()).status).toBe(409);
  expect((await market.control('POST', '/orders/nobodys/deliver')).status).toBe(404);
});

test('the marketplace counts cancels that overlap, and those that come after it said yes', async () => {
  const { market, order, cancel } = await oldOrder('cancel-confirmed-later');
  await market.control('PUT', '/pace', { cancelAnswerMs: MINUTE_MS });
  const atOnce = [cancel(), cancel(), cancel()];
  await expect
    .poll(() => market.facts(order.reference))
    .toMatchObject({ cancelsAtOnce: 3, cancelsAfterAccept: 0, cancelAnswers: { accepted: 0, unclear: 0 } });
  await market.control('PUT', '/pace', { cancelAnswerMs: 0 });
  await Promise.all(atOnce);
  await cancel();
  expect(await market.facts(order.reference)).toMatchObject({
    cancelsAtOnce: 3,
    cancelsAfterAccept: 1,
    cancelAnswers: { accepted: 4, refused: 0, unclear: 0 },
  });
});

test('a caller that hangs up before the answer got none', async () => {
  const { market, order, cancel } = await oldOrder('cancel-confirmed-later');
  await market.control('PUT', '/pace', { cancelAnswerMs: MINUTE_MS });
  const hungUp = cancel(supplierAt('cs2', market.url, 100));
  await expect.poll(() => market.facts(order.reference)).toMatchObject({ cancelCalls: 1 });
  expect(await hungUp).toMatchObject({ outcome: 'unknown' });
  await market.control('PUT', '/pace', { cancelAnswerMs: 0 });
  await expect
    .poll(() => market.facts(order.reference))
    .toMatchObject({ cancelAnswers: { accepted: 0, refused: 0, unclear: 1 } });
});

test('a file of an older sandbox is taken over', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'skinrail-market-'));
  afterwards(() => rm(folder, { recursive: true }));
  const file = join(folder, 'marketplace.db');
  const first = await openMarketplace(file);
  const order = await bought(supplierAt('cs2', first.url), orderFor(await first.offered('cs2', 'never-ships')));
  await first.close();
  const older = new DatabaseSync(file);
  older.exec('alter table marketplace_order drop column delivered_at_ms');
  older.close();

  const again = await openMarketplace(file);
  expect((await again.control('POST', `/orders/${order.reference}/deliver`)).status).toBe(200);
  expect(await again.facts(order.reference)).toMatchObject({ phase: 'accepted' });
});

test('each listing stays in one place when the marketplace starts again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'skinrail-market-'));
  afterwards(() => rm(folder, { recursive: true }));
  const file = join(folder, 'marketplace.db');
  const first = await openMarketplace(file);
  await first.control('PUT', '/stock', { isApart: true });
  await first.close();
  const again = await openMarketplace(file);
  expect((await again.testListings()).map(({ offers }) => offers.length)).toEqual(Array(360).fill(1));
});
