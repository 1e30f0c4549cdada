import { randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SANDBOX_LIS_SKINS_KEY } from '../../sandbox/marketplace/lis-skins.ts';
import { SANDBOX_LIS_SKINS_USER_ID } from '../../sandbox/marketplace/lis-skins-socket.ts';
import { shop } from '../../sandbox/shop.ts';
import { later, MINUTE_MS, SECOND_MS } from '../../src/core/clock.ts';
import { freeze, unfreeze } from '../../src/freezes/operations.ts';
import { openSimulator } from '../suppliers/harness.ts';
import type { Merchant } from '../support/merchant.ts';
import { World } from '../support/world.ts';

/** A marketplace that pushes over a connection which the gateway opens. */

const ACCOUNT = 'lis-skins';
const LABELS = `{supplier="${ACCOUNT}"}`;
const PAUSE = { scope: 'supplier', target: ACCOUNT } as const;
let market: Awaited<ReturnType<typeof openSimulator>>;
let world: World;
let merchant: Merchant;
const logged: string[] = [];

beforeAll(async () => {
  market = await openSimulator(undefined, [shop]);
  const stream = new Writable({
    write: (line, _encoding, done) => {
      logged.push(String(line));
      done();
    },
  });
  const settings = { MARKETPLACE_URL: market.url, SANDBOX_MARKETPLACES: 'all', SUPPLIER_TIMEOUT_MS: '1000' };
  world = await World.start(settings, pino({ level: 'debug' }, stream));
  await world.knowsMarket();
  await world.until(() => offered().length > 0, 'what is on sale there is known');
  merchant = await world.merchant({ funds: 5000 });
});
afterAll(async () => {
  await world?.stop();
  await market?.close();
});
beforeEach(() => connected());
afterEach(async () => {
  await manner({ pingSeconds: 25, isSilent: false, isRepeated: false, names: 'both', hasNonsense: false });
  await manner({ isJoined: false, refusesTokens: false });
});

const manner = (changes: Record<string, unknown>) => market.control('PUT', '/lis-skins/socket', changes);
const connections = async () =>
  // The sandbox's own route.
  (await (await market.control('GET', '/lis-skins/socket')).json()) as {
    open: number;
    subscribed: number;
    refused: number;
  };
const isConnected = async () => (await world.metric('skinrail_supplier_connected', LABELS)) === 1;
const connected = () => world.until(isConnected, 'the gateway is connected');
const hints = () => world.metric('skinrail_supplier_hints_total', LABELS);
const offered = () =>
  world.gateway.deps.market
    .offers({ game: '730', marketHashName: world.testListing('never-ships').marketHashName })
    .filter(({ supplier }) => supplier.id === ACCOUNT);
const linesAbout = (text: string) =>
  logged.filter((line) => line.includes(`"supplier":"${ACCOUNT}"`) && line.includes(text));
const failures = () => linesAbout('is not connected');

/** Buys what its seller never sends, so old that it is polled only after minutes. */
async function buysAndWaits() {
  const [offer] = offered();
  if (!offer) throw new Error('it offers nothing');
  const trade = await merchant.buys([{ ...world.testListing('never-ships'), id: offer.id }]);
  const { deps } = world.gateway;
  const { reference } = await deps.db
    .selectFrom('purchase')
    .select('reference')
    .where('trade_id', '=', trade.id)
    .executeTakeFirstOrThrow();
  await world.passes('3h');
  await connected();
  await world.settles();
  const dueAt = async () =>
    (await deps.db.selectFrom('purchase').select('due_at').where('reference', '=', reference).executeTakeFirstOrThrow())
      .due_at;
  const isFarAway = async () => ((await dueAt()) ?? world.now) > later(world.now, 10 * MINUTE_MS);
  expect(await isFarAway()).toBe(true);
  const state = async () => (await merchant.trade(trade.id)).status;
  return { reference, dueAt, state, isDelivered: async () => (await state()) === 'hold' };
}

/** Lets the marketplace push an event with these fields, behind nonsense. */
async function pushes(fields: Record<string, unknown>): Promise<void> {
  const pub = { data: { event: 'purchase_skin_info_updated', ...fields } };
  const push = { channel: `private:purchase-skins#${SANDBOX_LIS_SKINS_USER_ID}`, pub };
  await market.control('POST', '/lis-skins/socket/frames', { text: `nonsense\n${JSON.stringify({ push })}` });
}

/** Breaks the connection, and lets the pause pass before it is tried again. */
async function breaks(): Promise<void> {
  await market.control('POST', '/lis-skins/socket/close');
  await world.until(async () => !(await isConnected()), 'the gateway knows that it is broken');
  await world.passes('6m');
}

const delivers = (reference: string) => market.control('POST', `/orders/${reference}/deliver`);

describe('a delivery that the marketplace pushes', () => {
  test('is known at once, long before polling would look', async () => {
    const { reference, isDelivered } = await buysAndWaits();
    const before = await hints();
    await delivers(reference);
    await world.until(isDelivered, 'the item is on hold');
    expect(await hints()).toBe(before + 1);
  });

  test.each([
    [
      'with several objects in a frame, twice and among nonsense',
      { isJoined: true, isRepeated: true, hasNonsense: true },
    ],
    ['by the id of its purchase only', { names: 'id' }],
  ])('is known at once when it comes %s', async (_how, changes) => {
    await manner(changes);
    const { reference, isDelivered } = await buysAndWaits();
    await delivers(reference);
    await world.until(isDelivered, 'the item is on hold');
  });

  test('is known soon when the push does not say which purchase it is about', async () => {
    await manner({ names: 'none' });
    const { reference, isDelivered } = await buysAndWaits();
    await delivers(reference);
    await world.until(isDelivered, 'the item is on hold');
  });

  test('while the connection was broken is known as soon as it is open again', async () => {
    const { reference, isDelivered } = await buysAndWaits();
    await manner({ refusesTokens: true });
    const { refused } = await connections();
    await market.control('POST', '/lis-skins/socket/close');
    await world.until(async () => (await connections()).refused > refused, 'it was tried again');
    await delivers(reference);
    await market.pass(0);
    await manner({ refusesTokens: false });
    await world.passes('6m');
    await connected();
    await world.until(isDelivered, 'the item is on hold');
  });
});

describe('a push that is wrong', () => {
  test('about unknown or foreign orders, or nonsense, changes nothing', async () => {
    const { dueAt, state } = await buysAndWaits();
    const [due, before] = [await dueAt(), await hints()];
    const names = { purchase_id: 1, custom_id: '0'.repeat(26) };
    for (const data of [names, { ...names, custom_id: null }, { ...names, custom_id: "' or true --" }])
      await pushes(data);
    await world.until(async () => (await hints()) === before + 3, 'the pushes were heard');
    await world.settles();
    expect(await dueAt()).toEqual(due);
    expect(await state()).toBe('pending');
  });

  test('that names an order of another account, by our reference or by its id, changes nothing', async () => {
    const { deps } = world.gateway;
    const trade = await merchant.buys([world.testListing('never-ships', 1)]);
    const order = () =>
      deps.db
        .selectFrom('purchase')
        .select(['reference', 'order_id', 'due_at'])
        .where('trade_id', '=', trade.id)
        .executeTakeFirstOrThrow();
    await world.passes('3h');
    await connected();
    await world.settles();
    const [{ reference, order_id, due_at }, before] = [await order(), await hints()];
    await pushes({ custom_id: reference });
    await pushes({ purchase_id: order_id });
    await world.until(async () => (await hints()) === before + 2, 'the pushes were heard');
    await world.settles();
    expect((await order()).due_at).toEqual(due_at);
  });
});

describe('the connection', () => {
  test('is opened again when it breaks; both are logged once', async () => {
    const [before, opened] = [failures().length, linesAbout('is open').length];
    const { subscribed } = await connections();
    await breaks();
    await world.until(async () => (await connections()).subscribed > subscribed, 'it is open again');
    await connected();
    expect(failures()).toHaveLength(before + 1);
    expect(linesAbout('is open')).toHaveLength(opened + 1);
  });

  test('is left when it is silent, and opened again', async () => {
    const { subscribed } = await connections();
    await manner({ pingSeconds: 1, isSilent: true });
    await breaks();
    const isLeft = () => failures().some((line) => line.includes('no message for 2000 ms'));
    await world.until(isLeft, 'the silent connection was left');
    await world.passes('6m');
    await world.until(async () => (await connections()).subscribed >= subscribed + 2, 'it was opened again');
  });

  test('is tried again with growing pauses while the token is refused, which is logged once', async () => {
    await manner({ refusesTokens: true });
    const [before, { refused }] = [failures().length, await connections()];
    await breaks();
    for (let tries = 1; tries <= 4; tries++) {
      await world.until(async () => (await connections()).refused >= refused + tries, 'it was tried again');
      await world.passes('6m');
    }
    const lines = failures().slice(before);
    expect(lines.filter((line) => line.includes('misconfigured'))).toHaveLength(1);
    expect(await isConnected()).toBe(false);
    await manner({ refusesTokens: false });
    await world.passes('6m');
    await connected();
  });

  test('is closed while the account is paused, and opened when it is resumed', async () => {
    const { subscribed } = await connections();
    await freeze(world.gateway.deps, PAUSE, { reason: 'a test', actor: 'test' });
    await world.until(async () => (await connections()).open === 0, 'it is closed');
    expect(await isConnected()).toBe(false);
    await world.passes('6m');
    expect((await connections()).subscribed).toBe(subscribed);
    await unfreeze(world.gateway.deps, PAUSE);
    await connected();
  });

  test('is left to another node that has claimed its lease', async () => {
    // As another node writes it that found the lease expired.
    await world.gateway.deps.db
      .updateTable('supplier_connection')
      .set({ run_id: randomUUID(), leased_until: later(world.now, 15 * SECOND_MS) })
      .where('supplier', '=', ACCOUNT)
      .execute();
    await world.until(async () => (await connections()).open === 0, 'it is closed');
    await world.passes('1m');
    await connected();
  });

  test('writes no key and no token to the log', async () => {
    expect(logged.length).toBeGreaterThan(10);
    const tokens = /"token":"|[0-9a-f-]{36}.{0,20}token/i;
    for (const line of logged) {
      expect(line).not.toContain(SANDBOX_LIS_SKINS_KEY);
      expect(line).not.toMatch(tokens);
    }
  });
});
