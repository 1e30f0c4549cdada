import { cs2Behaviours, rustBehaviours } from '../../../sandbox/marketplace/behaviours.ts';
import { SANDBOX_WAXPEER_KEY, SANDBOX_WAXPEER_KEY_ELSEWHERE } from '../../../sandbox/marketplace/waxpeer.ts';
import { DAY_MS, MINUTE_MS } from '../../../src/core/clock.ts';
import { waxpeer } from '../../../src/suppliers/waxpeer/index.ts';
import { accountOf, openSimulator } from '../harness.ts';
import type { Subject } from './subject.ts';

const keys: Readonly<Record<string, string>> = { wrong: 'wrong', elsewhere: SANDBOX_WAXPEER_KEY_ELSEWHERE };
/** No listing of either game has it. */
const UNUSED_ID = '999999999999999999';
const sellerFails = ['seller-fails', 5 * MINUTE_MS, { kind: 'failed', error: 'PURCHASE_FAILED' }] as const;
const unknownWord = ['unknown-word', 0, { kind: 'unrecognised', raw: '77' }] as const;

export const waxpeerSubject: Subject = {
  name: 'waxpeer',
  openMarket: openSimulator,
  open: (url, { timeoutMs, account = '' }) =>
    waxpeer.create(
      accountOf(waxpeer, timeoutMs, { apiKey: keys[account] ?? SANDBOX_WAXPEER_KEY, baseUrl: `${url}/waxpeer` }),
    ),
  says: {
    id: 'waxpeer-1',
    findMax: 100,
    lookupDelayMs: MINUTE_MS,
    repeats: 'unsafe',
    settles: 'told',
    cancelMinAgeMs: null,
    hasPush: false,
  },
  balanceMills: 1_000_000_000n,
  sides: [
    {
      side: 'cs2',
      game: '730',
      behaviours: Object.keys(cs2Behaviours),
      unusedId: UNUSED_ID,
      publicId: /^0002[0-9a-f]{4}-[0-9a-f-]{27}$/,
      delivery: ['waiting', 'offered', 'accepted', 'settled'],
      statuses: [
        sellerFails,
        unknownWord,
        // Waxpeer says the same of an offer that was declined and of one that expired.
        ['recipient-declines', 5 * MINUTE_MS, { kind: 'failed', error: 'OFFER_NOT_ACCEPTED' }],
        ['reversed-in-hold', DAY_MS, { kind: 'reverted', by: 'supplier' }],
        ['reversed-after-completion', 8 * DAY_MS, { kind: 'reverted', by: 'user' }],
      ],
    },
    {
      side: 'rust',
      game: '252490',
      behaviours: Object.keys(rustBehaviours),
      // Waxpeer's ids do not say the game.
      nativeIdOf: (id) => `rust:${id}`,
      unusedId: `rust:${UNUSED_ID}`,
      publicId: /^rust:waxpeer:\d+$/,
      foreignIds: ['rust:waxpeer:01', 'rust:waxpeer:x'],
      delivery: ['waiting', 'offered', 'settled', 'settled'],
      statuses: [sellerFails, unknownWord],
    },
  ],
  shows: 'priced',
  feed: 'differences',
  readsHistory: true,
  // Real ids have eight digits today.
  orderIdOnWire: (orderId) => String(40_000_000 + Number(orderId.slice(-6))),
  accounts: { denied: ['wrong', 'elsewhere'] },
  secrets: [SANDBOX_WAXPEER_KEY],
  // It does not say in which game an account is banned, or why else it cannot trade.
  tradeUrls: {
    ordinary: 'normal',
    escrow__: 'normal',
    probatn_: 'normal',
    'cs2-ban_': 'refused',
    'rust-ban': 'refused',
    banned__: 'banned',
    private_: 'inventory_private',
    'no-trade': 'refused',
    invalid_: 'url_invalid',
    'no-user_': 'url_invalid',
    error___: 'unknown',
    steamoff: 'unknown',
  },
};
