import { beforeAll, describe, expect, test } from 'vitest';
import { ensureAccounts } from '../../sandbox/accounts.ts';
import { addAccount, listAccounts, openSettings, requireAccount } from '../../src/supplier-accounts/operations.ts';
import { type TestListing, useOwnWorld } from '../support/world.ts';

type Shown = TestListing & { readonly marketplace: string };

describe('a sandbox with all marketplaces', () => {
  const world = useOwnWorld({ SANDBOX_MARKETPLACES: 'all' });
  let listings: readonly Shown[] = [];

  beforeAll(async () => {
    await world().until(async () => {
      listings = await world().get<Shown[]>('/sandbox/listings');
      return ['cs2dt', 'lis-skins', 'waxpeer'].every((id) => listings.some(({ marketplace }) => marketplace === id));
    }, 'every marketplace’s listings are known');
  });

  function listing(marketplace: string, behaviour: string, game = '730'): Shown {
    const found = listings.find(
      (each) => each.marketplace === marketplace && each.behaviour === behaviour && each.game === game,
    );
    if (!found) throw new Error(`${marketplace} has no listing that ${behaviour}`);
    return found;
  }

  test('sells its test listings at each of them, under other ids', () => {
    const counts = Object.groupBy(listings, ({ marketplace }) => marketplace);
    const numbers = Object.entries(counts).map(([marketplace, of]) => [marketplace, of?.length]);
    expect(Object.fromEntries(numbers)).toEqual({
      cs2dt: 310,
      'lis-skins': 360,
      waxpeer: 360,
    });
    expect(new Set(listings.map(({ id }) => id)).size).toBe(listings.length);
  });

  test('says when a hold ends, where the marketplace says it', async () => {
    const merchant = await world().merchant();
    const bought = listing('waxpeer', 'ships-at-once');
    const trade = await merchant.buys([bought]);
    await world().passes('1m');
    const hold = await merchant.trade(trade.id);
    const holdDays = (Date.parse(hold.holdEndDate ?? '') - Date.parse(trade.createdAt)) / 86_400_000;
    expect(holdDays).toBeGreaterThan(6.9);
    expect(holdDays).toBeLessThan(7.1);
    await world().passes('7 days');
    const done = await merchant.trade(trade.id);
    expect(done).toMatchObject({ status: 'completed' });
    expect(done).not.toHaveProperty('holdEndDate');
  });

  test.each(['waxpeer', 'lis-skins'])('delivers what %s sells of either game, and cannot cancel it', async (id) => {
    const merchant = await world().merchant();
    const [cs2, rust] = [listing(id, 'ships-at-once'), listing(id, 'ships-at-once', '252490')];
    const waiting = listing(id, 'never-ships');
    const [first, second] = [await merchant.buys([cs2, waiting]), await merchant.buys([rust])];
    await world().passes('31m');
    expect((await merchant.cancels(first.id, waiting.id)).body.error?.key).toBe('TRADE_NOT_CANCELLABLE');
    expect(await merchant.item(first.id, cs2.id)).toMatchObject({ status: 'hold' });
    expect(await merchant.item(second.id, rust.id)).toMatchObject({ status: 'completed' });
  });

  test('hears of orders over the connection to LIS-SKINS, and by the callbacks of CS2DT', async () => {
    const connected = () => world().metric('skinrail_supplier_connected', '{supplier="lis-skins"}');
    await world().until(async () => (await connected()) === 1, 'the connection is open');
    const merchant = await world().merchant();
    const hints = () => world().metric('skinrail_supplier_hints_total', '{supplier="cs2dt"}');
    const before = await hints();
    await merchant.buys([listing('cs2dt', 'ships-at-once')]);
    await world().passes('1m');
    await world().until(async () => (await hints()) > before, 'CS2DT has pushed');
  });

  test('keeps its accounts at the next start, with the marketplace’s address of that start', async () => {
    const { deps } = world().gateway;
    await ensureAccounts(deps, [{ kind: 'waxpeer', given: { baseUrl: 'http://127.0.0.1:9' } }]);
    const account = await requireAccount(deps, 'waxpeer');
    expect(openSettings(deps, account)).toMatchObject({ baseUrl: 'http://127.0.0.1:9', callsPerSecond: '50000' });
  });

  test('adds each account once when two nodes start at the same time', async () => {
    const { deps } = world().gateway;
    const supplierKinds = deps.supplierKinds.map((kind) =>
      kind.name === 'waxpeer' ? { ...kind, name: 'waxpeer-twice' } : kind,
    );
    const accounts = [{ kind: 'waxpeer-twice', given: { apiKey: 'a-key', baseUrl: 'http://127.0.0.1:9' } }];
    const node = () => ensureAccounts({ ...deps, supplierKinds }, accounts);
    await Promise.all([node(), node(), node()]);
    const ids = (await listAccounts(deps)).map(({ id }) => id);
    expect(ids.filter((id) => id === 'waxpeer-twice')).toHaveLength(1);
  });

  test('leaves an account alone that an operator has at another marketplace under such an id', async () => {
    const { deps } = world().gateway;
    await addAccount(deps, { kind: 'waxpeer', id: 'cs2dt-eu', given: { apiKey: 'a-key' } });
    const supplierKinds = deps.supplierKinds.map((kind) =>
      kind.name === 'cs2dt' ? { ...kind, name: 'cs2dt-eu' } : kind,
    );
    await expect(ensureAccounts({ ...deps, supplierKinds }, [{ kind: 'cs2dt-eu', given: {} }])).rejects.toThrow(
      'account cs2dt-eu is at waxpeer; remove it, because the sandbox needs its id',
    );
  });
});
