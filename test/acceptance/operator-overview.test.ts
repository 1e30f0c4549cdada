import { describe, expect, test } from 'vitest';
import { newId } from '../../src/core/ids.ts';
import { usePeople } from '../support/visitor.ts';
import { useWorld } from '../support/world.ts';

/** What a person sees first: money, what needs someone, and the charts of the last hours. */

const world = useWorld();
const { signedIn } = usePeople(world);

interface Hour {
  from: string;
  trades: number;
  cancellations: number;
  reserved: string;
  refunded: string;
}

const sum = (hours: readonly Hour[], of: (hour: Hour) => string | number) =>
  hours.reduce((total, hour) => total + Number(of(hour)), 0);

describe('the overview', () => {
  test('of a merchant has the money in flight that its wallet has locked', async () => {
    const merchant = await world().merchant();
    await merchant.buys([world().testListing('never-ships'), world().testListing('ships-at-once')]);
    await merchant.buysQuick(world().testListing('never-ships', 2));
    const member = await signedIn('viewer', merchant.id);
    const { wallets, inFlight } = await member.gets('/operator/v1/overview');
    const { balance, pendingBalance } = await merchant.balance();
    expect([wallets.available, wallets.locked].map(Number)).toEqual([balance, pendingBalance]);
    const total = inFlight.reduce((all: number, { amount }: { amount: string }) => all + Number(amount), 0);
    expect(total).toBeCloseTo(pendingBalance, 2);
  });

  test('tells staff what needs a person, and since when', async () => {
    const merchant = await world().merchant();
    const { db } = world().gateway.deps;
    const since = world().now;
    const off = { callback_disabled_at: since, callback_disabled_reason: 'gone' };
    await db.updateTable('merchant').set(off).where('id', '=', merchant.id).execute();
    const { attention } = await (await signedIn('support')).gets('/operator/v1/overview');
    const found = attention.find(({ kind }: { kind: string }) => kind === 'callbacks-off');
    expect(found.count).toBeGreaterThanOrEqual(1);
    expect(Date.parse(found.since)).toBeLessThanOrEqual(since.getTime());
    const member = await signedIn('viewer', merchant.id);
    expect((await member.gets('/operator/v1/overview')).attention).toEqual([
      { kind: 'callbacks-off', count: 1, since: since.toISOString() },
    ]);
    await db.updateTable('merchant').set({ callback_disabled_at: null }).where('id', '=', merchant.id).execute();
    expect((await member.gets('/operator/v1/overview')).attention).toEqual([]);
  });

  test('shows rules that verify found broken', async () => {
    const { db } = world().gateway.deps;
    const broken = JSON.stringify([{ rule: 'a rule', row: {} }]);
    const run = { name: 'database', started_at: world().now, ended_at: world().now, broken, duration_ms: 1 };
    await db
      .insertInto('verification')
      .values(run)
      .onConflict((conflict) => conflict.column('name').doUpdateSet(run))
      .execute();
    const { attention } = await (await signedIn('auditor')).gets('/operator/v1/overview');
    expect(attention).toContainEqual({ kind: 'verify-broken', count: 1, since: expect.any(String) });
    await db.updateTable('verification').set({ broken: '[]' }).execute();
  });
});

describe('the charts', () => {
  test('count each hour’s trades, cancellations and money, of one merchant or of all', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('never-ships', 3);
    const trade = await merchant.buys([listing]);
    await world().passes('31m');
    await merchant.cancels(trade.id, listing.id);
    await world().settles();
    expect((await merchant.trade(trade.id)).status).toBe('reverted');
    const member = await signedIn('viewer', merchant.id);
    const own: Hour[] = await member.gets('/operator/v1/activity?hours=3');
    expect(own).toHaveLength(3);
    expect(own.map(({ from }) => Date.parse(from) % 3_600_000)).toEqual([0, 0, 0]);
    expect([sum(own, (hour) => hour.trades), sum(own, (hour) => hour.cancellations)]).toEqual([1, 1]);
    expect(sum(own, (hour) => hour.reserved)).toBeCloseTo(listing.price, 2);
    expect(sum(own, (hour) => hour.refunded)).toBeCloseTo(listing.price, 2);
    const all: Hour[] = await (await signedIn('support')).gets('/operator/v1/activity?hours=3');
    expect(sum(all, (hour) => hour.trades)).toBeGreaterThan(0);
  });

  test('say how many purchases of a marketplace worked, and how long delivery and refund took', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.buys([world().testListing('ships-at-once', 2)]);
    await world().passes('10s');
    expect((await merchant.trade(trade.id)).status).toBe('hold');
    const outcomes = await (await signedIn('support')).gets('/operator/v1/marketplace-outcomes?hours=2');
    const own = outcomes.find(({ delivered }: { delivered: number }) => delivered > 0);
    expect(own).toMatchObject({ bought: expect.any(Number), refused: expect.any(Number) });
    expect(own.deliveredAfterMs).toBeGreaterThanOrEqual(0);
    expect(await (await signedIn('viewer', merchant.id)).isRefused('GET', '/operator/v1/marketplace-outcomes')).toBe(
      'PERMISSION_DENIED',
    );
  });

  test('look back three days at most', async () => {
    const support = await signedIn('support');
    expect(await support.isRefused('GET', '/operator/v1/activity?hours=73')).toBe('VALIDATION_FAILED');
    expect(await support.gets(`/operator/v1/activity?hours=72&merchantId=${newId(world().now)}`)).toHaveLength(72);
  });
});
