import { Secret, TOTP } from 'otpauth';
import { expect, test } from 'vitest';
import { makeLink } from '../../src/people/links.ts';
import { describeInBrowser, type Tab, useBrowser } from '../support/browser.ts';
import { usePeople } from '../support/visitor.ts';
import { useWorld } from '../support/world.ts';

/** Getting in: by a link, by a password, and with a second factor. */

const world = useWorld();
const { add, invited } = usePeople(world);
const open = useBrowser(world);

const PASSWORD = 'correct horse battery staple';

async function signsIn(tab: Tab, email: string, password: string): Promise<void> {
  await tab.page.getByLabel('E-mail').fill(email);
  await tab.page.getByLabel('Password', { exact: false }).first().fill(password);
  await tab.button('Sign in').click();
}

describeInBrowser('a person who was invited', () => {
  test('sets a name and a password, and is signed in; the link works once', async () => {
    const person = await add('support');
    const { token } = await makeLink(world().gateway.deps, person, { purpose: 'invitation', actor: 'test' });
    const tab = await open();
    await tab.opens(`/link#${token}`);
    await tab.page.getByLabel('Name').fill('Ann of support');
    await tab.page.getByRole('textbox', { name: 'New password' }).fill(PASSWORD);
    await tab.button('Set the password and sign in').click();
    await tab.heading('Overview').waitFor();
    await tab.button('Ann of support').waitFor();

    const again = (await open()).expects(400);
    await again.opens(`/link#${token}`);
    await again.heading('This link cannot be used').waitFor();
  });
});

describeInBrowser('a person with a password', () => {
  test('signs in, comes to the screen that was asked for, and signs out', async () => {
    const { person } = await invited('support', PASSWORD);
    const tab = (await open()).expects(401);
    await tab.opens('/trades?q=order-77');
    await tab.heading('Sign in').waitFor();
    await signsIn(tab, person.email, PASSWORD);
    await tab.heading('Trades').waitFor();
    expect(new URL(tab.page.url()).search).toBe('?q=order-77');
    expect(await tab.page.getByRole('searchbox').inputValue()).toBe('order-77');

    await tab.button(person.name).click();
    await tab.page.getByRole('menuitem', { name: 'Sign out' }).click();
    await tab.heading('Sign in').waitFor();
    await tab.opens('/trades');
    await tab.heading('Sign in').waitFor();
  });

  test('is told what is wrong, with the request id for the log', async () => {
    const { person } = await invited('support', PASSWORD);
    const tab = (await open()).expects(401);
    await tab.opens('/sign-in');
    await signsIn(tab, person.email, 'a password that is wrong');
    const alert = tab.page.getByRole('alert');
    await alert.filter({ hasText: 'is wrong' }).waitFor();
    expect(await alert.textContent()).toMatch(/Request id [0-9a-f-]{36}/);
  });

  test('is sent to the sign-in when the session was ended elsewhere', async () => {
    const as = await invited('support', PASSWORD);
    const tab = (await open({ as })).expects(401);
    await tab.opens('/account');
    await tab.heading('Account').waitFor();
    await as.does('DELETE', '/operator/v1/session');
    await tab.heading('Sign in').waitFor();
  });
});

describeInBrowser('a person with a second factor', () => {
  test('is asked for the code only after the password was right', async () => {
    const visitor = await invited('finance', PASSWORD);
    const { secret } = await visitor.does('POST', '/operator/v1/totp', { password: PASSWORD });
    const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate();
    const { recoveryCodes } = await visitor.does('PUT', '/operator/v1/totp', { code });
    const tab = (await open()).expects(401);
    await tab.opens('/sign-in');
    expect(await tab.page.getByLabel('Code').count()).toBe(0);
    await signsIn(tab, visitor.person.email, PASSWORD);
    await tab.page.getByLabel('Code').fill(recoveryCodes[0]);
    await tab.button('Sign in').click();
    await tab.heading('Overview').waitFor();
  });
});
