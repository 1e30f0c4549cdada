import { beforeAll, expect, test } from 'vitest';
import { memberRoles, type Permission, type Role, staffRoles } from '../../src/core/roles.ts';
import { describeInBrowser, type Tab, useBrowser } from '../support/browser.ts';
import { usePeople, type Visitor } from '../support/visitor.ts';
import { useWorld } from '../support/world.ts';

/** Every screen for every role: what a button needs is written here once more, on purpose. */

const world = useWorld();
const { signedIn, add } = usePeople(world);
const open = useBrowser(world);

let merchantId: string;
let tradeId: string;
let unknownId: string;
let callbackId: string;

/** `staff …`: the operator's people only. */
type Needs = Permission | `staff ${Permission}`;

interface Screen {
  readonly path: () => string;
  /** Members of merchants do not have it. */
  readonly isForStaff?: boolean;
  /** Buttons that change something, or open a dialog for it. `Actions`: the menu of a row. */
  readonly buttons?: Readonly<Record<string, Needs>>;
}

const ofMerchant = (part: string) => () => `/merchants/${merchantId}/${part}`;

const screens: readonly Screen[] = [
  { path: () => '/' },
  { path: () => '/trades' },
  { path: () => `/trades/${tradeId}`, buttons: { 'Cancel…': 'cancel' } },
  { path: () => '/unknown', isForStaff: true, buttons: { 'Look up…': 'push' } },
  {
    path: () => `/unknown/${unknownId}`,
    isForStaff: true,
    buttons: { 'Look up now…': 'push', 'End the purchase…': 'operate' },
  },
  { path: () => `/callbacks?merchant=${merchantId}`, buttons: { 'Send a test…': 'push', 'Replay failed…': 'push' } },
  { path: () => `/callbacks/${callbackId}`, buttons: { 'Send again…': 'push' } },
  { path: () => `/callbacks/signature?merchant=${merchantId}` },
  { path: () => '/market' },
  { path: () => '/merchants?q=merchant-', isForStaff: true, buttons: { 'New merchant…': 'operate' } },
  {
    path: ofMerchant('settings'),
    buttons: {
      'Disable…': 'staff operate',
      'Remove…': 'staff operate',
      'Change…': 'staff operate',
      'Switch on…': 'staff operate',
    },
  },
  {
    path: ofMerchant('integration'),
    buttons: { 'New key…': 'integrate', 'Replace…': 'integrate', 'Change…': 'integrate', Actions: 'integrate' },
  },
  { path: ofMerchant('wallet'), buttons: { 'Credit or debit…': 'staff fund' } },
  { path: ofMerchant('members'), buttons: { 'Invite a person…': 'members', Actions: 'members' } },
  {
    path: () => '/wallets',
    isForStaff: true,
    buttons: { 'Change the limit…': 'staff', 'Approve…': 'fund', 'Reject…': 'fund' },
  },
  { path: () => '/marketplaces', isForStaff: true },
  { path: () => '/marketplaces/waxpeer', isForStaff: true, buttons: { 'Pause…': 'operate', 'Change…': 'operate' } },
  { path: () => '/freezes', isForStaff: true, buttons: { 'Stop buying…': 'operate' } },
  { path: () => '/verify', isForStaff: true },
  { path: () => '/audit', isForStaff: true, buttons: { 'Check the trail…': 'read' } },
  { path: () => '/staff', isForStaff: true, buttons: { 'Invite a person…': 'staff', Actions: 'staff' } },
  { path: () => '/settings', isForStaff: true },
];

const isOfStaff = (role: Role) => Object.hasOwn(staffRoles, role);

function has(role: Role, needs: Needs): boolean {
  const permissions: readonly string[] = { ...staffRoles, ...memberRoles }[role];
  const [scope, permission] = needs.includes(' ') ? needs.split(' ') : ['', needs];
  return permissions.includes(permission ?? '') && (scope === '' || isOfStaff(role));
}

/** What can be pressed to change something: each such button opens a dialog, which its dots say. */
async function buttonsOf({ page }: Tab): Promise<string[]> {
  const texts = await page.locator('main').getByRole('button').allTextContents();
  const menus = await page.getByRole('button', { name: /^Actions for/ }).count();
  return [...new Set([...texts.filter((text) => text.endsWith('…')), ...(menus > 0 ? ['Actions'] : [])])].sort();
}

async function comesTo(tab: Tab, path: string): Promise<void> {
  await tab.opens(path);
  await tab.page.getByRole('heading', { level: 1 }).waitFor();
  await tab.page.getByLabel('Loading').first().waitFor({ state: 'detached' });
}

describeInBrowser('someone with the role', () => {
  beforeAll(async () => {
    const merchant = await world().merchant();
    merchantId = merchant.id;
    await merchant.buys([world().testListing('buy-never-arrives')]);
    tradeId = (await merchant.buys([world().testListing('never-ships')])).id;
    // Members cancel by the rules of the public API: half an hour after the buy.
    await world().passes('31m');
    await add('developer', merchantId);
    const owner = await signedIn('owner');
    await owner.does('PUT', '/operator/v1/dual-control', { above: '500', reason: 'The books of the first month' });
    await owner.does('POST', `/operator/v1/merchants/${merchantId}/funding`, {
      ...{ direction: 'credit', reason: 'Bank transfer of 12 March', amount: '12000.50', reference: 'transfer-1043' },
    });
    unknownId = (await owner.gets(`/operator/v1/unknown?merchantId=${merchantId}&kind=purchase`)).items[0].id;
    callbackId = (await owner.gets(`/operator/v1/callbacks?merchantId=${merchantId}`)).items[0].id;
  });

  test.each(Object.keys(staffRoles) as Role[])('%s finds the buttons of that role, on every screen', async (role) => {
    await findsOwnButtons(await signedIn(role as keyof typeof staffRoles), role);
  });

  test.each(Object.keys(memberRoles) as Role[])(
    '%s of a merchant finds the buttons of that role, and none of the staff’s screens',
    async (role) => {
      await findsOwnButtons(await signedIn(role as keyof typeof memberRoles, merchantId), role);
    },
  );

  async function findsOwnButtons(as: Visitor, role: Role): Promise<void> {
    const tab = (await open({ as })).expects(403);
    for (const { path, isForStaff = false, buttons = {} } of screens) {
      await comesTo(tab, path());
      if (isForStaff && !isOfStaff(role) && !path().startsWith('/merchants?')) {
        await tab.page.getByRole('alert').filter({ hasText: 'Your role does not allow this' }).waitFor();
        expect(await buttonsOf(tab), path()).toEqual([]);
      } else if (!isForStaff || isOfStaff(role)) {
        const own = Object.keys(buttons).filter((name) => has(role, buttons[name] ?? 'read'));
        await expect.poll(() => buttonsOf(tab), { message: path(), timeout: 60_000 }).toEqual(own.sort());
      }
    }
  }
});
