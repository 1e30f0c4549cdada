import { sql } from 'kysely';
import { afterEach, expect, test } from 'vitest';
import { toMills } from '../../src/core/money.ts';
import type { Difference } from '../../src/reconciliation/policy.ts';
import * as reconciliations from '../../src/reconciliation/store.ts';
import { addAccount } from '../../src/supplier-accounts/operations.ts';
import { setLimit } from '../../src/supplier-accounts/spending.ts';
import { closeCircuit, recordBalance, recordSign } from '../../src/supplier-health/store.ts';
import { claimRun, endRun } from '../../src/verify/last-run.ts';
import { rules } from '../../src/verify/rules.ts';
import { describeInBrowser, type Tab, useBrowser } from '../support/browser.ts';
import type { Merchant } from '../support/merchant.ts';
import { usePeople } from '../support/visitor.ts';
import { useOwnWorld } from '../support/world.ts';

/** What the staff operate: marketplaces, freezes, the check of the books, and the audit trail. */

const world = useOwnWorld({ VERIFY_EVERY_MIN: '0', RECONCILE_EVERY_MIN: '0' });
const { signedIn } = usePeople(world);
const open = useBrowser(world);
const deps = () => world().gateway.deps;

const SCREENS = ['/marketplaces', '/marketplaces/waxpeer', '/freezes', '/verify', '/audit'];
const ADDED = 'waxpeer-2';

afterEach(async () => {
  await deps().db.deleteFrom('buying_freeze').execute();
  await deps().db.deleteFrom('supplier_account').where('id', '=', ADDED).execute();
  await closeCircuit(deps(), 'cs2dt');
  await world().settles();
});

/** A trade whose merchant was asked, and did not answer. */
async function waitingTrade(merchant: Merchant) {
  merchant.says(503);
  const { body } = await merchant.asksToBuy([world().testListing('ships-at-once')]);
  await world().until(() => merchant.questionsAbout(body.data.id).length > 0, 'the question');
}

async function failsOnce(supplier: string, reason: string): Promise<void> {
  const { clock, config, db, log, signals } = deps();
  const counting = { clock, db, log, signals, config: { ...config, supplierFailuresMax: 1 } };
  await recordSign(counting, { supplier, at: clock.now() }, { kind: 'failed', reason });
}

/** An account that this node does not know yet. */
async function addsAccount(): Promise<void> {
  await addAccount(deps(), { kind: 'waxpeer', id: ADDED, given: { apiKey: 'a-key-that-nobody-sees' } });
  await setLimit(deps(), ADDED, toMills(500_000n));
  await recordBalance(deps(), ADDED, toMills(1_234_560n));
}

/** A comparison that has found a price that differs, and orders that nobody here knows. */
async function reconciled(merchant: Merchant) {
  const listing = world().testListing('never-ships');
  const trade = await merchant.buys([listing]);
  const { reference } = await deps()
    .db.selectFrom('purchase')
    .select('reference')
    .where('trade_id', '=', trade.id)
    .executeTakeFirstOrThrow();
  const supplier = listing.marketplace;
  const runId = (await reconciliations.claimRun(deps(), supplier, 0)) ?? '';
  const none = { amountMills: null, oursMills: null, theirsMills: null, tradeId: null, itemId: null, mayBeLate: false };
  const differences: Difference[] = [
    { ...none, kind: 'price', orderId: '41822907', reference },
    ...Array.from({ length: 12 }, (_, index) => {
      return { ...none, kind: 'unknown_order', orderId: `4182${2800 + index}`, reference: null } as const;
    }),
  ];
  const range = { from: new Date(0), to: world().now };
  const found = { supplier, range, orders: 118, purchases: 117, cause: null, differences };
  await reconciliations.endRun(deps(), runId, found, undefined);
  return { supplier, trade };
}

/** A check that has found two broken rules, one of them known to another version only. */
async function findsBrokenRules(tradeId: string, merchantId: string): Promise<void> {
  const runId = (await claimRun(deps(), 0)) ?? '';
  const wallet = { merchant_id: merchantId, account: 'available', balance_mills: '-1500' };
  const item = { merchant_id: merchantId, trade_id: tradeId, state: 'hold', price_mills: '7940', has_lost: true };
  const broken = [
    { rule: 'no-negative-balance', row: wallet },
    { rule: 'a-rule-of-another-version', row: item },
  ];
  await endRun(deps(), runId, { broken, durationMs: 61_500 });
}

describeInBrowser('on a day on which much goes wrong', () => {
  test('every screen can be read, on a phone and at a desk', async () => {
    const merchant = await world().merchant();
    const { supplier, trade } = await reconciled(merchant);
    await waitingTrade(merchant);
    await addsAccount();
    await failsOnce('cs2dt', 'no clear answer: 503 Service Unavailable');
    await findsBrokenRules(trade.id, merchant.id);
    const operations = await signedIn('operations');
    await operations.does('PUT', '/operator/v1/marketplaces/lis-skins/policy', { game: '252490', markupBps: 250 });
    await operations.does('PUT', `/operator/v1/merchants/${merchant.id}`, { feeBps: 175 });
    await operations.does('POST', '/operator/v1/marketplaces/waxpeer/pause', { reason: 'their prices are wrong' });
    await operations.isRefused('POST', '/operator/v1/marketplaces/lis-skins/resume');
    await operations.does('POST', '/operator/v1/freezes', { scope: 'all', reason: 'prices are wrong since 15:00' });
    await operations.does('POST', '/operator/v1/freezes', {
      scope: 'merchant',
      target: merchant.id,
      reason: 'their server approves everything, and they do not answer the telephone',
    });
    const as = await signedIn('owner');
    const paths = [...SCREENS, `/marketplaces/${supplier}`];
    for (const [width, scheme] of [
      [390, 'dark'],
      [1440, 'light'],
    ] as const) {
      const tab = await open({ as, width, scheme });
      for (const path of paths) {
        await tab.opens(path);
        await tab.page.getByRole('heading', { level: 1 }).waitFor();
        await tab.page.getByRole('table').first().waitFor();
        await tab.picture(`bad-day${path.replaceAll(/\W/g, '-')}-${width}-${scheme}`);
        expect(await tab.barriers(), path).toEqual([]);
        expect(await tab.isTooWide(), path).toBe(false);
      }
    }
  });
});

describeInBrowser('an operations person at the marketplaces', () => {
  test('sees which account sells and which does not, and why', async () => {
    await addsAccount();
    await failsOnce('cs2dt', 'no clear answer: 503');
    const tab = await open({ as: await signedIn('operations') });
    await tab.opens('/marketplaces');
    const row = (name: string) =>
      tab.page.getByRole('row').filter({ has: tab.page.getByRole('link', { name, exact: true }) });
    await row('cs2dt').getByText('next trial').waitFor();
    expect(await row('cs2dt').textContent()).toMatch(/not offered.*no clear answer: 503.*1 failed purchase/);
    expect(await row(ADDED).textContent()).toMatch(/not in use.*Restart.*\$1,234\.56.*\$0\.00of \$500\.00/);
    await row('lis-skins').getByText('offered').waitFor();
  });

  test('pauses an account after reading what that does, and resumes it', async () => {
    const tab = await open({ as: await signedIn('operations') });
    await tab.opens('/marketplaces');
    await tab.page.getByRole('link', { name: 'waxpeer', exact: true }).click();
    await tab.heading('waxpeer').waitFor();
    await tab.button('Pause…').click();
    const dialog = tab.page.getByRole('dialog', { name: 'Pause waxpeer?' });
    await dialog.getByRole('region', { name: 'What goes on' }).getByText('open orders').waitFor();
    await dialog.getByLabel('Reason').fill('its prices\nare wrong');
    await tab.picture('pause-dialog-1440-light');
    expect(await tab.barriers()).toEqual([]);
    await dialog.getByRole('button', { name: 'Pause the account' }).click();
    await tab.announces(/Buying with waxpeer is stopped\. Items that wait are cancelled from/);
    await tab.page.getByText('its prices are wrong').waitFor();
    await tab.button('Resume…').click();
    await tab.page.getByRole('dialog').getByText('The pause ends').waitFor();
    await tab.picture('resume-dialog-1440-light');
    await tab.button('Resume the account').click();
    await tab.announces('Buying with waxpeer goes on.');
    await tab.button('Pause…').waitFor();
  });

  test('offers an account again whose purchases have failed', async () => {
    await failsOnce('cs2dt', 'no clear answer: 503');
    const tab = await open({ as: await signedIn('operations') });
    await tab.opens('/marketplaces/cs2dt');
    await tab.page.getByText('Its listings are not offered').waitFor();
    await tab.button('Resume…').click();
    await tab.page.getByRole('dialog').getByText('Is the cause mended?').waitFor();
    await tab.button('Resume the account').click();
    await tab.page.getByText('Its listings are not offered').waitFor({ state: 'detached' });
  });

  test('changes the markup of one game, and sees what it costs merchants', async () => {
    const tab = await open({ as: await signedIn('operations') });
    await tab.opens('/marketplaces/waxpeer');
    await tab.button('Change Rust…').click();
    const dialog = tab.page.getByRole('dialog', { name: 'Change Rust at waxpeer?' });
    await dialog.getByRole('button', { name: 'Change the policy' }).click();
    await dialog.getByRole('alert').getByText('Both are as they were').waitFor();
    await dialog.getByLabel('Markup in percent').fill('2.5');
    await dialog.getByText('costs merchants $102.50').waitFor();
    await tab.picture('policy-dialog-1440-light');
    expect(await tab.barriers()).toEqual([]);
    await dialog.getByRole('button', { name: 'Change the policy' }).click();
    await tab.announces('Rust at waxpeer: markup 2.5 %, preference 100.');
    const rust = tab.page.getByRole('table', { name: 'Policy' }).getByRole('row').filter({ hasText: 'Rust' });
    await rust.getByText('2.5 %').waitFor();
  });

  test('reads the settings without secrets, and follows a difference to its trade', async () => {
    await addsAccount();
    const { supplier, trade } = await reconciled(await world().merchant());
    const tab = await open({ as: await signedIn('auditor') });
    await tab.opens(`/marketplaces/${ADDED}`);
    const apiKey = tab.page.getByRole('table', { name: 'Settings' }).getByRole('row').filter({ hasText: 'apiKey' });
    await apiKey.getByText('a secret is never shown').waitFor();
    expect(await tab.page.content()).not.toContain('a-key-that-nobody-sees');
    await tab.opens(`/marketplaces/${supplier}`);
    const price = tab.page.getByRole('region', { name: 'Price', exact: true }).first();
    await price.getByText('ask the marketplace which price it charged').waitFor();
    await tab.button('Show all 12').click();
    await tab.page.getByText('41822811').waitFor();
    await price.getByRole('link', { name: trade.id.slice(-8) }).click();
    await tab.heading(/Never Ships/).waitFor();
  });

  test('is told that there is no such account', async () => {
    const tab = (await open({ as: await signedIn('operations') })).expects(404);
    await tab.opens('/marketplaces/nowhere');
    await tab.page.getByRole('alert').filter({ hasText: 'There is no such thing here' }).waitFor();
  });
});

describeInBrowser('an operations person in an emergency', () => {
  test('stops everything, sees what waits, and lifts the freeze', async () => {
    const merchant = await world().merchant();
    await waitingTrade(merchant);
    const tab = await open({ as: await signedIn('operations') });
    await tab.opens('/freezes');
    await tab.page.getByText('Nothing is stopped').waitFor();
    await tab.picture('no-freezes-1440-light');
    await tab.button('Stop buying…').click();
    const dialog = tab.page.getByRole('dialog', { name: 'Stop buying?' });
    await dialog.getByLabel('Reason').fill('prices are wrong since 15:00');
    await tab.picture('freeze-dialog-1440-light');
    expect(await tab.barriers()).toEqual([]);
    await dialog.getByRole('button', { name: 'Stop all buying' }).click();
    await tab.announces(/All buying is stopped/);
    const row = tab.page.getByRole('row').filter({ hasText: 'All buying' });
    expect(await row.textContent()).toMatch(/prices are wrong since 15:00.*\d\$\d+\.\d\d/);
    merchant.says(200);
    await row.getByRole('button', { name: 'Lift…' }).click();
    await tab.page.getByRole('dialog').getByText('on to approval and purchase').waitFor();
    await tab.picture('lift-dialog-1440-light');
    await tab.button('Lift the freeze').click();
    await tab.announces('All buying goes on.');
    await tab.page.getByText('Nothing is stopped').waitFor();
  });

  test('stops one merchant, found by a part of its name, and one marketplace', async () => {
    const merchant = await world().merchant();
    const tab = await open({ as: await signedIn('operations') });
    await tab.opens('/freezes');
    await tab.button('Stop buying…').click();
    const dialog = tab.page.getByRole('dialog', { name: 'Stop buying?' });
    await dialog.getByLabel('A merchant').check();
    await dialog.getByLabel('Reason').fill('fraud');
    await dialog.getByRole('button', { name: 'Stop this merchant' }).click();
    await dialog.getByText('Choose the merchant first.').waitFor();
    await dialog.getByRole('combobox', { name: 'Merchant' }).fill(merchant.name);
    await tab.page.getByRole('option', { name: merchant.name, exact: true }).click();
    await tab.picture('freeze-merchant-1440-light');
    expect(await tab.barriers()).toEqual([]);
    await dialog.getByRole('button', { name: 'Stop this merchant' }).click();
    await tab.announces(`Buying of ${merchant.name} is stopped.`);
    await tab.button('Stop buying…').click();
    await dialog.getByLabel('A marketplace').check();
    await dialog.getByRole('combobox', { name: 'Marketplace' }).selectOption('cs2dt');
    await dialog.getByLabel('Reason').fill('their status page is red');
    await dialog.getByRole('button', { name: 'Stop this marketplace' }).click();
    await tab.announces('Buying with cs2dt is stopped.');
    await tab.page.getByRole('link', { name: 'Buying with cs2dt' }).click();
    await tab.page.getByText('their status page is red').waitFor();
  });
});

describeInBrowser('a person who reads whether the books are right', () => {
  test('sees that all rules hold', async () => {
    const runId = (await claimRun(deps(), 0)) ?? '';
    await endRun(deps(), runId, { broken: [], durationMs: 830 });
    const tab = await open({ as: await signedIn('auditor') });
    await tab.opens('/verify');
    await tab.page.getByText(`All ${rules.length} rules hold`).waitFor();
    await tab.page.getByText('830 ms').waitFor();
    await tab.picture('verify-clean-1440-light');
    expect(await tab.page.getByRole('table').getByText('broken', { exact: true }).count()).toBe(0);
  });

  test('sees broken rules first, with the row and what to do, and stops all buying there', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.buys([world().testListing('never-ships')]);
    await findsBrokenRules(trade.id, merchant.id);
    const tab = await open({ as: await signedIn('operations') });
    await tab.opens('/verify');
    await tab.page.getByText('2 rules are broken').waitFor();
    const table = tab.page.getByRole('table', { name: 'Rules, broken ones first' });
    expect(await table.getByRole('row').nth(2).textContent()).toMatch(/No account is below zero.*broken/);
    await tab.page.getByText('−$1.50').waitFor();
    const steps = tab.page.getByRole('region', { name: 'What to do' });
    await steps.getByRole('link', { name: trade.id }).waitFor();
    await steps.getByRole('button', { name: 'Stop all buying…' }).click();
    const dialog = tab.page.getByRole('dialog');
    expect(await dialog.getByLabel('Reason').inputValue()).toBe(
      'verify: a-rule-of-another-version, no-negative-balance',
    );
    await dialog.getByRole('button', { name: 'Stop all buying' }).click();
    await steps.getByText('All buying is stopped').waitFor();
  });
});

describeInBrowser('a person who reads the audit trail', () => {
  const value = (tab: Tab) => tab.page.getByRole('searchbox').inputValue();

  test('sees who changed what, and filters by operator in the address', async () => {
    const [ann, bob] = [await signedIn('operations'), await signedIn('operations')];
    const merchant = await world().merchant();
    await ann.does('PUT', `/operator/v1/merchants/${merchant.id}`, { feeBps: 175 });
    await bob.does('POST', '/operator/v1/freezes', { scope: 'all', reason: 'a test' });
    await bob.does('POST', '/operator/v1/freezes/remove', { scope: 'all' });
    await bob.isRefused('POST', '/operator/v1/freezes/remove', { scope: 'all' });
    const tab = await open({ as: await signedIn('auditor') });
    await tab.opens('/audit');
    const row = tab.page.getByRole('row').filter({ hasText: ann.person.email });
    await row.getByText('1.75 %').first().waitFor();
    expect(await row.first().textContent()).toMatch(/fee1\.5 %→ 1\.75 %.*done.*operator API from 127\.0\.0\.1/);
    await tab.page.getByRole('link', { name: bob.person.email }).first().click();
    await tab.page.getByText('All 3', { exact: true }).waitFor();
    expect(new URL(tab.page.url()).searchParams.get('operator')).toBe(`staff:${bob.person.email}`);
    await tab.page.getByText('everything is not frozen').filter({ visible: true }).waitFor();
    await tab.page.goBack();
    await row.first().waitFor();
    await tab.page.keyboard.press('/');
    await tab.page.keyboard.type(ann.person.email);
    await tab.page.getByText('All 1', { exact: true }).waitFor();
    expect(new URL(tab.page.url()).searchParams.get('operator')).toBe(`staff:${ann.person.email}`);
    await tab.page.reload();
    await tab.page.getByText('All 1', { exact: true }).waitFor();
    expect(await value(tab)).toBe(`staff:${ann.person.email}`);
  });

  test('checks the trail, notes its end, and finds it again later', async () => {
    const merchant = await world().merchant();
    const owner = await signedIn('owner');
    await owner.does('PUT', `/operator/v1/merchants/${merchant.id}`, { feeBps: 9 });
    const tab = await open({ as: await signedIn('auditor') });
    await tab.opens('/audit');
    await tab.button('Check the trail…').click();
    const dialog = tab.page.getByRole('dialog', { name: 'Check the trail' });
    const check = dialog.getByRole('button', { name: /^Check / });
    await check.click();
    const alert = dialog.getByRole('alert');
    await alert.getByText('The trail is whole').waitFor();
    const [end = ''] = /\d+:[0-9a-f]{64}/.exec((await alert.textContent()) ?? '') ?? [];
    await tab.picture('trail-dialog-1440-light');
    expect(await tab.barriers()).toEqual([]);
    await owner.does('PUT', `/operator/v1/merchants/${merchant.id}`, { feeBps: 10 });
    await dialog.getByLabel('An end that you noted before').fill(` ${end} `);
    await check.click();
    await alert.getByText('It still has the entry that you noted').waitFor();
    await dialog.getByLabel('An end that you noted before').fill(`${end.split(':')[0]}:${'0'.repeat(64)}`);
    await check.click();
    await alert.getByText('does not have the entry that you noted').waitFor();
  });

  test('is shown the first entry that was changed', async () => {
    const { db } = deps();
    const last = await db.selectFrom('audit_entry').selectAll().orderBy('number', 'desc').executeTakeFirstOrThrow();
    const put = (body: string) =>
      db.updateTable('audit_entry').set({ body }).where('number', '=', last.number).execute();
    // As the owner of the database can; its triggers refuse it to everyone else.
    await sql`alter table audit_entry disable trigger user`.execute(db);
    try {
      await put(`${last.body} `);
      const tab = await open({ as: await signedIn('auditor') });
      await tab.opens('/audit');
      await tab.button('Check the trail…').click();
      await tab.page.getByRole('dialog').getByRole('button', { name: 'Check the trail' }).click();
      await tab.page.getByText(`the text of entry ${last.number} does not match its digest`).waitFor();
      await tab.picture('trail-broken-1440-light');
    } finally {
      await put(last.body);
      await sql`alter table audit_entry enable trigger user`.execute(db);
    }
  });
});

describeInBrowser('a person whose role does not cover it', () => {
  test('in support reads all of it, and finds no button that changes something', async () => {
    const operations = await signedIn('operations');
    await operations.does('POST', '/operator/v1/freezes', { scope: 'all', reason: 'a test' });
    const tab = await open({ as: await signedIn('support') });
    for (const path of SCREENS) {
      await tab.opens(path);
      await tab.page.getByLabel('Loading').first().waitFor({ state: 'detached' });
      await tab.page.getByRole('table').first().waitFor();
      expect(await tab.button(/Pause|Resume|Change|Stop|Lift/).count(), path).toBe(0);
    }
    await tab.page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: 'Audit' }).waitFor();
  });

  test('of a merchant has no such screens in the navigation, and is told so at their addresses', async () => {
    const merchant = await world().merchant();
    const tab = (await open({ as: await signedIn('admin', merchant.id) })).expects(403);
    await tab.opens('/trades');
    const screens = tab.page.getByRole('navigation', { name: 'Screens' }).getByRole('link');
    await screens.first().waitFor();
    const labels = await screens.allTextContents();
    expect(labels.filter((label) => ['Marketplaces', 'Freezes', 'Verify', 'Audit'].includes(label))).toEqual([]);
    for (const path of SCREENS) {
      await tab.opens(path);
      await tab.page.getByRole('alert').filter({ hasText: 'Your role does not allow this' }).waitFor();
    }
  });
});
