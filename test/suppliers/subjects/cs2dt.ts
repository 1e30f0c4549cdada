import { cs2Behaviours } from '../../../sandbox/marketplace/behaviours.ts';
import {
  SANDBOX_CS2DT_KEY,
  SANDBOX_CS2DT_KEY_ELSEWHERE,
  SANDBOX_CS2DT_KEY_POOR,
} from '../../../sandbox/marketplace/cs2dt.ts';
import { cs2Items } from '../../../sandbox/marketplace/items.ts';
import { DAY_MS, MINUTE_MS } from '../../../src/core/clock.ts';
import { cs2dt } from '../../../src/suppliers/cs2dt/index.ts';
import { accountOf, HINT_SECRET, openSimulator } from '../harness.ts';
import type { Subject } from './subject.ts';

const keys: Readonly<Record<string, string>> = {
  wrong: 'wrong',
  elsewhere: SANDBOX_CS2DT_KEY_ELSEWHERE,
  poor: SANDBOX_CS2DT_KEY_POOR,
};
/** Every test listing, and a part of the ordinary market. */
const searches = [...Object.values(cs2Items).map(({ name }) => name), 'Gloves', 'Hand Wraps'].join(';');

export const cs2dtSubject: Subject = {
  name: 'cs2dt',
  openMarket: openSimulator,
  open: (url, { timeoutMs, account = '', pushSecret = HINT_SECRET }) => {
    const apiKey = keys[account] ?? SANDBOX_CS2DT_KEY;
    const settings = { apiKey, callbackSecret: pushSecret, searches, feedCallsPerSecond: '999' };
    return cs2dt.create(accountOf(cs2dt, timeoutMs, { ...settings, baseUrl: `${url}/cs2dt` }));
  },
  says: {
    id: 'cs2dt-1',
    findMax: 1,
    lookupDelayMs: MINUTE_MS,
    repeats: 'refused',
    settles: 'told',
    cancelMinAgeMs: 31 * MINUTE_MS,
    hasPush: true,
  },
  balanceMills: 1_000_000_000n,
  sides: [
    {
      side: 'cs2',
      game: '730',
      // Two calls share the time limit of a cancel, so that the limit of the second is not exact to a millisecond.
      behaviours: Object.keys(cs2Behaviours).filter((name) => name !== 'cancel-timeout'),
      nativeIdOf: (id) => `1${id}`,
      unusedId: '1999999999999999999',
      publicId: /^0004[0-9a-f]{4}-[0-9a-f-]{27}$/,
      delivery: ['waiting', 'offered', 'accepted', 'settled'],
      hidesHoldEnd: true,
      statuses: [
        ['seller-fails', 5 * MINUTE_MS, { kind: 'failed', error: 'PURCHASE_FAILED' }],
        ['recipient-declines', 5 * MINUTE_MS, { kind: 'declined' }],
        ['reversed-in-hold', DAY_MS, { kind: 'reverted', by: 'supplier' }],
        ['reversed-after-completion', 8 * DAY_MS, { kind: 'reverted', by: 'user' }],
        ['unknown-word', 0, { kind: 'unrecognised', raw: '77' }],
      ],
    },
  ],
  shows: 'listed',
  feed: 'whole',
  readsHistory: true,
  unknownReference: 'unknown',
  saysNeverMade: true,
  priceOnWire: (mills) => ((mills + 9n) / 10n) * 10n,
  orderIdOnWire: (orderId) => `1${orderId}`,
  accounts: { denied: ['wrong', 'elsewhere'], poor: 'poor' },
  secrets: [SANDBOX_CS2DT_KEY, HINT_SECRET],
  // A problem is told without its kind. It sells CS2 only, so that a ban in Rust is none.
  tradeUrls: {
    ordinary: 'normal',
    escrow__: 'normal',
    probatn_: 'normal',
    'cs2-ban_': 'refused',
    'rust-ban': 'normal',
    banned__: 'refused',
    private_: 'refused',
    'no-trade': 'refused',
    invalid_: 'refused',
    'no-user_': 'refused',
    error___: 'unknown',
    steamoff: 'unknown',
  },
  cancelRefusals: {
    young: 'too_early',
    offered: 'already_sent',
    delivered: 'already_sent',
    'seller failed': 'already_closed',
    'seller prepares': 'not_allowed',
  },
  pushTo: async (market, hintUrl) => {
    await market.control('PUT', '/cs2dt/callbacks', { hintUrl, hintSecret: HINT_SECRET });
  },
};
