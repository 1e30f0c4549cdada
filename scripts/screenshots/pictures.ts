import type { Operator } from '../../sandbox/demo/lively-week.ts';
import type { Viewers } from './staff.ts';

/** One picture of `docs/images/console`. */
export interface Picture {
  /** Without `.png`. */
  readonly name: string;
  readonly viewer: keyof Viewers;
  /** Below `/console`. */
  readonly path: string;
  /** The heading of the screen. */
  readonly heading: string | RegExp;
  /** A part of what the screen has read. */
  readonly shows: string | RegExp;
  /** The section at its top; absent: the head of the screen. */
  readonly from?: string;
  /** Absent: 1280 × 720. */
  readonly width?: number;
  readonly height?: number;
  readonly scheme?: 'dark';
}

/** @param merchantId of the member's merchant */
export async function picturesOf({ owner }: Viewers, merchantId: string): Promise<readonly Picture[]> {
  const tradeId = await cancelledTrade(owner);
  return [...staffPictures(tradeId), ...memberPictures(merchantId)];
}

function staffPictures(tradeId: string): readonly Picture[] {
  const overview = { viewer: 'owner', path: '/?hours=72', heading: 'Overview', shows: 'cs2dt' } as const;
  return [
    { ...overview, name: 'overview', height: 900 },
    { ...overview, name: 'overview-dark', height: 560, scheme: 'dark' },
    { ...overview, name: 'overview-phone', width: 390, height: 760 },
    { name: 'trades', viewer: 'owner', path: '/trades', heading: 'Trades', shows: 'order-', height: 640 },
    {
      name: 'trade',
      viewer: 'owner',
      path: `/trades/${tradeId}`,
      heading: /Never Ships/,
      shows: 'refund',
      from: 'Timeline',
      height: 740,
    },
    { name: 'unknown', viewer: 'owner', path: '/unknown', heading: 'Unknown outcomes', shows: /^All \d+/ },
    {
      name: 'callbacks',
      viewer: 'owner',
      path: '/callbacks',
      heading: 'Callbacks',
      shows: 'Knife Corner',
      height: 640,
    },
    {
      name: 'marketplaces',
      viewer: 'owner',
      path: '/marketplaces',
      heading: 'Marketplaces',
      shows: 'paused',
      height: 340,
    },
    { name: 'wallets', viewer: 'owner', path: '/wallets', heading: 'Wallets', shows: 'invoice-80', height: 660 },
    { name: 'audit', viewer: 'owner', path: '/audit', heading: 'Audit', shows: 'ben@example.com', height: 640 },
  ];
}

function memberPictures(merchantId: string): readonly Picture[] {
  const path = `/merchants/${merchantId}`;
  return [
    {
      name: 'member-overview',
      viewer: 'member',
      path: '/?hours=72',
      heading: 'Overview',
      shows: 'Captured',
      height: 640,
    },
    {
      name: 'member-integration',
      viewer: 'member',
      path: `${path}/integration`,
      heading: /Integration/,
      shows: '203.0.113.7',
    },
    { name: 'member-wallet', viewer: 'member', path: `${path}/wallet`, heading: /Wallet/, shows: 'refund' },
  ];
}

/** The newest cancelled trade of a merchant whose server takes callbacks. */
async function cancelledTrade(owner: Operator): Promise<string> {
  const { items } = await owner.does('GET', '/trades?status=reverted');
  const reverted = items as { id: string; names: string[]; merchant: { name: string } }[]; // the documented shape of a page
  const trade = reverted.find(
    ({ names, merchant }) => names[0]?.includes('Never Ships') && merchant.name === 'Rust Bazaar',
  );
  if (!trade) throw new Error('the week has no cancelled trade');
  return trade.id;
}
