import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { describeInBrowser, type Tab, useBrowser } from '../support/browser.ts';
import { usePeople } from '../support/visitor.ts';
import { useWorld } from '../support/world.ts';

/** Lists that a person saves as files for spreadsheets. */

const world = useWorld();
const { signedIn } = usePeople(world);
const open = useBrowser(world);

const link = (tab: Tab) => tab.page.getByRole('link', { name: 'Export as CSV' });

/** @returns the name of the file, and its rows without the names of the columns */
async function saved(tab: Tab): Promise<{ readonly name: string; readonly rows: readonly string[] }> {
  const downloads = tab.page.waitForEvent('download');
  await link(tab).click();
  const download = await downloads;
  const [, ...rows] = (await readFile(await download.path(), 'utf8')).trimEnd().split('\r\n');
  return { name: download.suggestedFilename(), rows };
}

describeInBrowser('a person of support', () => {
  test('saves the trades that match the filters as a file, also those that are not on the screen', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('ships-at-once', 1, '252490');
    for (let index = 0; index < 51; index += 1) await merchant.asksToBuy([listing]);
    await merchant.buys([world().testListing('purchase-refused')]);
    await world().settles();
    const tab = await open({ as: await signedIn('support') });
    await tab.opens(`/trades?merchant=${merchant.id}`);
    await tab.page.getByText('The newest 50').waitFor();
    const all = await saved(tab);
    expect(all.name).toBe('trades.csv');
    expect(all.rows).toHaveLength(52);
    await tab.page.getByLabel('Status').selectOption('failed');
    await tab.page.getByText('All 1').waitFor();
    expect((await saved(tab)).rows).toEqual([expect.stringContaining(',failed,')]);
  });

  test('saves the callbacks of a trade as a file, but not while a filter is wrong', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.buys([world().testListing('never-ships')]);
    const tab = await open({ as: await signedIn('support') });
    await tab.opens(`/callbacks?trade=${trade.id}`);
    await tab.page.getByText(/^All \d+$/).waitFor();
    const { name, rows } = await saved(tab);
    expect(name).toBe('callbacks.csv');
    expect(rows).toEqual(rows.map(() => expect.stringContaining(`,${trade.id},`)));
    await tab.page.getByLabel('Trade id').fill('half-an-id');
    await link(tab).waitFor({ state: 'detached' });
  });
});

describeInBrowser('an auditor', () => {
  test('saves what one operator did as a file', async () => {
    const operations = await signedIn('operations');
    const merchant = await world().merchant();
    await operations.does('PUT', `/operator/v1/merchants/${merchant.id}`, { feeBps: 175 });
    const tab = await open({ as: await signedIn('auditor') });
    await tab.opens(`/audit?operator=staff:${operations.person.email}`);
    await tab.page.getByText('All 1', { exact: true }).waitFor();
    const { name, rows } = await saved(tab);
    expect(name).toBe('audit.csv');
    expect(rows).toEqual([expect.stringContaining(`staff:${operations.person.email}`)]);
    expect(await tab.barriers()).toEqual([]);
  });
});
