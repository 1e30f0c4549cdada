import { beforeAll, expect, test } from 'vitest';
import { makeLink } from '../../src/people/links.ts';
import { describeInBrowser, useBrowser } from '../support/browser.ts';
import { usePeople, type Visitor } from '../support/visitor.ts';
import { useWorld } from '../support/world.ts';

/** Every screen, in light and dark, on a phone, a tablet and a desk. */

const world = useWorld();
const { signedIn, add } = usePeople(world);
const open = useBrowser(world);

interface Screen {
  readonly name: string;
  readonly path: () => string;
  /** Its heading once it is there. */
  readonly heading: string | RegExp;
  readonly isOpen?: boolean;
}

let tradeId: string;
let merchantId: string;
let token: string;
let unknownId: string;
let callbackId: string;
let owner: Visitor;

type Look = readonly [width: number, scheme: 'light' | 'dark'];

/** A phone, a tablet and a desk, in both colour schemes. Each look at all screens takes a minute of a core. */
const everyLook: readonly Look[] = [390, 800, 1440].flatMap((width): Look[] => [
  [width, 'light'],
  [width, 'dark'],
]);
/** Every width and scheme once; `EVERY_LOOK=on` takes all six. */
const looks =
  process.env['EVERY_LOOK'] === 'on' ? everyLook : everyLook.filter((_, index) => [0, 2, 5].includes(index));

const LISTED = encodeURIComponent('AK-47 | Never Ships (Field-Tested)');

const screens: readonly Screen[] = [
  { name: 'sign-in', path: () => '/sign-in', heading: 'Sign in', isOpen: true },
  { name: 'invitation', path: () => `/link#${token}`, heading: 'Welcome', isOpen: true },
  { name: 'overview', path: () => '/', heading: 'Overview' },
  { name: 'unknown', path: () => '/unknown', heading: 'Unknown outcomes' },
  { name: 'unknown-outcome', path: () => `/unknown/${unknownId}`, heading: /^Purchase of / },
  { name: 'callbacks', path: () => '/callbacks', heading: 'Callbacks' },
  { name: 'callbacks-of-merchant', path: () => `/callbacks?merchant=${merchantId}`, heading: 'Callbacks' },
  { name: 'callback', path: () => `/callbacks/${callbackId}`, heading: /^Callback \d/ },
  { name: 'signature', path: () => `/callbacks/signature?merchant=${merchantId}`, heading: 'Check a signature' },
  { name: 'trades', path: () => '/trades', heading: 'Trades' },
  { name: 'no-trades', path: () => '/trades?q=nothing-like-this', heading: 'Trades' },
  { name: 'trade', path: () => `/trades/${tradeId}`, heading: /Never Ships/ },
  { name: 'merchants', path: () => '/merchants', heading: 'Merchants' },
  { name: 'merchant-settings', path: () => `/merchants/${merchantId}/settings`, heading: /merchant-/ },
  { name: 'merchant-integration', path: () => `/merchants/${merchantId}/integration`, heading: /merchant-/ },
  { name: 'merchant-wallet', path: () => `/merchants/${merchantId}/wallet`, heading: /merchant-/ },
  { name: 'merchant-members', path: () => `/merchants/${merchantId}/members`, heading: /merchant-/ },
  { name: 'wallets', path: () => '/wallets', heading: 'Wallets' },
  { name: 'staff', path: () => '/staff', heading: 'Staff' },
  { name: 'account', path: () => '/account', heading: 'Account' },
  { name: 'marketplaces', path: () => '/marketplaces', heading: 'Marketplaces' },
  { name: 'marketplace', path: () => '/marketplaces/waxpeer', heading: 'waxpeer' },
  { name: 'freezes', path: () => '/freezes', heading: 'Freezes' },
  { name: 'verify', path: () => '/verify', heading: 'Verify' },
  { name: 'audit', path: () => '/audit', heading: 'Audit' },
  { name: 'market', path: () => '/market?page=2', heading: 'Market' },
  { name: 'market-listings', path: () => `/market/listings?name=${LISTED}`, heading: /Never Ships/ },
  { name: 'settings', path: () => '/settings', heading: 'Settings' },
  { name: 'sandbox', path: () => '/sandbox', heading: 'Sandbox' },
];

describeInBrowser('everybody can use the screen', () => {
  beforeAll(async () => {
    const merchant = await world().merchant();
    for (const behaviour of ['ships-at-once', 'purchase-refused', 'buy-never-arrives', 'recipient-declines']) {
      await merchant.buys([world().testListing(behaviour)], { externalId: `order-of-${behaviour}` });
    }
    const listings = ['never-ships', 'ships-at-once', 'cancel-confirmed-later'].map((each) =>
      world().testListing(each),
    );
    const trade = await merchant.buys(listings, { externalId: 'order-1042' });
    tradeId = trade.id;
    await world().passes('31m');
    await merchant.cancels(trade.id, listings[0]?.id ?? '');
    await world().settles();
    merchantId = merchant.id;
    await add('developer', merchant.id);
    owner = await signedIn('owner');
    await owner.does('PUT', '/operator/v1/dual-control', { above: '500', reason: 'The books of the first month' });
    const funding = { direction: 'credit', reason: 'Bank transfer of 12 March', amount: '2500' };
    await owner.does('POST', `/operator/v1/merchants/${merchant.id}/funding`, {
      ...funding,
      reference: 'transfer-1042',
    });
    const asked = await owner.gets('/operator/v1/funding-requests');
    await (await signedIn('finance')).does('POST', `/operator/v1/funding-requests/${asked.items[0].id}/approve`);
    await owner.does('POST', `/operator/v1/merchants/${merchant.id}/funding`, {
      ...funding,
      reference: 'transfer-1043',
      amount: '12000.50',
    });
    const support = await signedIn('support');
    const ofMerchant = `merchantId=${merchant.id}`;
    unknownId = (await support.gets(`/operator/v1/unknown?${ofMerchant}&kind=purchase`)).items[0].id;
    callbackId = (await support.gets(`/operator/v1/callbacks?${ofMerchant}`)).items[0].id;
    const person = await add('support');
    token = (await makeLink(world().gateway.deps, person, { purpose: 'invitation', actor: 'test' })).token;
  });

  for (const [width, scheme] of looks) {
    // A test for each screen, after which its tab is closed: an open one goes on asking for what is new.
    test.each(screens)(`$name at ${width} pixels in ${scheme} colours`, async ({ name, path, heading, isOpen }) => {
      const tab = await open({ width, scheme, ...(isOpen ? {} : { as: owner }) });
      await tab.opens(path());
      await tab.heading(heading).waitFor();
      await tab.page.getByLabel('Loading').first().waitFor({ state: 'detached' });
      await tab.picture(`${name}-${width}-${scheme}`);
      expect(await tab.barriers()).toEqual([]);
      expect(await tab.isTooWide()).toBe(false);
    });
  }
});
