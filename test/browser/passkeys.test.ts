import { expect, test } from 'vitest';
import { describeInBrowser, useBrowser } from '../support/browser.ts';
import { usePeople } from '../support/visitor.ts';
import { useWorld } from '../support/world.ts';

/** Passkeys, with an authenticator that Chromium simulates. */

const world = useWorld();
const { invited } = usePeople(world);
const open = useBrowser(world);

const PASSWORD = 'correct horse battery staple';

describeInBrowser('a person', () => {
  test('adds a passkey, signs in with it, renames and removes it', async () => {
    const as = await invited('owner', PASSWORD);
    const tab = (await open({ as, atName: true })).expects(401);
    await tab.hasAuthenticator();
    await tab.opens('/account');
    await tab.button('Add a passkey…').click();
    const dialog = tab.page.getByRole('dialog');
    expect(await dialog.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('Chrome on Linux');
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Laptop');
    await dialog.getByRole('textbox', { name: 'Your password' }).fill('not the password');
    await tab.button('Continue').click();
    await dialog.getByRole('alert').filter({ hasText: 'is wrong' }).waitFor();
    await dialog.getByRole('textbox', { name: 'Your password' }).fill(PASSWORD);
    await tab.picture('passkey-add-1440-light');
    await tab.button('Continue').click();
    await tab.announces('The passkey is added.');
    const row = tab.page.getByRole('table', { name: 'Your passkeys' }).getByRole('row').nth(1);
    await row.filter({ hasText: 'Laptop' }).waitFor();
    expect(await tab.barriers()).toEqual([]);
    await tab.picture('passkeys-1440-light');

    await tab.button(as.person.name).click();
    await tab.page.getByRole('menuitem', { name: 'Sign out' }).click();
    await tab.heading('Sign in').waitFor();
    await tab.picture('sign-in-passkey-1440-light');
    expect(await tab.barriers()).toEqual([]);
    await tab.button('Sign in with a passkey').click();
    await tab.heading('Overview').waitFor();
    await tab.opens('/account');

    await tab.button('Rename…').click();
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Desk');
    await tab.button('Rename it').click();
    await tab.announces('The passkey is renamed.');
    await row.filter({ hasText: 'Desk' }).waitFor();
    await tab.button('Remove…').click();
    await dialog.getByRole('textbox', { name: 'Your password' }).fill(PASSWORD);
    await tab.button('Remove it').click();
    await tab.announces('The passkey is removed.');
    await tab.page.getByText('With a passkey you sign in').waitFor();
  });

  test('without a passkey is told to use the password', async () => {
    const tab = (await open({ atName: true })).expects(401);
    await tab.hasAuthenticator();
    await tab.opens('/sign-in');
    await tab.button('Sign in with a passkey').click();
    await tab.page.getByRole('alert').filter({ hasText: 'No passkey was used' }).waitFor();
  });

  test('is offered no passkeys at an IP address, and is told why', async () => {
    const tab = (await open()).expects(401);
    await tab.opens('/sign-in');
    await tab.button('Sign in').waitFor();
    expect(await tab.button('Sign in with a passkey').count()).toBe(0);
    const own = await open({ as: await invited('support', PASSWORD) });
    await own.opens('/account');
    await own.page.getByText('Passkeys need a browser that knows them').waitFor();
    expect(await own.button('Add a passkey…').count()).toBe(0);
  });
});
