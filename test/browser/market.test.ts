import { afterEach, expect, test } from 'vitest';
import { setAccess } from '../../src/auth/account-access.ts';
import { toMills } from '../../src/core/money.ts';
import { setLimit } from '../../src/supplier-accounts/spending.ts';
import { describeInBrowser, type Tab, useBrowser } from '../support/browser.ts';
import { usePeople } from '../support/visitor.ts';
import { useOwnWorld } from '../support/world.ts';

/** What is on sale, for staff and for members of merchants. */

const world = useOwnWorld();
const { signedIn } = usePeople(world);
const open = useBrowser(world);
const deps = () => world().gateway.deps;

const market = (tab: Tab) => tab.page.getByRole('table', { name: /^What is on sale/ });
const listings = (tab: Tab) => tab.page.getByRole('table', { name: /^Listings of/ });
const headers = (tab: Tab) => tab.page.getByRole('columnheader').allTextContents();

afterEach(async () => {
  await deps().db.deleteFrom('supplier_access').execute();
  await deps().db.deleteFrom('supplier_limit').execute();
});

describeInBrowser('a member of a merchant at the market', () => {
  test('finds an item, sees the merchant’s own price and nothing of costs, and copies a listing’s id', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('never-ships');
    const tab = await open({ as: await signedIn('viewer', merchant.id) });
    await tab.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await tab.opens('/market');
    await market(tab).waitFor();
    expect(await headers(tab)).toEqual(['Item', 'Price', 'Delivery', 'Cheapest listing']);
    await tab.page.keyboard.press('/');
    await tab.page.keyboard.type('never ships ak');
    await tab.page.waitForURL('**/market?q=never+ships+ak');
    await tab.page.getByText('All 1').waitFor();
    await tab.picture('market-of-member-1440-light');
    await tab.page.getByRole('link', { name: listing.marketHashName }).press('Enter');
    await tab.heading(listing.marketHashName).waitFor();
    const row = listings(tab)
      .getByRole('row')
      .filter({ has: tab.page.getByTitle(listing.id) });
    await row.getByText(`$${listing.price.toFixed(2)}`).waitFor();
    await row.getByRole('button', { name: 'Copy listing id' }).click();
    await row.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await tab.page.evaluate('navigator.clipboard.readText()')).toBe(listing.id);
    expect(await headers(tab)).toEqual(['Listing', 'Price', 'Wear', 'Delivery']);
    await tab.picture('market-listings-of-member-1440-light');
    expect(await tab.page.content()).not.toContain(listing.marketplace);
    expect(await tab.page.getByRole('combobox', { name: 'As which merchant' }).count()).toBe(0);
  });
});

describeInBrowser('staff at the market', () => {
  test('filter by game, price and order in the address, and go to another page', async () => {
    const tab = await open({ as: await signedIn('auditor') });
    await tab.opens('/market');
    await tab.page.getByText(/^1 to 50 of /).waitFor();
    expect(await headers(tab)).toEqual(
      expect.arrayContaining(['Item', 'Marketplace', 'Cost', 'Markup', 'Price', 'Delivery']),
    );
    await tab.button('Page 2').click();
    await tab.page.waitForURL('**/market?page=2');
    await tab.page.getByText(/^51 to 100 of /).waitFor();
    await tab.page.getByLabel('Order').selectOption('Cheapest first');
    await tab.page.waitForURL('**/market?sort=priceAsc');
    await tab.page.getByLabel('Highest price').fill('5');
    await tab.page.waitForURL('**/market?sort=priceAsc&max=5');
    await tab.page.getByLabel('Lowest price').fill('6');
    await tab.page.getByText('must not be below the lowest').waitFor();
    await tab.page.getByLabel('Lowest price').fill('4');
    await market(tab).waitFor();
    const prices = await market(tab).locator('tbody td:nth-of-type(4)').allTextContents();
    const amounts = prices.map((price) => Number(price.replace('$', '')));
    expect(amounts.every((amount) => amount >= 4 && amount <= 5)).toBe(true);
    expect(amounts).toEqual(amounts.toSorted((one, other) => one - other));
    await tab.page.getByLabel('Game').selectOption('Rust');
    await tab.page.waitForURL(/game=252490/);
    await tab.page.getByRole('table', { name: 'What is on sale for Rust' }).waitFor();
    await tab.opens('/market?q=no+such+thing');
    await tab.page.getByText('No item matches').waitFor();
  });

  test('see an item as a merchant sees it, at its prices and without the accounts it may not use', async () => {
    const merchant = await world().merchant({ feeBps: 5000 });
    const listing = world().testListing('never-ships');
    const tab = await open({ as: await signedIn('support') });
    await tab.opens(`/market/listings?${new URLSearchParams({ name: listing.marketHashName })}`);
    await listings(tab).waitFor();
    await tab.page.getByText('without a merchant’s fee').waitFor();
    await tab.page.getByRole('combobox', { name: 'As which merchant' }).fill(merchant.name);
    await tab.page.getByRole('option', { name: merchant.name, exact: true }).click();
    await tab.page.waitForURL((url) => url.searchParams.get('merchant') === merchant.id);
    await tab.page.getByText(`As ${merchant.name} sees it`).waitFor();
    await setAccess(deps(), listing.marketplace, merchant.id, false);
    await tab.page.reload();
    await tab.page.getByText('Nobody sells it now').waitFor();
  });

  test('read why a listing is not offered', async () => {
    const listing = world().testListing('never-ships');
    await setLimit(deps(), listing.marketplace, toMills(1n));
    await world().passes('10s');
    const auditor = await signedIn('auditor');
    const query = new URLSearchParams({ name: listing.marketHashName });
    await world().until(async () => {
      const { items } = await auditor.gets(`/operator/v1/market/listings?${query}`);
      return items.some(({ withheldBecause }: { withheldBecause: string | null }) => withheldBecause === 'limit');
    }, 'the limit is known');
    for (const width of [1440, 390]) {
      const tab = await open({ as: auditor, width });
      await tab.opens(`/market/listings?${query}`);
      const row = listings(tab)
        .getByRole('row')
        .filter({ has: tab.page.getByTitle(listing.id) });
      await row.getByText('it costs more than the account may still spend').waitFor();
      await tab.picture(`market-withheld-${width}-light`);
      expect(await tab.barriers()).toEqual([]);
      expect(await tab.isTooWide()).toBe(false);
    }
  });

  test('are told when the market is not loaded, and see it as soon as it is', async () => {
    const tab = (await open({ as: await signedIn('support') })).expects(503);
    const json = {
      requestId: '9f8b4c3e-1234-4abc-8def-0123456789ab',
      success: false,
      error: { code: 1009, key: 'SERVICE_UNAVAILABLE', message: 'The market is not available at the moment.' },
    };
    await tab.page.route('**/operator/v1/market?*', (route) => route.fulfill({ status: 503, json }));
    await tab.opens('/market');
    await tab.page.getByText('The market of CS2 is not loaded').waitFor();
    await tab.picture('market-not-loaded-1440-light');
    expect(await tab.barriers()).toEqual([]);
    await tab.page.unroute('**/operator/v1/market?*');
    await market(tab).waitFor();
  });
});
