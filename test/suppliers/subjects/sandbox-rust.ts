import { createSandboxRust } from '../../../sandbox/adapters/rust/index.ts';
import { rustBehaviours } from '../../../sandbox/marketplace/behaviours.ts';
import { SANDBOX_RUST_KEY } from '../../../sandbox/marketplace/rust.ts';
import { MINUTE_MS } from '../../../src/core/clock.ts';
import { openSimulator } from '../harness.ts';
import type { Subject } from './subject.ts';

export const sandboxRust: Subject = {
  name: 'sandbox-rust',
  openMarket: openSimulator,
  open: (url, { timeoutMs }) => createSandboxRust({ baseUrl: `${url}/rust`, apiKey: SANDBOX_RUST_KEY, timeoutMs }),
  says: {
    id: 'sandbox-rust',
    findMax: 100,
    lookupDelayMs: MINUTE_MS,
    repeats: 'unsafe',
    settles: 'told',
    cancelMinAgeMs: null,
    hasPush: false,
  },
  balanceMills: null,
  sides: [
    {
      side: 'rust',
      game: '252490',
      behaviours: Object.keys(rustBehaviours),
      unusedId: '999999999999999999',
      publicId: /^rust:sandbox:\d+$/,
      delivery: ['waiting', 'offered', 'settled', 'settled'],
      statuses: [
        ['seller-fails', 5 * MINUTE_MS, { kind: 'failed', error: 'PURCHASE_FAILED' }],
        ['unknown-word', 0, { kind: 'unrecognised', raw: '77' }],
      ],
    },
  ],
  shows: 'listed',
  feed: 'changes',
  secrets: [SANDBOX_RUST_KEY],
};
