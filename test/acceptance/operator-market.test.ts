import { afterEach, describe, expect, test } from 'vitest';
import { setAccess } from '../../src/auth/account-access.ts';
import { toMills } from '../../src/core/money.ts';
import { setLimit } from '../../src/supplier-accounts/spending.ts';
import { usePeople } from '../support/visitor.ts';
import { useOwnWorld } from '../support/world.ts';

/** People look at what is on sale: members as their own code does, staff also at what it costs and what is held back. */

const world = useOwnWorld();
const { signedIn } = usePeople(world);

const MARKET = '/operator/v1/market';
const LISTINGS = `${MARKET}/listings`;
const NOBODY = '01990c4e-6b3a-7c55-9f0e-2f6d1c8a7b10';

interface Row {
  readonly id: string;
  readonly marketHashName: string;
  readonly price: string;
  readonly source: { readonly marketplace: string; readonly cost: string } | null;
  readonly withheldBecause: string | null;
}

const deps = () => world().gateway.deps;
const query = (values: Record<string, string>) => new URLSearchParams(values).toString();

/** A test listing with its name, as it is on sale at one marketplace. */
function onSale() {
  const listing = world().testListing('never-ships');
  return { listing, named: `${LISTINGS}?${query({ name: listing.marketHashName })}` };
}

afterEach(async () => {
  await deps().db.deleteFrom('supplier_access').execute();
  await deps().db.deleteFrom('supplier_limit').execute();
  const auditor = await signedIn('auditor');
  await world().until(async () => {
    const { items } = await auditor.gets(onSale().named);
    return items[0]?.withheldBecause === null;
  }, 'all is offered again');
});

describe('a member of a merchant', () => {
  test('searches the market at the prices that the merchant’s own code sees', async () => {
    const merchant = await world().merchant({ feeBps: 1000 });
    const member = await signedIn('viewer', merchant.id);
    const search = { search: 'AK-47', sort: 'priceAsc', perPage: '5' };
    const { items, count } = await member.gets(`${MARKET}?${query(search)}`);
    const { data: own } = (await merchant.call('GET', `/secure/market?${query(search)}`)).body;
    expect(items).toHaveLength(5);
    expect(count).toBe(own.count);
    const seen = items.map(({ id, price, source }: Row) => [id, Number(price), source]);
    expect(seen).toEqual(
      own.items.map((row: { id: string; offer: { price: number } }) => [row.id, row.offer.price, null]),
    );
  });

  test('sees nothing of an account that the merchant may not use, nor of another merchant', async () => {
    const merchant = await world().merchant();
    const other = await world().merchant({ feeBps: 5000 });
    const member = await signedIn('developer', merchant.id);
    const { listing, named } = onSale();
    const before = await member.gets(`${named}&merchantId=${other.id}`);
    expect(before.items).toContainEqual(
      expect.objectContaining({ id: listing.id, price: listing.price.toFixed(2), source: null }),
    );
    await setAccess(deps(), listing.marketplace, merchant.id, false);
    expect(await member.gets(named)).toEqual({ items: [], count: 0 });
  });
});

describe('staff', () => {
  test('see which account sells a listing and what it costs, without a fee or with a merchant’s', async () => {
    const merchant = await world().merchant({ feeBps: 5000 });
    const auditor = await signedIn('auditor');
    const { listing, named } = onSale();
    const { items } = await auditor.gets(named);
    expect(items[0].source).toMatchObject({ marketplace: listing.marketplace, markupBps: 0 });
    const cost = Number(items[0].source.cost);
    expect(Number(items[0].price)).toBeCloseTo(cost, 1);
    const asMerchant = await auditor.gets(`${named}&merchantId=${merchant.id}`);
    expect(Number(asMerchant.items[0].price)).toBeCloseTo(1.5 * cost, 1);
    expect(await auditor.isRefused('GET', `${MARKET}?merchantId=${NOBODY}`)).toBe('NOT_FOUND');
  });

  test('see what is held back, and why; members do not see it', async () => {
    const merchant = await world().merchant();
    const [auditor, member] = [await signedIn('auditor'), await signedIn('viewer', merchant.id)];
    const { listing, named } = onSale();
    await setLimit(deps(), listing.marketplace, toMills(1n));
    await world().passes('10s');
    await world().until(async () => (await member.gets(named)).count === 0, 'the limit is known');
    const { items } = await auditor.gets(named);
    expect(items.map((row: Row) => row.withheldBecause)).toEqual(items.map(() => 'limit'));
    expect(items.map((row: Row) => row.id)).toContain(listing.id);
  });

  test('page through the listings of an item', async () => {
    const auditor = await signedIn('auditor');
    const { items } = await auditor.gets(`${MARKET}?${query({ search: 'AK-47 Redline', perPage: '1' })}`);
    const name = items[0].marketHashName;
    const all: { items: Row[]; count: number } = await auditor.gets(`${LISTINGS}?${query({ name })}`);
    expect(all.count).toBeGreaterThan(1);
    const costs = all.items.map(({ source }) => Number(source?.cost));
    expect(costs).toEqual(costs.toSorted((one, other) => one - other));
    const second = await auditor.gets(`${LISTINGS}?${query({ name, perPage: '1', page: '2' })}`);
    expect(second).toEqual({ items: all.items.slice(1, 2), count: all.count });
  });
});
