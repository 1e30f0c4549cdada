import { expect, test } from 'vitest';
import { describeInBrowser, useBrowser } from '../support/browser.ts';
import { usePeople } from '../support/visitor.ts';
import { useWorld } from '../support/world.ts';

/** What people see when something does not work. */

const world = useWorld();
const { signedIn } = usePeople(world);
const open = useBrowser(world);

const failure = (key: string, message: string) => ({
  requestId: '0190a0b0-0000-7000-8000-000000000001',
  success: false,
  error: { code: 1, key, message },
});

describeInBrowser('a person whose gateway does not answer', () => {
  test('is told so, and goes on with one button when it answers again', async () => {
    const tab = (await open({ as: await signedIn('support') })).expects(503);
    const json = failure('SERVICE_UNAVAILABLE', 'The database is not available.');
    await tab.page.route('**/operator/v1/trades?*', (route) => route.fulfill({ status: 503, json }));
    await tab.opens('/trades');
    const alert = tab.page.getByRole('alert');
    await alert.filter({ hasText: 'The gateway cannot answer now' }).waitFor();
    expect(await alert.textContent()).toContain(json.requestId);
    await tab.picture('unavailable-1440-light');
    expect(await tab.barriers()).toEqual([]);
    await tab.page.unroute('**/operator/v1/trades?*');
    await tab.button('Try again').click();
    await alert.waitFor({ state: 'detached' });
  });

  test('keeps what is on the screen, with the time from which it is', async () => {
    const merchant = await world().merchant();
    await merchant.buys([world().testListing('never-ships')]);
    const tab = (await open({ as: await signedIn('support') })).expects(503);
    await tab.opens(`/trades?merchant=${merchant.id}`);
    await tab.page.getByText('All 1').waitFor();
    const json = failure('SERVICE_UNAVAILABLE', 'The database is not available.');
    await tab.page.route('**/operator/v1/trades?*', (route) => route.fulfill({ status: 503, json }));
    await tab.page.getByText('This is as of').waitFor();
    await tab.page.getByRole('link', { name: /Never Ships/ }).waitFor();
    await tab.picture('stale-1440-light');
  });
});

describeInBrowser('a person whose role does not cover a screen', () => {
  test('is told so, without a button that would not help', async () => {
    const tab = (await open({ as: await signedIn('support') })).expects(403);
    const json = failure('PERMISSION_DENIED', 'Your role does not allow this.');
    await tab.page.route('**/operator/v1/trades?*', (route) => route.fulfill({ status: 403, json }));
    await tab.opens('/trades');
    await tab.page.getByRole('alert').filter({ hasText: 'Ask a person who manages accounts' }).waitFor();
    expect(await tab.button('Try again').count()).toBe(0);
  });
});

describeInBrowser('a person at an address that no screen has', () => {
  test('is shown the way to the start', async () => {
    const tab = await open({ as: await signedIn('support') });
    await tab.opens('/no-such-screen');
    await tab.heading('There is no such screen').waitFor();
    await tab.picture('no-such-screen-1440-light');
    expect(await tab.barriers()).toEqual([]);
    await tab.page.getByRole('link', { name: 'start' }).click();
    await tab.heading('Overview').waitFor();
  });
});

describeInBrowser('a person who uses the keyboard', () => {
  test('skips to the content, and opens the navigation of a phone', async () => {
    const tab = await open({ as: await signedIn('support'), width: 390 });
    await tab.opens('/trades');
    await tab.heading('Trades').waitFor();
    await tab.page.getByRole('link', { name: 'Skip to content' }).focus();
    await tab.page.keyboard.press('Enter');
    await tab.page.locator('#content:focus').waitFor();
    await tab.button('Open the navigation').press('Enter');
    await tab.page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: 'Trades' }).waitFor();
    await tab.picture('navigation-390-light');
    expect(await tab.barriers()).toEqual([]);
  });

  test('switches the colours, which are kept', async () => {
    const tab = await open({ as: await signedIn('support'), scheme: 'light' });
    await tab.opens('/trades');
    await tab.button(/Colours: as the system/).click();
    await tab.button(/Colours: light/).click();
    await tab.button(/Colours: dark/).waitFor();
    await tab.page.reload();
    await tab.page.locator('html[data-mantine-color-scheme=dark]').waitFor();
  });
});
