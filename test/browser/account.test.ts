import { Secret, TOTP } from 'otpauth';
import { expect, test } from 'vitest';
import { describeInBrowser, useBrowser } from '../support/browser.ts';
import { usePeople } from '../support/visitor.ts';
import { useWorld } from '../support/world.ts';

/** What people change of their own account. */

const world = useWorld();
const { invited, stranger } = usePeople(world);
const open = useBrowser(world);

const PASSWORD = 'correct horse battery staple';

describeInBrowser('a person', () => {
  test('sets up a second factor with a QR code, keeps the recovery codes, and removes it', async () => {
    const tab = await open({ as: await invited('owner', PASSWORD) });
    await tab.opens('/account');
    await tab.button('Set up a second factor…').click();
    await tab.page.getByRole('dialog').getByRole('textbox', { name: 'Your password' }).fill(PASSWORD);
    await tab.button('Continue').click();
    await tab.page.getByRole('img', { name: /QR code/ }).waitFor();
    await tab.picture('second-factor-1440-light');
    const secret = (await tab.page.getByText(/^[A-Z2-7]{32}$/).textContent()) ?? '';
    await tab.page.getByLabel(/Enter the code/).fill(new TOTP({ secret: Secret.fromBase32(secret) }).generate());
    await tab.button('Confirm').click();
    await tab.announces('The second factor is set up.');
    const codes = tab.page.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem');
    expect(await codes.count()).toBe(10);
    await tab.picture('recovery-codes-1440-light');
    expect(await tab.barriers()).toEqual([]);
    await tab.button('I have kept them').click();
    await tab.page.getByText('An authenticator app is set up').waitFor();

    await tab.button('Remove the second factor…').click();
    await tab.page.getByRole('dialog').getByRole('textbox', { name: 'Your password' }).fill(PASSWORD);
    await tab.button('Remove it').click();
    await tab.announces('The second factor is removed.');
  });

  test('changes the password, which ends the other sessions', async () => {
    const as = await invited('developer', PASSWORD, (await world().merchant()).id);
    const other = stranger();
    await other.does('POST', '/operator/v1/session', { email: as.person.email, password: PASSWORD });
    const tab = (await open({ as })).expects(401);
    await tab.opens('/account');
    const sessions = tab.page.getByRole('table', { name: /Your sessions/ }).getByRole('row');
    await sessions.nth(2).waitFor();
    await tab.page.getByRole('textbox', { name: 'Current password' }).fill('not the password');
    await tab.page.getByRole('textbox', { name: 'New password' }).fill('another good password');
    await tab.button('Change the password').click();
    await tab.page.getByRole('alert').filter({ hasText: 'is wrong' }).waitFor();
    await tab.page.getByRole('textbox', { name: 'Current password' }).fill(PASSWORD);
    await tab.button('Change the password').click();
    await tab.announces('Your password is changed.');
    await sessions.nth(2).waitFor({ state: 'detached' });
    expect(await other.isRefused('GET', '/operator/v1/session')).toBe('NOT_SIGNED_IN');
  });

  test('signs out another browser', async () => {
    const as = await invited('auditor', PASSWORD);
    const other = stranger();
    await other.does('POST', '/operator/v1/session', { email: as.person.email, password: PASSWORD });
    const tab = await open({ as });
    await tab.opens('/account');
    await tab.button('Sign out').click();
    await tab.announces('You are signed out of');
    expect(await other.isRefused('GET', '/operator/v1/session')).toBe('NOT_SIGNED_IN');
  });
});
