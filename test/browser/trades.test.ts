import { expect, test } from 'vitest';
import { describeInBrowser, useBrowser } from '../support/browser.ts';
import { usePeople } from '../support/visitor.ts';
import { useWorld } from '../support/world.ts';

/** Looking for trades. */

const world = useWorld();
const { signedIn } = usePeople(world);
const open = useBrowser(world);

describeInBrowser('a support person who looks for a trade', () => {
  test('presses /, types an external id, and opens the trade with the keyboard', async () => {
    const merchant = await world().merchant();
    await merchant.buys([world().testListing('never-ships')], { externalId: 'order-by-keyboard' });
    const tab = await open({ as: await signedIn('support') });
    await tab.opens('/trades');
    await tab.page.getByRole('table').waitFor();
    await tab.page.keyboard.press('/');
    await tab.page.keyboard.type('order-by-keyboard');
    await tab.page.waitForURL('**/trades?q=order-by-keyboard');
    await tab.page.getByText('All 1').waitFor();
    await tab.page.getByRole('link', { name: /Never Ships/ }).focus();
    await tab.page.keyboard.press('Enter');
    await tab.heading(/Never Ships/).waitFor();
    await tab.page.goBack();
    await tab.heading('Trades').waitFor();
    expect(await tab.page.getByRole('searchbox').inputValue()).toBe('order-by-keyboard');
  });

  test('filters by status and merchant in the address, and sees when nothing matches', async () => {
    const merchant = await world().merchant();
    await merchant.buys([world().testListing('never-ships')]);
    await merchant.buys([world().testListing('purchase-refused')]);
    const tab = await open({ as: await signedIn('support') });
    await tab.opens(`/trades?merchant=${merchant.id}`);
    await tab.page.getByText('All 2').waitFor();
    await tab.page.getByLabel('Status').selectOption('failed');
    await tab.page.getByText('All 1').waitFor();
    await tab.page.getByRole('link', { name: /Sold To Someone Else/ }).waitFor();
    expect(new URL(tab.page.url()).searchParams.get('status')).toBe('failed');
    await tab.page.getByLabel('Status').selectOption('declined');
    await tab.page.getByText('No trade matches').waitFor();
    await tab.button('Show all merchants').click();
    await tab.page.waitForURL((url) => !url.searchParams.has('merchant'));
  });

  test('is told of a new trade by the gateway, also while no screen asks by itself', async () => {
    const merchant = await world().merchant();
    await merchant.buys([world().testListing('never-ships')]);
    const tab = await open({ as: await signedIn('support') });
    await tab.page.clock.install();
    const followed = tab.page.waitForResponse((response) => response.url().endsWith('/operator/v1/changes'));
    await tab.opens(`/trades?merchant=${merchant.id}`);
    await followed;
    await tab.page.getByText('All 1').waitFor();
    // From here on no timer of the page fires.
    await tab.page.clock.pauseAt(Date.now() + 3_600_000);
    const asked = tab.page.waitForRequest((request) => request.url().includes('/operator/v1/trades?'));
    await merchant.buys([world().testListing('never-ships', 2)]);
    await asked;
  });

  test('loads the older trades, and sees a new one without reloading', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('ships-at-once', 1, '252490');
    for (let index = 0; index < 51; index += 1) await merchant.asksToBuy([listing]);
    await world().settles();
    const tab = await open({ as: await signedIn('support') });
    await tab.opens(`/trades?merchant=${merchant.id}`);
    await tab.page.getByText('The newest 50').waitFor();
    await tab.button('Load more').click();
    await tab.page.getByText('All 51').waitFor();
    await merchant.buys([world().testListing('never-ships')]);
    await tab.page.getByRole('link', { name: /Never Ships/ }).waitFor();
  });
});

describeInBrowser('a member of a merchant', () => {
  test('sees the own trades only, and no column for merchants', async () => {
    const [own, other] = [await world().merchant(), await world().merchant()];
    await own.buys([world().testListing('never-ships')]);
    await other.buys([world().testListing('purchase-refused')]);
    const tab = await open({ as: await signedIn('viewer', own.id) });
    await tab.opens('/trades');
    await tab.page.getByText('All 1').waitFor();
    await tab.page.getByRole('link', { name: /Never Ships/ }).waitFor();
    expect(await tab.page.getByRole('columnheader', { name: 'Merchant' }).count()).toBe(0);
  });
});
