import { createSandboxCs2 } from '../../../sandbox/adapters/cs2/index.ts';
import { cs2Behaviours } from '../../../sandbox/marketplace/behaviours.ts';
import { SANDBOX_CS2_KEY } from '../../../sandbox/marketplace/cs2.ts';
import { DAY_MS, MINUTE_MS } from '../../../src/core/clock.ts';
import { HINT_SECRET, openSimulator } from '../harness.ts';
import type { Subject } from './subject.ts';

export const sandboxCs2: Subject = {
  name: 'sandbox-cs2',
  openMarket: openSimulator,
  open: (url, { timeoutMs, pushSecret = HINT_SECRET }) =>
    createSandboxCs2({ baseUrl: `${url}/cs2`, apiKey: SANDBOX_CS2_KEY, hintSecret: pushSecret, timeoutMs }),
  says: {
    id: 'sandbox-cs2',
    findMax: 100,
    lookupDelayMs: MINUTE_MS,
    repeats: 'refused',
    settles: 'told',
    cancelMinAgeMs: 30 * MINUTE_MS,
    hasPush: true,
  },
  balanceMills: null,
  sides: [
    {
      side: 'cs2',
      game: '730',
      behaviours: Object.keys(cs2Behaviours),
      unusedId: '999999999999999999',
      publicId: /^0001[0-9a-f]{4}-[0-9a-f-]{27}$/,
      delivery: ['waiting', 'offered', 'accepted', 'settled'],
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
  feed: 'changes',
  saysNeverMade: true,
  secrets: [SANDBOX_CS2_KEY, HINT_SECRET],
  cancelRefusals: {
    young: 'too_early',
    offered: 'already_sent',
    delivered: 'already_sent',
    'seller failed': 'already_closed',
    'seller prepares': 'not_allowed',
  },
  pushTo: async (market, hintUrl) => {
    await market.control('PUT', '/gateway', { hintUrl, hintSecret: HINT_SECRET });
  },
};
