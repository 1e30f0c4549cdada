import { cs2Behaviours, rustBehaviours } from '../../../sandbox/marketplace/behaviours.ts';
import {
  SANDBOX_LIS_SKINS_KEY,
  SANDBOX_LIS_SKINS_KEY_ELSEWHERE,
  SANDBOX_LIS_SKINS_KEY_POOR,
} from '../../../sandbox/marketplace/lis-skins.ts';
import { lisSkinsIdOf, purchaseIdOf } from '../../../sandbox/marketplace/lis-skins-wire.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../../src/core/clock.ts';
import { lisSkins } from '../../../src/suppliers/lis-skins/index.ts';
import { accountOf, openSimulator } from '../harness.ts';
import type { Subject } from './subject.ts';

const keys: Readonly<Record<string, string>> = {
  wrong: 'wrong',
  elsewhere: SANDBOX_LIS_SKINS_KEY_ELSEWHERE,
  poor: SANDBOX_LIS_SKINS_KEY_POOR,
};
/** Real ids have nine digits today. Ids of other markets stay as they are. */
function idOnWire(nativeId: string): string {
  if (!/^(73[01]|25[23])\d{15}$/.test(nativeId)) return nativeId;
  return String(lisSkinsIdOf({ side: nativeId.startsWith('73') ? 'cs2' : 'rust', nativeId }));
}

const sellerFails = ['seller-fails', 5 * MINUTE_MS, { kind: 'failed', error: 'PURCHASE_FAILED' }] as const;
const unknownWord = ['unknown-word', 0, { kind: 'unrecognised', raw: 'on_a_coffee_break' }] as const;
/** Nothing that the marketplace says of an order tells its game, or that Steam's protection is over. */
const delivery = ['waiting', 'offered', 'accepted', 'accepted'] as const;

export const lisSkinsSubject: Subject = {
  name: 'lis-skins',
  openMarket: openSimulator,
  open: (url, { timeoutMs, account = '' }) =>
    lisSkins.create(
      accountOf(lisSkins, timeoutMs, {
        apiKey: keys[account] ?? SANDBOX_LIS_SKINS_KEY,
        baseUrl: `${url}/lis-skins/v1`,
        exportUrl: `${url}/lis-skins/market_export_json`,
      }),
    ),
  says: {
    id: 'lis-skins-1',
    findMax: 200,
    lookupDelayMs: MINUTE_MS,
    repeats: 'refused',
    settles: { afterMs: DAY_MS },
    cancelMinAgeMs: null,
    buyTimeoutMs: 35 * SECOND_MS,
    hasPush: false,
  },
  balanceMills: 1_000_000_000n,
  isFeedPublic: true,
  sides: [
    {
      side: 'cs2',
      game: '730',
      behaviours: Object.keys(cs2Behaviours),
      nativeIdOf: idOnWire,
      unusedId: '999999999',
      publicId: /^0003[0-9a-f]{4}-[0-9a-f-]{27}$/,
      delivery,
      statuses: [
        sellerFails,
        unknownWord,
        // The marketplace does not say who cancelled the offer.
        ['recipient-declines', 5 * MINUTE_MS, { kind: 'failed', error: 'OFFER_NOT_ACCEPTED' }],
        ['reversed-in-hold', DAY_MS, { kind: 'reverted', by: 'supplier' }],
        ['reversed-after-completion', 8 * DAY_MS, { kind: 'reverted', by: 'user' }],
      ],
    },
    {
      side: 'rust',
      game: '252490',
      behaviours: Object.keys(rustBehaviours),
      // Their ids do not say the game.
      nativeIdOf: (id) => `rust:${idOnWire(id)}`,
      unusedId: 'rust:999999999',
      publicId: /^rust:lis-skins:\d{9}$/,
      foreignIds: ['rust:lis-skins:01', 'rust:lis-skins:x', 'rust:waxpeer:1'],
      delivery,
      statuses: [sellerFails, unknownWord],
    },
  ],
  shows: 'priced',
  feed: 'differences',
  readsHistory: true,
  // Two places.
  priceOnWire: (mills) => ((mills + 9n) / 10n) * 10n,
  orderIdOnWire: (orderId) => String(purchaseIdOf({ number: Number(orderId.slice(-6)) })),
  accounts: { denied: ['wrong', 'elsewhere'], poor: 'poor' },
  secrets: [SANDBOX_LIS_SKINS_KEY],
};
