import { afterEach, expect, test } from 'vitest';
import { claimRun, endRun } from '../../src/verify/last-run.ts';
import { describeInBrowser, type Tab, useBrowser } from '../support/browser.ts';
import { usePeople } from '../support/visitor.ts';
import { useOwnWorld } from '../support/world.ts';

/** What only a sandbox has. */

const world = useOwnWorld({ VERIFY_EVERY_MIN: '0' });
const { signedIn } = usePeople(world);
const open = useBrowser(world);

const dialog = (tab: Tab, name: string | RegExp) => tab.page.getByRole('dialog', { name });
const ahead = async () => (await world().get<{ offsetMs: number }>('/sandbox/clock')).offsetMs;

afterEach(async () => {
  await world().call('POST', '/sandbox/shop', { body: { approvals: 'approve' } });
});

const HOUR_MS = 3_600_000;

/** The books are checked now, and not again. */
async function booksAreChecked(): Promise<void> {
  const { deps } = world().gateway;
  const runId = (await claimRun(deps, 0)) ?? '';
  await endRun(deps, runId, { broken: [], durationMs: 1500 });
}

describeInBrowser('a person at the clock of a sandbox', () => {
  test('reads what moving it does, moves it, and sees every age by the new time', async () => {
    await booksAreChecked();
    const tab = await open({ as: await signedIn('support') });
    await tab.opens('/');
    await tab.page.getByRole('link', { name: 'Sandbox' }).click();
    await tab.page.getByText('not at all').waitFor();
    await tab.button('+8 hours…').click();
    await dialog(tab, /Move the clock by 8h/)
      .getByText('cannot be moved back')
      .waitFor();
    await tab.picture('move-clock-1440-light');
    expect(await tab.barriers()).toEqual([]);
    await tab.button('Move the clock').click();
    await tab.announces(/The clock is moved: it is .* UTC now/);
    await tab.page.getByText('8 h', { exact: true }).waitFor();
    expect(await ahead()).toBe(8 * HOUR_MS);
    await tab.page.getByLabel('Another duration').fill('90 minutes');
    await tab.button('Move…').click();
    await tab.button('Move the clock').click();
    await tab.page.getByText('9 h 30 min', { exact: true }).waitFor();
    await tab.page.getByLabel('Another duration').fill('yesterday');
    await tab.button('Move…').click();
    tab.expects(400);
    await tab.button('Move the clock').click();
    await dialog(tab, /yesterday/)
      .getByRole('alert')
      .getByText('must be a duration')
      .first()
      .waitFor();
    await tab.button('Leave it').click();
    await world().settles();
    await tab.page.getByRole('link', { name: 'Verify' }).click();
    await tab.page.getByText('9 hours ago').waitFor();
  });

  test('sees ages by the gateway’s time when someone else has moved it', async () => {
    const tab = await open({ as: await signedIn('support') });
    await booksAreChecked();
    await tab.opens('/verify');
    await tab.page.getByText('just now').waitFor();
    await world().passes('2h');
    await tab.page.getByText('2 hours ago').waitFor();
  });
});

describeInBrowser('a person who looks for a test listing', () => {
  test('filters by what it does, and copies the request that buys it', async () => {
    const listing = world().testListing('cancel-timeout');
    const merchant = await world().merchant();
    const tab = await open({ as: await signedIn('developer', merchant.id) });
    await tab.opens('/sandbox');
    const table = tab.page.getByRole('table', { name: 'Test listings' });
    await table.waitFor();
    await tab.page.getByLabel('Filter test listings').fill('cancel-timeout cs2');
    await tab.page.waitForURL('**/sandbox?q=cancel-timeout+cs2');
    await tab.page.getByText(/^1 listing$/).waitFor();
    await tab.button(/^Buy cancel-timeout for CS2/).click();
    const buy = dialog(tab, `Buy ${listing.marketHashName}`);
    await buy.getByTitle(listing.id).waitFor();
    const request = (await buy.getByRole('region', { name: 'Request that buys it' }).textContent()) ?? '';
    await tab.picture('buy-test-listing-1440-light');
    expect(await tab.barriers()).toEqual([]);
    const body = JSON.parse(/-d '(.*)'$/s.exec(request)?.[1] ?? '');
    const url = /https?:\S+\/secure\/buy/.exec(request)?.[0] ?? '';
    expect(new URL(url).origin).toBe(world().baseUrl);
    const { status } = await merchant.call('POST', '/secure/buy', { body });
    expect(status).toBe(200);
    await world().settles();
    await tab.page.keyboard.press('Escape');
    await tab.page.getByLabel(/^Every copy/).check();
    await tab.page.getByText(/^10 listings$/).waitFor();
  });
});

describeInBrowser('a person who tells the demo shop what to answer', () => {
  test('reads what becomes of a trade, and sees the choice', async () => {
    const { id } = await world().merchant();
    const tab = await open({ as: await signedIn('viewer', id) });
    await tab.opens('/sandbox');
    const shop = tab.page.getByRole('region', { name: 'Demo shop' });
    await shop.getByText('It approves').waitFor();
    await shop.getByRole('button', { name: 'Change…' }).click();
    await tab.page.getByLabel('It rejects').check();
    await tab.picture('demo-shop-answers-1440-light');
    expect(await tab.barriers()).toEqual([]);
    await tab.button('Change the answer').click();
    await tab.announces('The demo shop: it rejects from now on.');
    await shop.getByText('It rejects').waitFor();
    expect((await world().get<{ approvals: string }>('/sandbox/shop')).approvals).toBe('reject');
  });
});

describeInBrowser('a person at a gateway that is no sandbox', () => {
  test('has no such screen in the navigation, and is told so at its address', async () => {
    const tab = await open({ as: await signedIn('owner') });
    await tab.page.route('**/operator/v1/session', async (route) => {
      const response = await route.fetch();
      const answer = await response.json();
      await route.fulfill({ response, json: { ...answer, data: { ...answer.data, isSandbox: false } } });
    });
    const asked: string[] = [];
    tab.page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await tab.opens('/sandbox');
    await tab.page.getByText('There is no sandbox here').waitFor();
    await tab.picture('no-sandbox-1440-light');
    expect(await tab.barriers()).toEqual([]);
    expect(
      await tab.page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: 'Sandbox' }).count(),
    ).toBe(0);
    expect(asked.filter((path) => path.startsWith('/sandbox'))).toEqual([]);
  });
});
