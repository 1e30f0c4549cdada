// LIS-SKINS pushes over a WebSocket that the adapter opens. What it says is a hint to read, and nothing else.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { SANDBOX_LIS_SKINS_KEY_ELSEWHERE } from '../../sandbox/marketplace/lis-skins.ts';
import type { SocketManner } from '../../sandbox/marketplace/lis-skins-socket.ts';
import { lisSkinsIdOf } from '../../sandbox/marketplace/lis-skins-wire.ts';
import { MINUTE_MS } from '../../src/core/clock.ts';
import { hintOf } from '../../src/suppliers/lis-skins/push.ts';
import type { ConnectionEnd, Hint, Supplier } from '../../src/suppliers/supplier.ts';
import { afterwards, bought, openMarketplace, orderFor } from './harness.ts';
import { lisSkinsAt, pushSettings } from './lis-skins-harness.ts';

interface SocketFacts {
  readonly open: number;
  readonly subscribed: number;
  readonly refused: number;
  readonly pongs: number;
}

/** A marketplace, and an account there that hears what it pushes. */
async function setUp(manner: SocketManner = {}, settings: Record<string, string> = {}) {
  const market = await openMarketplace();
  await market.control('PUT', '/lis-skins/socket', manner);
  const supplier = lisSkinsAt(`${market.url}/lis-skins`, { ...pushSettings(market.url), ...settings });
  // The sandbox's own route, whose shape is in `SocketFacts`.
  const facts = async () => (await (await market.control('GET', '/lis-skins/socket')).json()) as SocketFacts;
  /** Buys what does not move by itself. */
  const buys = async () => {
    const { nativeId, priceMills } = await market.testListing('cs2', 'ships-later');
    const wireId = String(lisSkinsIdOf({ side: 'cs2', nativeId }));
    return bought(supplier, orderFor({ nativeId: wireId, priceMills: priceMills * 2 }));
  };
  return { market, supplier, facts, buys };
}

/** Holds the connection until the test is over. */
function hears({ connection }: Supplier) {
  if (!connection) throw new Error('it has no connection');
  const hints: Hint[] = [];
  const stopping = new AbortController();
  const opened = Promise.withResolvers<void>();
  const listener = { onOpen: () => opened.resolve(), onHint: (hint: Hint) => void hints.push(hint) };
  const ended: Promise<ConnectionEnd> = connection.hold(listener, stopping.signal);
  afterwards(async () => {
    stopping.abort();
    await ended;
  });
  const endedFirst = ended.then(({ cause }) => Promise.reject(new Error(`it has ended: ${cause}`)));
  const isOpen = Promise.race([opened.promise, endedFirst]);
  isOpen.catch(() => {}); // of interest only to those who wait for it
  return { hints, stopping, opened: isOpen, ended };
}

const heard = (hints: readonly Hint[], expected: readonly Hint[]) => expect.poll(() => hints).toEqual(expected);
const naming = (reference: string): Hint => ({ references: [reference], orderIds: [] });

describe('the connection to LIS-SKINS', () => {
  test('says at once that a purchase has changed, by our reference', async () => {
    const { market, supplier, buys } = await setUp();
    const { hints, opened } = hears(supplier);
    await opened;
    const { reference } = await buys();
    await heard(hints, [naming(reference)]);
    await market.pass(10 * MINUTE_MS);
    await heard(hints, [naming(reference), naming(reference)]);
  });

  test('says it by the id of the purchase where there is no reference, and may say nothing of it', async () => {
    const { market, supplier, buys } = await setUp({ names: 'id' });
    const { hints, opened } = hears(supplier);
    await opened;
    const { orderId } = await buys();
    const named: Hint = { references: [], orderIds: [orderId] };
    await heard(hints, [named]);
    await market.control('PUT', '/lis-skins/socket', { names: 'none' });
    await market.pass(10 * MINUTE_MS);
    await heard(hints, [named, 'unnamed']);
  });

  test('understands several objects in one frame, and takes what is said twice twice', async () => {
    const { supplier, buys, facts } = await setUp({ isJoined: true, isRepeated: true });
    const { hints, opened } = hears(supplier);
    await opened;
    const { reference } = await buys();
    await heard(hints, [naming(reference), naming(reference)]);
    // The ping that came in the same frame was answered.
    await expect.poll(async () => (await facts()).pongs).toBe(1);
  });

  test('ignores nonsense, other channels and events that it does not know', async () => {
    const { supplier, buys } = await setUp({ hasNonsense: true });
    const { hints, opened } = hears(supplier);
    await opened;
    const { reference } = await buys();
    await heard(hints, [naming(reference)]);
  });

  test('answers pings, without which the marketplace closes it', async () => {
    const { supplier, facts } = await setUp({ pingSeconds: 1 });
    const { opened } = hears(supplier);
    await opened;
    await expect.poll(async () => (await facts()).pongs).toBeGreaterThanOrEqual(2);
    expect(await facts()).toMatchObject({ open: 1, subscribed: 1 });
  });

  test('has ended when it is silent for longer than two pings', async () => {
    const { supplier } = await setUp({ pingSeconds: 1, isSilent: true });
    const { opened, ended } = hears(supplier);
    await opened;
    expect(await ended).toEqual({ cause: 'no message for 2000 ms' });
  });

  test('has ended when the marketplace breaks it', async () => {
    const { market, supplier } = await setUp();
    const { opened, ended } = hears(supplier);
    await opened;
    await market.control('POST', '/lis-skins/socket/close');
    expect(await ended).toEqual({ cause: 'the connection failed' });
  });

  test('ends at once when nobody needs it, also while it opens', async () => {
    const { supplier, facts } = await setUp();
    const { opened, ended, stopping } = hears(supplier);
    await opened;
    stopping.abort();
    await ended;
    await expect.poll(async () => (await facts()).open).toBe(0);
    const opening = hears(supplier);
    opening.stopping.abort();
    await opening.ended;
    await expect.poll(facts).toMatchObject({ open: 0, subscribed: 1 });
  });

  test('is given up when it does not open in time', async () => {
    const mute = createServer(() => {}).listen(0, '127.0.0.1');
    await once(mute, 'listening');
    afterwards(async () => void mute.close());
    // A server that listens on a port has an address object.
    const socketUrl = `ws://127.0.0.1:${(mute.address() as AddressInfo).port}/`;
    const market = await openMarketplace();
    const supplier = lisSkinsAt(`${market.url}/lis-skins`, { ...pushSettings(market.url), socketUrl }, 2000);
    expect(await hears(supplier).ended).toEqual({ cause: 'no connection within 2000 ms' });
  });

  test('is a fault of the account when its token, its key or its number is refused, and the cause has no secret', async () => {
    const tokenRefused = await setUp({ refusesTokens: true });
    expect(await hears(tokenRefused.supplier).ended).toEqual({
      cause: 'closed with code 3500',
      fault: 'misconfigured',
    });
    const elsewhere = await setUp({}, { apiKey: SANDBOX_LIS_SKINS_KEY_ELSEWHERE });
    const end = await hears(elsewhere.supplier).ended;
    expect(end).toMatchObject({ cause: expect.stringContaining('status 403'), fault: 'misconfigured' });
    expect(JSON.stringify(end)).not.toContain(SANDBOX_LIS_SKINS_KEY_ELSEWHERE);
    const stranger = await setUp({}, { userId: '1' });
    const cause = 'the channel was refused with code 103';
    expect(await hears(stranger.supplier).ended).toEqual({ cause, fault: 'misconfigured' });
  });

  test('is not opened without the number of the account', async () => {
    const { supplier } = await setUp({}, { userId: '' });
    expect(supplier.connection).toBeNull();
  });
});

test.each([
  [{ event: 'purchase_skin_info_updated', purchase_id: '9007199254740993', custom_id: null }, '9007199254740993'],
  [{ event: 'purchase_skin_info_updated', purchase_id: 7 }, '7'],
])('an event about %o names its purchase', (data, orderId) => {
  expect(hintOf(data)).toEqual({ references: [], orderIds: [orderId] });
});

test.each([null, 7, 'text', [], {}, { event: 'obtained_skin_added', purchase_id: 7 }])('%o is no event', (data) => {
  expect(hintOf(data)).toBeNull();
});
