import { expect, test } from 'vitest';
import { describeInBrowser, type Tab, useBrowser } from '../support/browser.ts';
import { usePeople } from '../support/visitor.ts';
import { useWorld } from '../support/world.ts';

/** Merchants with their integration, wallet and members; requests for money; the staff. */

const world = useWorld();
const { signedIn, stranger, add } = usePeople(world);
const open = useBrowser(world);

const table = (tab: Tab, caption: string) => tab.page.getByRole('table', { name: caption });
const dialog = (tab: Tab, name: string | RegExp) => tab.page.getByRole('dialog', { name });

/** What is shown once, of the box with this title. */
async function shownOnce(tab: Tab, title: string | RegExp): Promise<string> {
  const box = tab.page.getByRole('region', { name: title });
  await box.getByText('It is shown only this once.').waitFor();
  await tab.page.locator('section:focus').waitFor();
  return (await box.locator('code').textContent()) ?? '';
}

async function choosesAction(tab: Tab, row: string | RegExp, action: string): Promise<void> {
  await tab.button(row).click();
  await tab.page.getByRole('menuitem', { name: action }).click();
}

describeInBrowser('an operator who adds a merchant', () => {
  test('sees the secret once, and finds the merchant by its name with the keyboard', async () => {
    const tab = await open({ as: await signedIn('operations') });
    await tab.opens('/merchants');
    await tab.button('New merchant…').click();
    const form = dialog(tab, 'New merchant');
    await form.getByLabel('Name').fill('Blue Shop');
    await form.getByLabel('Fee').fill('2.75');
    await form.getByLabel('Verified').check();
    await tab.picture('new-merchant-1440-light');
    expect(await tab.barriers()).toEqual([]);
    await form.getByRole('button', { name: 'Create the merchant' }).click();
    await tab.announces('Blue Shop is created.');
    expect(await shownOnce(tab, 'API secret of Blue Shop')).toMatch(/^[0-9a-f]{64}$/);
    await tab.picture('merchant-secret-1440-light');
    expect(await tab.barriers()).toEqual([]);
    await tab.button('I have kept it').click();
    await tab.page.getByRole('region', { name: 'API secret of Blue Shop' }).waitFor({ state: 'detached' });
    await tab.page.keyboard.press('/');
    await tab.page.keyboard.type('blue sh');
    await tab.page.waitForURL('**/merchants?q=blue+sh');
    await tab.page.getByText('All 1').waitFor();
    await tab.page.getByRole('link', { name: 'Blue Shop' }).press('Enter');
    await tab.page.waitForURL('**/settings');
    await tab.heading(/Blue Shop/).waitFor();
    await tab.page.getByText('2.75 %').waitFor();
  });
});

describeInBrowser('an operator who changes the settings of a merchant', () => {
  test('reads what each will do, and sees it done', async () => {
    const { id, name } = await world().merchant();
    const tab = await open({ as: await signedIn('operations') });
    await tab.opens(`/merchants/${id}/settings`);
    await tab.button('Change… Fee').click();
    await dialog(tab, /Fee of/)
      .getByLabel('Fee')
      .fill('60');
    await dialog(tab, /Fee of/)
      .getByText('Must be a percentage')
      .waitFor();
    await dialog(tab, /Fee of/)
      .getByLabel('Fee')
      .fill('3');
    await dialog(tab, /Fee of/)
      .getByText('New trades cost 3 % more')
      .waitFor();
    await tab.button('Change the fee').click();
    await tab.announces(`The fee of ${name} is 3 % now.`);
    await tab.button('Remove… Verification').click();
    await tab.button('Remove the verification').click();
    await tab.announces(/no longer verified/);
    await tab.button('Change the limit: Cancel an item').click();
    await dialog(tab, /Limit/).getByLabel('Requests in a minute').fill('7');
    await tab.button('Change the limit').last().click();
    await tab.announces('The limit is changed');
    const row = table(tab, 'Request limits').getByRole('row', { name: /Cancel an item/ });
    await row.getByText('7 a minute').waitFor();
    await row.getByRole('button').click();
    await dialog(tab, /Limit/).getByLabel('Use the default again').check();
    await dialog(tab, /Limit/).getByRole('button', { name: 'Change the limit' }).click();
    await row.getByText('10 a minute').waitFor();
    await tab.button('Disable… Account').click();
    await dialog(tab, /Disable/)
      .getByText('Its open trades go on')
      .waitFor();
    await tab.picture('disable-merchant-1440-light');
    await tab.button('Disable the merchant').click();
    await tab.announces(`${name} is disabled.`);
    await tab.button('Enable… Account').waitFor();
  });
});

describeInBrowser('a developer of a merchant', () => {
  test('makes a key, sends the first request with it, replaces and revokes it', async () => {
    const merchant = await world().merchant();
    const tab = await open({ as: await signedIn('developer', merchant.id) });
    await tab.opens('/merchant');
    await tab.heading(new RegExp(merchant.name)).waitFor();
    await tab.page.getByRole('link', { name: 'Integration' }).click();
    await tab.button('New key…').click();
    await dialog(tab, /New key/)
      .getByLabel('Usable from')
      .fill('127.0.0.1\n::1');
    await tab.button('Make the key').click();
    const key = await shownOnce(tab, /^The key ap_/);
    const request = (await tab.page.getByRole('region', { name: 'First request' }).last().textContent()) ?? '';
    expect(request).toContain(`-H "api-key: ${key}"`);
    const url = /https?:\S+/.exec(request)?.[0] ?? '';
    expect((await fetch(url, { headers: { 'api-key': key } })).status).toBe(200);
    await tab.picture('new-key-1440-light');
    expect(await tab.barriers()).toEqual([]);
    await tab.button('I have kept it').click();

    const name = `ap_…${key.slice(-4)}`;
    const actions = `Actions for the key ${name}`;
    await choosesAction(tab, actions, 'Change the addresses…');
    await dialog(tab, /From where/)
      .getByLabel('Usable from')
      .fill('203.0.113.0/24');
    await tab.button('Change the addresses').click();
    await table(tab, 'Keys').getByText('203.0.113.0/24').waitFor();
    await choosesAction(tab, actions, 'Replace…');
    await dialog(tab, /Replace/)
      .getByLabel(/How long/)
      .selectOption('1 hour');
    await dialog(tab, /Replace/)
      .getByText('The old one ends in 1 hour.')
      .waitFor();
    await tab.button('Make the new key').click();
    expect(await shownOnce(tab, /^The key ap_/)).not.toBe(key);
    await choosesAction(tab, actions, 'Revoke…');
    await tab.button('Revoke the key').click();
    await tab.announces(`The key ${name} is revoked.`);
    await table(tab, 'Keys').getByText('Revoked').waitFor();
  });

  test('replaces the secret, sets the callback URL and the origins', async () => {
    const merchant = await world().merchant();
    const tab = (await open({ as: await signedIn('developer', merchant.id) })).expects(400);
    await tab.opens(`/merchants/${merchant.id}/integration`);
    await tab.button('Replace… API secret').click();
    await tab.button('Make the new secret').click();
    expect(await shownOnce(tab, 'The new API secret')).toMatch(/^[0-9a-f]{64}$/);
    await tab.page.getByText('The one before signs too until').waitFor();
    await tab.button('Change… Callback URL').click();
    await dialog(tab, /Callback URL/)
      .getByLabel('New callback URL')
      .fill('http://127.0.0.1:9/none');
    await tab.button('Test and save').click();
    await dialog(tab, /Callback URL/)
      .getByRole('alert')
      .filter({ hasText: 'was not saved' })
      .waitFor();
    await dialog(tab, /Callback URL/)
      .getByLabel('New callback URL')
      .fill(world().receiver.urlOf('another'));
    await tab.button('Test and save').click();
    await tab.announces('took the test message');
    await tab.page.getByText(world().receiver.urlOf('another')).waitFor();
    await tab.button('Change… Origins of client pages').click();
    await dialog(tab, /Pages/).getByLabel('Origins').fill('https://shop.example');
    await tab.button('Change the origins').click();
    await tab.announces('The origins are changed.');
    await tab.page.getByText('https://shop.example').waitFor();
  });
});

describeInBrowser('a person of finance', () => {
  test('credits a wallet, and reads its movements by type and day', async () => {
    const merchant = await world().merchant();
    await merchant.buys([world().testListing('never-ships')]);
    const tab = await open({ as: await signedIn('finance') });
    await tab.opens(`/merchants/${merchant.id}/wallet`);
    await tab.button('Credit or debit…').click();
    const form = dialog(tab, /Credit or debit/);
    await form.getByLabel('Amount').fill('250.50');
    await form.getByLabel('Reference').fill('transfer-77');
    await form.getByLabel('Reason').fill('Bank transfer');
    await form.getByText(/rises from \$\S+ to \$1,2\S+ at once/).waitFor();
    await tab.picture('credit-1440-light');
    expect(await tab.barriers()).toEqual([]);
    await tab.button('Credit the wallet').click();
    await tab.announces('The credit is booked.');
    const movements = table(tab, 'Movements, newest first');
    await movements.getByRole('cell', { name: 'transfer-77' }).waitFor();
    await movements.getByText('+$250.50').waitFor();
    await tab.page.getByLabel('Type').selectOption('reserve');
    await tab.page.waitForURL('**/wallet?type=reserve');
    await movements.getByRole('cell', { name: 'transfer-77' }).waitFor({ state: 'detached' });
    await tab.page.getByText('All 1').waitFor();
    await tab.page.getByLabel('To, included').fill('2020-01-01');
    await tab.page.getByText('No movement matches').waitFor();
    await tab.page.getByLabel('To, included').fill('');
    const downloads = tab.page.waitForEvent('download');
    await tab.page.getByRole('link', { name: 'Export as CSV' }).click();
    expect((await downloads).suggestedFilename()).toBe(`entries-${merchant.id}.csv`);
    await world().balances();
  });

  test('cannot approve the own request, which another person does', async () => {
    const merchant = await world().merchant();
    const owner = await signedIn('owner');
    await owner.does('PUT', '/operator/v1/dual-control', { above: '500', reason: 'A test' });
    const author = await open({ as: await signedIn('finance') });
    await author.opens(`/merchants/${merchant.id}/wallet`);
    await author.button('Credit or debit…').click();
    await author.page.getByText('Debit: take money out').click();
    await author.page.getByLabel('Amount').fill('600');
    await author.page.getByLabel('Reason').fill('Payout');
    await author.page.getByText('A second person has to approve this').waitFor();
    await author.button('Debit the wallet').click();
    await author.announces('Nothing is booked yet');
    await author.opens('/wallets');
    await author.page.getByText('You asked for it: another person must approve it.').waitFor();
    expect(await author.button(/^Approve/).count()).toBe(0);

    const tab = await open({ as: await signedIn('finance') });
    await tab.opens('/wallets');
    await tab.button(/^Approve: Debit of \$600.00/).click();
    await dialog(tab, /Approve/)
      .getByText('falls from $1,000.00 to $400.00')
      .waitFor();
    await tab.picture('approve-1440-light');
    expect(await tab.barriers()).toEqual([]);
    await dialog(tab, /Approve/)
      .getByRole('button', { name: 'Approve' })
      .click();
    await tab.announces('Approved and booked: Debit of $600.00');
    await table(tab, 'Decided requests').getByText('approved').first().waitFor();
    await world().balances();

    const limit = await open({ as: owner });
    await limit.opens('/wallets');
    await limit.button('Change the limit…').click();
    await limit.page.getByLabel('No limit').check();
    await limit.page.getByText('A second person has to approve this').waitFor();
    await limit.page.getByLabel('Reason').fill('No longer needed');
    await limit.page.getByRole('dialog').getByRole('button', { name: 'Change the limit' }).click();
    await limit.announces('The change waits for a second person.');
    await tab.button(/^Reject: Change of the limit to no limit/).click();
    await dialog(tab, /Reject/)
      .getByRole('button', { name: 'Reject' })
      .click();
    await tab.announces(/Rejected: Change of the limit/);
  });
});

describeInBrowser('an admin of a merchant', () => {
  test('invites a member with a link, changes the role, and disables the member', async () => {
    const merchant = await world().merchant();
    const tab = await open({ as: await signedIn('admin', merchant.id) });
    await tab.opens(`/merchants/${merchant.id}/members`);
    await tab.button('Invite a person…').click();
    const form = dialog(tab, /Invite/);
    await form.getByLabel('E-mail').fill('new-member@example.com');
    await form.getByLabel('Name').fill('Nora New');
    await form.getByLabel('developer').check();
    await tab.picture('invite-1440-light');
    expect(await tab.barriers()).toEqual([]);
    await tab.button('Make the invitation').click();
    const link = await shownOnce(tab, 'Invitation of new-member@example.com');
    await tab.picture('invitation-link-1440-light');
    expect(await tab.barriers()).toEqual([]);
    const visitor = stranger();
    const token = new URL(link).hash.slice(1);
    await visitor.does('POST', '/operator/v1/links/use', { token, password: 'correct horse battery staple' });
    expect((await visitor.gets('/operator/v1/session')).role).toBe('developer');
    await tab.button('I have kept it').click();
    const actions = 'Actions for new-member@example.com';
    await choosesAction(tab, actions, 'Change the role…');
    await dialog(tab, /Role of/)
      .getByLabel('viewer')
      .check();
    await tab.button('Change the role').click();
    await tab.announces('new-member@example.com is viewer now.');
    await choosesAction(tab, actions, 'Reset the password…');
    await tab.button('Make the link').click();
    await shownOnce(tab, 'New link for new-member@example.com');
    await choosesAction(tab, actions, 'Disable…');
    await tab.button('Disable the account').click();
    await tab.announces('new-member@example.com is disabled.');
    expect(await visitor.isRefused('GET', '/operator/v1/session')).toBe('NOT_SIGNED_IN');
    await choosesAction(tab, actions, 'Enable…');
    await tab.button('Enable the account').click();
    await tab.announces('new-member@example.com is enabled.');
  });
});

describeInBrowser('an owner', () => {
  test('invites staff, and leaves the dialog of a role with the Escape key', async () => {
    const auditor = await add('auditor');
    const tab = await open({ as: await signedIn('owner') });
    await tab.opens('/staff');
    await tab.button('Invite a person…').click();
    await dialog(tab, /Invite/)
      .getByLabel('E-mail')
      .fill('new-support@example.com');
    await dialog(tab, /Invite/)
      .getByLabel('Name')
      .fill('Sam Support');
    await dialog(tab, /Invite/)
      .getByLabel('support', { exact: true })
      .check();
    await tab.button('Make the invitation').click();
    expect(await shownOnce(tab, /Invitation of/)).toContain('/console/link#');
    await choosesAction(tab, `Actions for ${auditor.email}`, 'Change the role…');
    await dialog(tab, /Role of/)
      .getByText('Credits and debits wallets')
      .waitFor();
    await tab.picture('role-1440-light');
    await tab.page.keyboard.press('Escape');
    await dialog(tab, /Role of/).waitFor({ state: 'detached' });
    await tab.page.locator(`[aria-label="Actions for ${auditor.email}"]:focus`).waitFor();
  });
});

describeInBrowser('a person whose role may not', () => {
  test('of the staff reads everything, and finds no button that changes something', async () => {
    const merchant = await world().merchant();
    const tab = await open({ as: await signedIn('auditor') });
    const screens = [
      ['/merchants', 'Merchants, newest first', 'New merchant…'],
      [`/merchants/${merchant.id}/settings`, 'Request limits', /Change|Disable/],
      [`/merchants/${merchant.id}/integration`, 'Keys, newest first', /New key|Change|Replace|Actions/],
      [`/merchants/${merchant.id}/wallet`, 'Movements, newest first', /Credit/],
      [`/merchants/${merchant.id}/members`, 'none', /Invite|Actions/],
      ['/wallets', 'none', /Approve|Change/],
      ['/staff', 'Staff, by e-mail address', /Invite|Actions/],
    ] as const;
    for (const [path, caption, button] of screens) {
      await tab.opens(path);
      await tab.page.getByLabel('Loading').first().waitFor({ state: 'detached' });
      if (caption !== 'none') await table(tab, caption).waitFor();
      expect(await tab.button(button).count(), path).toBe(0);
    }
  });

  test('of a merchant sees the own one only, and none of the staff’s screens', async () => {
    const [own, other] = [await world().merchant(), await world().merchant()];
    const tab = (await open({ as: await signedIn('viewer', own.id) })).expects(403);
    await tab.opens('/merchants');
    await tab.heading(new RegExp(own.name)).waitFor();
    const navigation = tab.page.getByRole('navigation', { name: 'Screens' });
    expect(await navigation.getByRole('link').allTextContents()).toEqual(
      expect.arrayContaining(['Trades', 'Merchant']),
    );
    expect(await navigation.getByRole('link', { name: /Wallets|Staff|Merchants/ }).count()).toBe(0);
    await tab.page.getByRole('link', { name: 'Wallet' }).click();
    await table(tab, 'Movements, newest first').waitFor();
    expect(await tab.page.getByRole('columnheader', { name: 'By' }).count()).toBe(0);
    await tab.opens(`/merchants/${other.id}/wallet`);
    await tab.page.getByRole('alert').filter({ hasText: 'Your role does not allow this' }).waitFor();
    for (const path of ['/wallets', '/staff']) {
      await tab.opens(path);
      await tab.page.getByRole('alert').filter({ hasText: 'This screen is for the operator’s staff.' }).waitFor();
    }
  });
});
