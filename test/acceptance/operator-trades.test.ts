import { describe, expect, test } from 'vitest';
import { newestCommands } from '../../src/operators/commands.ts';
import type { Merchant } from '../support/merchant.ts';
import { usePeople, type Visitor } from '../support/visitor.ts';
import { useWorld } from '../support/world.ts';

/** Looking for trades and cancelling items, as a person who is signed in. */

const world = useWorld();
const { signedIn } = usePeople(world);

const find = (text: string, more = '') => `/operator/v1/trades?q=${encodeURIComponent(text)}${more}`;
const cancelPath = (trade: { id: string }, item: { internalId: string }) =>
  `/operator/v1/trades/${trade.id}/items/${item.internalId}/cancel`;

describe('a support person who looks for a trade', () => {
  test('finds it by its id, its externalId, other ids, the Steam id, and a part of an item’s name', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.buys([world().testListing('never-ships')], { externalId: 'order-1042' });
    const support = await signedIn('support');
    const { items, callbacks, steamId } = await support.gets(`/operator/v1/trades/${trade.id}`);
    const [item] = items;
    const [purchase] = item.purchases;
    const ids = [trade.id, 'order-1042', item.internalId, purchase.reference, purchase.orderId, callbacks[0].id];
    for (const text of [...ids, trade.id.toUpperCase(), steamId, item.marketHashName.slice(3).toUpperCase()]) {
      const found = await support.gets(find(text, `&merchantId=${merchant.id}`));
      expect(found.items, text).toMatchObject([
        { id: trade.id, externalId: 'order-1042', names: [item.marketHashName], merchant: { id: merchant.id } },
      ]);
    }
    expect(await support.gets(find('nothing-like-this'))).toEqual({ items: [], nextCursor: null });
    expect(await support.gets(find('100% _ \\ '))).toEqual({ items: [], nextCursor: null });
  });

  test('reads why the refund has not come: the marketplace has not confirmed the cancellation', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('cancel-503');
    const trade = await merchant.buys([listing]);
    await world().passes('31m');
    await merchant.cancels(trade.id, listing.id);
    const support = await signedIn('support');
    const [found] = (await support.gets(find(listing.marketHashName, `&merchantId=${merchant.id}`))).items;
    const { items } = await support.gets(`/operator/v1/trades/${found.id}`);
    expect(items[0].cancellations).toMatchObject([{ state: 'unknown', attempts: expect.any(Number) }]);
    expect(items[0].cancellations[0].reason).toContain('503');
    expect(items[0].transfers.map(({ kind }: { kind: string }) => kind)).toEqual(['reserve']);
  });

  test('pages through many, newest first, each once', async () => {
    const merchant = await world().merchant();
    const bought: string[] = [];
    for (let number = 1; number <= 5; number++) {
      bought.unshift((await merchant.buys([world().testListing('never-ships', number)])).id);
    }
    const support = await signedIn('support');
    for (const query of [
      `?merchantId=${merchant.id}`,
      `?merchantId=${merchant.id}&q=never ships`,
      `?merchantId=${merchant.id}&status=pending`,
    ]) {
      const seen: string[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const page = await support.gets(`/operator/v1/trades${query}&limit=2${cursor ? `&cursor=${cursor}` : ''}`);
        seen.push(...page.items.map(({ id }: { id: string }) => id));
        cursor = page.nextCursor;
      }
      expect(seen, query).toEqual(bought);
    }
    expect(await support.gets(`/operator/v1/trades?merchantId=${merchant.id}&status=failed`)).toEqual({
      items: [],
      nextCursor: null,
    });
  });
});

describe('a search', () => {
  /** The ids of all pages. */
  async function pagesOf(visitor: Visitor, path: string, limit: number): Promise<string[]> {
    const ids: string[] = [];
    let cursor: string | null = null;
    do {
      const page: { items: { id: string }[]; nextCursor: string | null } = await visitor.gets(
        `${path}&limit=${limit}${cursor === null ? '' : `&cursor=${cursor}`}`,
      );
      ids.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    return ids;
  }

  test('finds the same trades of all merchants in short pages as in long ones, also where items share a name', async () => {
    const [one, other] = [await world().merchant(), await world().merchant()];
    const copies = [1, 2, 3].map((number) => world().testListing('never-ships', number));
    const bought = [
      (await one.buys(copies)).id,
      (await other.buys([world().testListing('ships-at-once')])).id,
      (await one.buys([world().testListing('never-ships', 4), world().testListing('ships-later')])).id,
      (await other.buys([world().testListing('never-ships', 5)])).id,
    ];
    // What is delivered between two reads would leave the pages of pending trades.
    await world().settles();
    const support = await signedIn('support');
    const { steamId } = await support.gets(`/operator/v1/trades/${bought[0]}`);
    for (const path of [find('ships'), find('ships', '&status=pending'), find(steamId)]) {
      const found = await pagesOf(support, path, 100);
      expect(found).toEqual(found.toSorted().reverse());
      expect(new Set(found).size).toBe(found.length);
      expect(await pagesOf(support, path, 1)).toEqual(found);
      expect(await pagesOf(support, path, 3)).toEqual(found);
    }
    expect((await pagesOf(support, find('ships'), 100)).slice(0, 4)).toEqual(bought.toReversed());
  });

  test('finds a trade with a status behind newer ones without it', async () => {
    const merchant = await world().merchant();
    const failed = await merchant.buys([world().testListing('purchase-refused')]);
    for (const number of [1, 2, 3]) await merchant.buys([world().testListing('never-ships', number)]);
    const support = await signedIn('support');
    const { steamId } = await support.gets(`/operator/v1/trades/${failed.id}`);
    const page = await support.gets(find(steamId, '&status=failed&limit=1'));
    expect(page.items).toMatchObject([{ id: failed.id }]);
  });
});

describe('a member of a merchant', () => {
  test('sees the own trades only, whatever is asked for', async () => {
    const [mine, others] = [await world().merchant(), await world().merchant()];
    const own = await mine.buys([world().testListing('never-ships')]);
    const foreign = await others.buys([world().testListing('never-ships', 2)], { externalId: 'foreign-1' });
    const member = await signedIn('admin', mine.id);
    const all = await member.gets(`/operator/v1/trades?merchantId=${others.id}`);
    expect(all.items.map(({ id }: { id: string }) => id)).toEqual([own.id]);
    for (const text of [foreign.id, 'foreign-1']) {
      expect((await member.gets(find(text))).items).toEqual([]);
    }
    expect(await member.isRefused('GET', `/operator/v1/trades/${foreign.id}`)).toBe('TRADE_NOT_FOUND');
    expect(await member.isRefused('GET', `/operator/v1/trades/${foreign.id}/cancel`)).toBe('TRADE_NOT_FOUND');
    const [item] = (await (await signedIn('support')).gets(`/operator/v1/trades/${foreign.id}`)).items;
    expect(await member.isRefused('POST', cancelPath(foreign, item), { reason: 'mine?' })).toBe('TRADE_NOT_FOUND');
  });

  test('does not see what an item costs the operator, where it is bought, or what a marketplace said', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('cancel-503');
    const trade = await merchant.buys([listing]);
    await world().passes('31m');
    await merchant.cancels(trade.id, listing.id);
    const member = await signedIn('viewer', merchant.id);
    const details = await member.gets(`/operator/v1/trades/${trade.id}`);
    expect(details.items).toMatchObject([
      { supplier: null, cost: null, purchases: [], cancellations: [{ reason: null }] },
    ]);
    expect(JSON.stringify(details)).not.toMatch(/cs2dt|status 503/i);
    const staff = await (await signedIn('auditor')).gets(`/operator/v1/trades/${trade.id}`);
    expect(staff.items).toMatchObject([{ supplier: 'cs2dt', cost: expect.any(String) }]);
  });

  test('sees what came back as one movement, and no marketplace in it, also after a completed item was reversed', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.buys([world().testListing('reversed-after-completion')]);
    for (let day = 0; day < 12 && (await stateOf(merchant, trade.id))[0] !== 'reverted'; day++)
      await world().passes('24h');
    const member = await signedIn('viewer', merchant.id);
    const details = await member.gets(`/operator/v1/trades/${trade.id}`);
    const [item] = details.items;
    expect(item.transfers.map(({ kind, to, amount }: Record<string, string>) => [kind, to, amount])).toEqual([
      ['reserve', 'locked', item.price],
      ['refund', 'available', item.price],
    ]);
    expect(JSON.stringify(details)).not.toMatch(/supplier:|cs2dt|revenue/);
    const hours: { captured: string }[] = await member.gets('/operator/v1/activity?hours=72');
    expect(hours.every(({ captured }) => captured === '0.00' || captured === item.price)).toBe(true);
  });

  test('cancels by the rules of the public API: 30 minutes after the buy', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.buys([world().testListing('never-ships')]);
    const member = await signedIn('developer', merchant.id);
    const [item] = (await member.gets(`/operator/v1/trades/${trade.id}`)).items;
    const [early] = await member.gets(`/operator/v1/trades/${trade.id}/cancel`);
    expect(early).toMatchObject({ outcome: 'cannot be cancelled', effect: expect.stringContaining('from ') });
    expect(JSON.stringify(early)).not.toContain('cs2dt');
    expect(await member.isRefused('POST', cancelPath(trade, item), { reason: 'too soon' })).toBe(
      'TRADE_CANCEL_TOO_SOON',
    );
    await world().passes('31m');
    expect(await member.does('POST', cancelPath(trade, item), { reason: 'not wanted' })).toEqual({
      outcome: 'requested',
    });
    await world().settles();
    expect(await stateOf(merchant, trade.id)).toEqual(['reverted', 'reverted']);
    const [entry] = await newestCommands(world().gateway.deps, { operator: `member:${member.person.email}`, limit: 1 });
    expect(entry).toMatchObject({
      command: `trade cancel ${trade.id} --item ${item.internalId} --reason "not wanted"`,
    });
    const details = await member.gets(`/operator/v1/trades/${trade.id}`);
    expect(details.items[0].cancellations).toMatchObject([
      { actor: `member:${member.person.email}`, state: 'settled' },
    ]);
  });
});

describe('staff who cancel', () => {
  test('see before what it will do, and it does that: the marketplace is asked', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.buys([world().testListing('never-ships')]);
    await world().passes('31m');
    const operations = await signedIn('operations');
    const [preview] = await operations.gets(`/operator/v1/trades/${trade.id}/cancel`);
    expect(preview).toMatchObject({
      outcome: 'requested',
      effect: expect.stringContaining('A request to cancel goes to cs2dt'),
    });
    const item = { internalId: preview.itemId };
    expect(await operations.does('POST', cancelPath(trade, item), { reason: 'a test' })).toEqual({
      outcome: 'requested',
    });
    await world().settles();
    expect(await stateOf(merchant, trade.id)).toEqual(['reverted', 'reverted']);
    const [after] = await operations.gets(`/operator/v1/trades/${trade.id}/cancel`);
    expect(after).toMatchObject({ outcome: 'over', effect: expect.stringContaining('reverted') });
    const [entry] = await newestCommands(world().gateway.deps, {
      operator: `staff:${operations.person.email}`,
      limit: 1,
    });
    expect(entry?.outcome).toBe('done');
  });

  test('release the money at once while no marketplace was asked', async () => {
    const merchant = await world().merchant();
    world().receiver.gate.set(merchant.name, 'nothing');
    const { body } = await merchant.asksToBuy([world().testListing('never-ships')]);
    const trade = body.data;
    const operations = await signedIn('operations');
    const [preview] = await operations.gets(`/operator/v1/trades/${trade.id}/cancel`);
    expect(preview).toMatchObject({ outcome: 'canceled', effect: expect.stringContaining('are released at once') });
    const item = { internalId: preview.itemId };
    expect(await operations.does('POST', cancelPath(trade, item), { reason: 'a test' })).toEqual({
      outcome: 'canceled',
    });
    expect(await stateOf(merchant, trade.id)).toEqual(['canceled', 'canceled']);
    expect((await merchant.balance()).pendingBalance).toBe(0);
  });

  test('are told of an item that cannot be cancelled, and of one that is not there', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.buys([world().rustListing('never-ships')], { game: '252490' });
    const operations = await signedIn('operations');
    const [preview] = await operations.gets(`/operator/v1/trades/${trade.id}/cancel`);
    expect(preview).toMatchObject({ outcome: 'cannot be cancelled' });
    const item = { internalId: preview.itemId };
    expect(await operations.does('POST', cancelPath(trade, item), { reason: 'a test' })).toEqual({
      outcome: 'cannot be cancelled',
    });
    const nothing = { internalId: trade.id };
    expect(await operations.isRefused('POST', cancelPath(trade, nothing), { reason: 'a test' })).toBe('ITEM_NOT_FOUND');
    expect(await operations.isRefused('POST', cancelPath(trade, item), { reason: '' })).toBe('VALIDATION_FAILED');
  });
});

async function stateOf(merchant: Merchant, tradeId: string): Promise<string[]> {
  const { status, items } = await merchant.trade(tradeId);
  return [status, ...items.map((item) => String(item.status))];
}
