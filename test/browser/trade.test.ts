import { expect, test } from 'vitest';
import { describeInBrowser, useBrowser } from '../support/browser.ts';
import { usePeople } from '../support/visitor.ts';
import { useWorld } from '../support/world.ts';

/** Reading one trade, and cancelling its items. */

const world = useWorld();
const { signedIn } = usePeople(world);
const open = useBrowser(world);

describeInBrowser('a person who reads a trade', () => {
  test('sees its items, timeline, purchases, money and callbacks', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.buys([world().testListing('ships-at-once'), world().testListing('never-ships')]);
    await world().passes('2m');
    const tab = await open({ as: await signedIn('support') });
    await tab.opens(`/trades/${trade.id}`);
    await tab.heading(/Ships At Once.* and 1 more/).waitFor();
    const rows = (caption: string) => tab.page.getByRole('table', { name: caption }).getByRole('row');
    expect(await rows('Items').count()).toBe(3);
    expect(await rows('Purchases').count()).toBe(3);
    expect(await rows('Movements of money').count()).toBe(3);
    expect(await rows('Callbacks').count()).toBeGreaterThan(2);
    const timeline = await tab.page.getByRole('region', { name: 'Timeline' }).textContent();
    expect(timeline).toMatch(/Created.*Reserve of \$.*Approved by the merchant.*Order at.*accepted the offer/s);
  });

  test('is told when there is none', async () => {
    const tab = (await open({ as: await signedIn('support') })).expects(404);
    await tab.opens('/trades/01980000-0000-7000-8000-000000000000');
    const alert = tab.page.getByRole('alert');
    await alert.filter({ hasText: 'There is no such thing here' }).waitFor();
    expect(await alert.textContent()).toMatch(/Request id/);
  });
});

describeInBrowser('an operator who cancels an item', () => {
  test('reads what will happen, gives a reason, and sees the cancellation', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.buys([world().testListing('never-ships')]);
    await world().passes('31m');
    const tab = await open({ as: await signedIn('operations') });
    await tab.opens(`/trades/${trade.id}`);
    await tab.button('Cancel…').click();
    const dialog = tab.page.getByRole('dialog', { name: 'Cancel this item?' });
    await dialog.getByText('A request to cancel goes to').waitFor();
    const action = dialog.getByRole('button', { name: 'Request cancellation' });
    expect(await action.isDisabled()).toBe(true);
    await dialog.getByLabel('Reason').fill('The client asked for it');
    await tab.picture('cancel-dialog-1440-light');
    expect(await tab.barriers()).toEqual([]);
    await action.click();
    await tab.announces(/cancellation of .*Never Ships.* is requested/);
    await world().settles();
    const requests = tab.page.getByRole('table', { name: 'Cancellation requests' });
    await requests.getByText('settled').waitFor();
    await tab.page.getByRole('table', { name: 'Movements of money' }).getByText('refund').waitFor();
    await world().balances();
  });

  test('leaves it with the Escape key, and the focus is where it was', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.buys([world().testListing('never-ships')]);
    const tab = await open({ as: await signedIn('operations') });
    await tab.opens(`/trades/${trade.id}`);
    await tab.button('Cancel…').click();
    await tab.page.getByRole('dialog').getByLabel('Reason').waitFor();
    await tab.page.keyboard.press('Escape');
    await tab.page.getByRole('dialog').waitFor({ state: 'detached' });
    await tab.page.locator(':focus').filter({ hasText: 'Cancel…' }).waitFor();
  });

  test('cannot where the role does not allow it', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.buys([world().testListing('never-ships')]);
    const tab = await open({ as: await signedIn('support') });
    await tab.opens(`/trades/${trade.id}`);
    await tab.page.getByRole('table', { name: 'Items' }).waitFor();
    expect(await tab.button('Cancel…').count()).toBe(0);
  });
});
