import { expect, test } from 'vitest';
import { switchOff } from '../../src/callbacks/endpoint.ts';
import { inTransaction } from '../../src/db/transaction.ts';
import { describeInBrowser, useBrowser } from '../support/browser.ts';
import type { Merchant } from '../support/merchant.ts';
import { usePeople } from '../support/visitor.ts';
import { useWorld } from '../support/world.ts';

/** What needs a person: the overview, unknown outcomes, and callbacks that are not accepted. */

const world = useWorld();
const { signedIn } = usePeople(world);
const open = useBrowser(world);

/** A purchase that never arrived; its last call is more than an hour ago after all waits. */
async function withUnknownPurchase(...waits: string[]) {
  const merchant = await world().merchant();
  const trade = await merchant.buys([world().testListing('buy-never-arrives')]);
  for (const wait of waits) await world().passes(wait);
  const support = await signedIn('support');
  const { items } = await support.gets(`/operator/v1/unknown?merchantId=${merchant.id}`);
  return { merchant, trade, id: String(items[0].id) };
}

const UNTIL_LATE = ['2m', '2m', '5m', '20m', '90m', '65m'];

/** A merchant with a trade of which one callback tells. */
async function withCallback() {
  const merchant = await world().merchant();
  const trade = await merchant.buys([world().testListing('never-ships')]);
  const { items } = await (await signedIn('support')).gets(`/operator/v1/callbacks?tradeId=${trade.id}`);
  return { merchant, trade, id: String(items[0].id) };
}

/** As after ten attempts that nobody took. */
async function givesUp(merchant: Merchant): Promise<void> {
  await world()
    .gateway.deps.db.updateTable('callback')
    .set({ state: 'failed', due_at: null, attempts: 10 })
    .where('merchant_id', '=', merchant.id)
    .execute();
}

async function isSwitchedOff(merchant: Merchant): Promise<void> {
  const { deps } = world().gateway;
  await inTransaction(deps, (trx) => switchOff(deps, trx, merchant.id, 'by an operator'));
}

describeInBrowser('a person who opens the overview', () => {
  test('of the staff goes from what needs someone to the screen that mends it', async () => {
    const { merchant } = await withUnknownPurchase();
    await isSwitchedOff(merchant);
    const tab = await open({ as: await signedIn('support') });
    await tab.opens('/');
    await tab.page.getByRole('link', { name: /^Callbacks of \d+ merchants? are switched off/ }).waitFor();
    await tab.page.getByRole('table', { name: 'Purchases by marketplace' }).getByText('cs2dt').waitFor();
    expect(await tab.page.getByRole('img', { name: /by hour/ }).count()).toBe(5);
    await tab.picture('overview-busy-1440-light');
    await tab.page.getByRole('link', { name: /without a known outcome/ }).click();
    await tab.heading('Unknown outcomes').waitFor();
    await (await signedIn('owner')).does('POST', `/operator/v1/merchants/${merchant.id}/callbacks/enable`);
  });

  test('sees the charts of three days, and the same numbers in a table', async () => {
    const { merchant } = await withCallback();
    const tab = await open({ as: await signedIn('viewer', merchant.id) });
    await tab.opens('/');
    await tab.page.getByText('72 hours').click();
    await tab.page.waitForURL(({ search }) => search === '?hours=72');
    await tab.page.getByRole('img', { name: /^Trades, by hour: 1 in the last 72 hours, at most 1 in/ }).waitFor();
    await tab.page.getByText('The same as a table').click();
    const rows = tab.page.getByRole('table', { name: 'Activity by hour, newest first' }).getByRole('row');
    expect(await rows.count()).toBe(73);
    await tab.picture('overview-72-hours-1440-light');
  });

  test('of a merchant sees the own money and callbacks, and no marketplaces', async () => {
    const { merchant } = await withCallback();
    const as = await signedIn('developer', merchant.id);
    const tab = await open({ as });
    await tab.opens('/');
    await tab.page.getByText('Nothing needs you now.').waitFor();
    await tab.page.getByRole('row', { name: 'Together $1,000.00' }).waitFor();
    expect(await tab.page.getByRole('region', { name: /by marketplace/ }).count()).toBe(0);
    const screens = tab.page.getByRole('navigation', { name: 'Screens' });
    expect(await screens.getByRole('link', { name: 'Unknown outcomes' }).count()).toBe(0);
    await isSwitchedOff(merchant);
    await tab.page.getByRole('link', { name: 'Your callbacks are switched off' }).click();
    await tab.heading('Callbacks').waitFor();
    await tab.button('Switch on…').click();
    await tab.page.getByRole('dialog').getByRole('button', { name: 'Switch on' }).click();
    await tab.announces(/are on, and what waited is sent/);
    await tab.button('Switch on…').waitFor({ state: 'detached' });
  });
});

describeInBrowser('staff with an unknown outcome', () => {
  test('narrow the list, and have one looked up', async () => {
    const { merchant } = await withUnknownPurchase();
    const tab = await open({ as: await signedIn('support') });
    await tab.opens(`/unknown?merchant=${merchant.id}`);
    await tab.page.getByText('All 1').waitFor();
    await tab.page.getByLabel('Kind').selectOption('cancellation');
    await tab.page.getByText('Nothing matches').waitFor();
    await tab.page.getByLabel('Kind').selectOption('purchase');
    await tab.button(/^Look up .* now$/).click();
    const dialog = tab.page.getByRole('dialog', { name: 'Look up now?' });
    await dialog.getByText('This never buys twice').waitFor();
    await tab.picture('push-dialog-1440-light');
    await dialog.getByRole('button', { name: 'Look up now' }).click();
    await tab.announces(/is asked about .*Buy Never Arrives/);
    await tab.page.getByRole('link', { name: /Buy Never Arrives/ }).click();
    await tab.heading(/^Purchase of .*Buy Never Arrives/).waitFor();
    expect(await tab.button('End the purchase…').count()).toBe(0);
  });

  test('of operations end a purchase that was never made, after a warning', async () => {
    const { merchant, trade, id } = await withUnknownPurchase(...UNTIL_LATE);
    const tab = (await open({ as: await signedIn('operations') })).expects(404);
    await tab.opens(`/unknown/${id}`);
    await tab.button('End the purchase…').click();
    const dialog = tab.page.getByRole('dialog', { name: 'End this purchase?' });
    await dialog.getByText('itself says that it never made this order').waitFor();
    const action = dialog.getByRole('button', { name: 'End the purchase' });
    expect(await action.isDisabled()).toBe(true);
    await dialog.getByLabel('Reason').fill('Their support:\nno such order');
    await tab.picture('end-dialog-1440-light');
    expect(await tab.barriers()).toEqual([]);
    await action.click();
    await tab.announces(/is ended, and its money is back/);
    await tab.page.getByRole('alert').filter({ hasText: 'The outcome is known now' }).waitFor();
    await tab.page.getByRole('link', { name: 'See it on the trade' }).click();
    await tab.page.getByText('PURCHASE_FAILED').first().waitFor();
    expect(await merchant.trade(trade.id)).toMatchObject({ status: 'failed' });
    await world().balances();
  });

  test('are told why a purchase cannot be ended yet', async () => {
    const { id } = await withUnknownPurchase();
    const tab = (await open({ as: await signedIn('operations') })).expects(409);
    await tab.opens(`/unknown/${id}`);
    await tab.button('End the purchase…').click();
    const dialog = tab.page.getByRole('dialog');
    await dialog.getByLabel('Reason').fill('Their support: no such order');
    await dialog.getByRole('button', { name: 'End the purchase' }).click();
    await dialog.getByRole('alert').filter({ hasText: 'less than an hour ago' }).waitFor();
  });

  test('who only read have no buttons, and members do not come near', async () => {
    const { merchant, id } = await withUnknownPurchase();
    const auditor = await open({ as: await signedIn('auditor') });
    await auditor.opens(`/unknown/${id}`);
    await auditor.heading(/^Purchase of /).waitFor();
    expect(await auditor.button(/Look up now|End the purchase/).count()).toBe(0);
    const member = (await open({ as: await signedIn('admin', merchant.id) })).expects(403);
    await member.opens('/unknown');
    await member.page.getByRole('alert').filter({ hasText: 'Your role does not allow this' }).waitFor();
  });
});

describeInBrowser('a person who looks for a callback', () => {
  test('filters by state, trade, time and merchant in the address', async () => {
    const { merchant, trade } = await withCallback();
    const tab = await open({ as: await signedIn('support') });
    await tab.opens('/callbacks');
    await tab.page.getByRole('table').waitFor();
    await tab.page.getByRole('combobox', { name: 'Merchant' }).fill(merchant.name);
    await tab.page.getByRole('option', { name: merchant.name, exact: true }).click();
    await tab.page.waitForURL(({ searchParams }) => searchParams.get('merchant') === merchant.id);
    await tab.page.getByText('All 1').waitFor();
    await tab.page.getByLabel('State').selectOption('failed');
    await tab.page.getByText('No callback matches').waitFor();
    await tab.page.getByLabel('State').selectOption('delivered');
    await tab.page.getByLabel('Trade id').fill('order-1');
    await tab.page.getByText('Enter a whole trade id').waitFor();
    await tab.page.getByLabel('Trade id').fill(trade.id);
    await tab.page.getByText('All 1').waitFor();
    await tab.page.getByLabel('From').fill('2020-01-01T00:00');
    await tab.page.getByLabel('Until').fill('2020-02-01T00:00');
    await tab.page.getByText('No callback matches').waitFor();
    expect(new URL(tab.page.url()).searchParams.get('to')).toMatch(/^2020-0\d-\d\dT\d\d:00:00.000Z$/);
    await tab.picture('callbacks-filtered-1440-light');
  });

  test('reads its body and attempts, and has it sent again', async () => {
    const { merchant, trade, id } = await withCallback();
    const tab = await open({ as: await signedIn('developer', merchant.id) });
    await tab.opens(`/callbacks/${id}`);
    await tab.page.getByText('Status 200').waitFor();
    await tab.page.getByText('Raw', { exact: true }).click();
    const sent = merchant.attemptsAt(trade.id).at(-1)?.raw ?? 'nothing';
    await tab.page.getByText(sent).waitFor();
    await tab.button('Send again…').click();
    await tab.page.getByRole('dialog').getByText('must recognise its id').waitFor();
    await tab.page.getByRole('dialog').getByRole('button', { name: 'Send again' }).click();
    await tab.announces('It is sent again within seconds.');
    await world().settles();
    await tab.page
      .getByRole('table', { name: /Attempts/ })
      .getByRole('row')
      .nth(2)
      .waitFor();
  });

  test('replays what has failed, and tries whether the server verifies signatures', async () => {
    const { merchant } = await withCallback();
    await givesUp(merchant);
    const tab = await open({ as: await signedIn('support') });
    await tab.opens(`/callbacks?merchant=${merchant.id}&from=2020-01-01T00:00:00.000Z`);
    await tab.button('Replay failed…').click();
    await tab.picture('replay-dialog-1440-light');
    expect(await tab.barriers()).toEqual([]);
    await tab.page.getByRole('dialog').getByRole('button', { name: 'Replay' }).click();
    await tab.announces(/^1 callback is sent to .* again/);
    await tab.button('Send a test…').click();
    await tab.page.getByRole('dialog').getByRole('button', { name: 'Send the test' }).click();
    await tab.page.getByText(/The test (succeeded|failed)/).waitFor();
    await tab.picture('test-result-1440-light');
    expect(await tab.barriers()).toEqual([]);
    expect(await tab.button('Switch on…').count()).toBe(0);
  });

  test('finds out why a signature is refused', async () => {
    const { merchant, trade } = await withCallback();
    const attempt = merchant.attemptsAt(trade.id).at(-1);
    const tab = await open({ as: await signedIn('viewer', merchant.id) });
    await tab.opens('/callbacks');
    await tab.page.getByRole('link', { name: 'Check a signature' }).click();
    await tab.page.getByLabel('Signature').fill(attempt?.signature ?? '');
    await tab.page.getByLabel('Raw body').fill(attempt?.raw ?? '');
    await tab.button('Check').click();
    const verdict = tab.page.getByRole('alert');
    await verdict.filter({ hasText: 'The signature is right' }).waitFor();
    await tab.page.getByLabel('Raw body').fill(`${attempt?.raw} changed`);
    await verdict.waitFor({ state: 'detached' });
    await tab.button('Check').click();
    await verdict.filter({ hasText: 'The signature is wrong' }).waitFor();
    await tab.picture('signature-wrong-1440-light');
    expect(await tab.barriers()).toEqual([]);
  });

  test('cannot send again where the role does not allow it', async () => {
    const { merchant, id } = await withCallback();
    const tab = await open({ as: await signedIn('viewer', merchant.id) });
    await tab.opens(`/callbacks/${id}`);
    await tab.page.getByText('Status 200').waitFor();
    expect(await tab.button('Send again…').count()).toBe(0);
    await tab.opens('/callbacks');
    await tab.page.getByRole('link', { name: 'Check a signature' }).waitFor();
    expect(await tab.button(/Replay failed|Send a test/).count()).toBe(0);
  });
});
