import { beforeAll, describe, expect, test } from 'vitest';
import { createKey } from '../../src/merchants/operations.ts';
import { FeedSocket } from '../support/feed.ts';
import type { Merchant } from '../support/merchant.ts';
import { useOwnWorld } from '../support/world.ts';

/** A gateway behind a proxy on this machine, which appends the address that it saw to `X-Forwarded-For`. */

const world = useOwnWorld({ TRUST_PROXY: '127.0.0.1' });

let merchant: Merchant;
let apiKey: string;
beforeAll(async () => {
  merchant = await world().merchant();
  const allowedIps = ['203.0.113.7', '2001:db8::/32', '::ffff:198.51.100.0/120'];
  ({ apiKey } = await createKey(world().gateway.deps, merchant.id, { allowedIps }));
});

async function statusFrom(forwarded: string | undefined): Promise<number> {
  const headers = { 'api-key': apiKey, ...(forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }) };
  const answer = await world().call('GET', '/v1/wallets/me/balance', { headers });
  if (answer.status === 403) expect(answer.body.error?.key).toBe('API_KEY_IP_DENIED');
  return answer.status;
}

describe('a key that is bound to addresses', () => {
  test.each([
    '203.0.113.7',
    '203.0.113.7:51008',
    '192.0.2.66, 203.0.113.7',
    '203.0.113.7:51008, 127.0.0.1:1234',
    '::ffff:203.0.113.7',
    '[2001:db8::1]:443',
    '2001:DB8::1',
    // The key's own list may be written as IPv6 as well.
    '198.51.100.9',
  ])('is good when my proxy saw %s', async (forwarded) => {
    expect(await statusFrom(forwarded)).toBe(200);
  });

  test.each([
    undefined,
    '',
    'unknown',
    '_hidden',
    '203.0.113.8',
    // The caller wrote the first entry, my proxy the second.
    '203.0.113.7, 192.0.2.66',
    '203.0.113.7, unknown',
    '203.000.113.007',
  ])('is refused when it saw %s', async (forwarded) => {
    expect(await statusFrom(forwarded)).toBe(403);
  });

  test('opens the live feed from there, and from nowhere else', async () => {
    const open = (forwarded: string) =>
      FeedSocket.open(world().baseUrl, { apiKey }, false, { 'x-forwarded-for': forwarded });
    const here = await open('192.0.2.66, 203.0.113.7:51008');
    await here.market((message) => message.type === 'sync');
    here.close();
    const elsewhere = await open('203.0.113.7, 192.0.2.66');
    expect(await elsewhere.ended()).toBe('io server disconnect');
    elsewhere.close();
  });
});
