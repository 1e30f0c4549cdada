import { expect, test } from 'vitest';
import { describeInBrowser, type Tab, useBrowser } from '../support/browser.ts';
import { usePeople } from '../support/visitor.ts';
import { useOwnWorld } from '../support/world.ts';

/** With what a gateway was started. */

const SECRET_KEY = 'c7'.repeat(16) + '5e'.repeat(16);
const world = useOwnWorld({ SECRET_KEY, AUTO_CANCEL_MIN: '45' });
const { signedIn } = usePeople(world);
const open = useBrowser(world);

const row = (tab: Tab, variable: string) =>
  tab.page.getByRole('row').filter({ has: tab.page.getByText(variable, { exact: true }) });

describeInBrowser('staff who ask with what the gateway was started', () => {
  test('see each value with its source and meaning, but no secret', async () => {
    const tab = await open({ as: await signedIn('auditor') });
    await tab.opens('/');
    await tab.page.getByRole('link', { name: 'Settings' }).click();
    await row(tab, 'AUTO_CANCEL_MIN').waitFor();
    expect(await row(tab, 'AUTO_CANCEL_MIN').getByRole('cell').allInnerTexts()).toEqual(
      expect.arrayContaining(['45', 'environment']),
    );
    expect(await row(tab, 'SECRET_KEY').getByRole('cell').allInnerTexts()).toContain('set');
    expect(await row(tab, 'SECRET_KEY_PREVIOUS').getByRole('cell').allInnerTexts()).toContain('not set');
    expect(await row(tab, 'CONSOLE').locator('code').first().textContent()).toBe('/console');
    expect(await tab.page.content()).not.toContain(SECRET_KEY);
  });

  test('filter by meaning and by what was changed, in the address', async () => {
    const tab = await open({ as: await signedIn('support') });
    await tab.opens('/settings?q=proxies');
    await row(tab, 'TRUST_PROXY').waitFor();
    expect(await row(tab, 'DATA_DIR').count()).toBe(0);
    await tab.page.getByLabel('Only changed ones').check();
    await tab.page.getByText('No setting matches').waitFor();
    await tab.page.getByLabel('Filter settings').fill('');
    await tab.page.waitForURL('**/settings?only=changed');
    await row(tab, 'AUTO_CANCEL_MIN').waitFor();
    expect(await row(tab, 'TRUST_PROXY').count()).toBe(0);
    await tab.picture('settings-changed-1440-light');
  });
});

describeInBrowser('a member of a merchant', () => {
  test('is not shown the settings', async () => {
    const merchant = await world().merchant();
    const tab = await open({ as: await signedIn('admin', merchant.id) });
    await tab.opens('/settings');
    await tab.page.getByRole('alert').filter({ hasText: 'for the operator’s staff' }).waitFor();
    expect(await tab.page.getByRole('navigation', { name: 'Screens' }).getByText('Settings').count()).toBe(0);
  });
});
