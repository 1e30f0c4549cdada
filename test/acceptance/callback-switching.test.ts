import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { saveCallbackUrl, switchOff, switchOn } from '../../src/callbacks/endpoint.ts';
import { repairDue } from '../../src/callbacks/repair.ts';
import { HOUR_MS } from '../../src/core/clock.ts';
import { inTransaction } from '../../src/db/transaction.ts';
import { measureBacklog } from '../../src/gateway/backlog.ts';
import { createMerchant } from '../../src/merchants/operations.ts';
import { rotateSecret } from '../../src/merchants/rotate-secret.ts';
import type { TradeWire } from '../../src/trades/wire.ts';
import type { Merchant } from '../support/merchant.ts';
import type { CallbackAttempt } from '../support/receiver.ts';
import { useWorld } from '../support/world.ts';

/** When callbacks are switched off and on again, and secrets that rotate. */

const world = useWorld();

const statusesTold = (merchant: Merchant, trade: TradeWire) =>
  merchant.callbacksOf(trade.id).map((callback) => callback.trade.status);

const stateOf = (merchant: Merchant) =>
  world()
    .gateway.deps.db.selectFrom('merchant')
    .select(['callback_failing_since', 'callback_disabled_at', 'callback_disabled_reason'])
    .where('id', '=', merchant.id)
    .executeTakeFirstOrThrow();

const dueTimes = async (merchant: Merchant) => {
  const rows = await world()
    .gateway.deps.db.selectFrom('callback')
    .select('due_at')
    .where('merchant_id', '=', merchant.id)
    .where('state', '=', 'pending')
    .execute();
  return rows.map(({ due_at }) => due_at);
};

const turn = (isOn: boolean, merchant: Merchant) => {
  const { deps } = world().gateway;
  return inTransaction(deps, async (trx) => {
    if (isOn) await switchOn(deps, trx, merchant.id);
    else await switchOff(deps, trx, merchant.id, 'by an operator');
  });
};

const enables = (merchant: Merchant) => merchant.call('POST', '/v1/callbacks/url/enable');

describe('my URL answers 410 Gone', () => {
  test('it is switched off at once, and nothing more is sent there', async () => {
    const merchant = await world().merchant();
    world().receiver.answers.set(merchant.name, 410);
    const trade = await merchant.buys([world().testListing('ships-at-once')]);
    expect(await stateOf(merchant)).toMatchObject({
      callback_disabled_at: expect.any(Date),
      callback_disabled_reason: 'it answered 410 Gone',
    });
    await world().passes('10s');
    await world().passes('2 days');
    expect((await merchant.trade(trade.id)).status).toBe('hold');
    expect(merchant.attemptsAt(trade.id)).toHaveLength(1);
    expect(await dueTimes(merchant)).toEqual([null, null, null]);
  });

  test('I switch it on again myself, and get all that waited, in order', async () => {
    const merchant = await world().merchant();
    const trades = [
      await merchant.buys([world().testListing('ships-at-once', 1)]),
      await merchant.buys([world().testListing('ships-at-once', 2)]),
    ];
    world().receiver.answers.set(merchant.name, 410);
    await world().passes('10s');
    world().receiver.answers.delete(merchant.name);
    const answer = await enables(merchant);
    expect(answer).toMatchObject({
      status: 200,
      body: { success: true, data: { url: world().receiver.urlOf(merchant.name), enabled: true } },
    });
    await world().settles();
    for (const trade of trades) expect(statusesTold(merchant, trade)).toEqual(['pending', 'active', 'hold']);
    expect(await stateOf(merchant)).toEqual({
      callback_failing_since: null,
      callback_disabled_at: null,
      callback_disabled_reason: null,
    });
  });

  test('a 410 of a URL that I have replaced meanwhile does not switch off the new one', async () => {
    const merchant = await world().merchant();
    const { deps } = world().gateway;
    world().receiver.answers.set(merchant.name, 410);
    const [url, dead] = [world().receiver.urlOf(merchant.name), 'http://127.0.0.1:9/old'];
    await saveCallbackUrl(deps, merchant.id, url);
    const isOff = await inTransaction(deps, (trx) => switchOff(deps, trx, merchant.id, 'it answered 410 Gone', dead));
    expect(isOff).toBe(false);
    expect(await stateOf(merchant)).toMatchObject({ callback_disabled_at: null });
  });
});

describe('my URL takes nothing for five days', () => {
  test('it is switched off then, not before, and the operator is told', async () => {
    const merchant = await world().merchant();
    world().receiver.answers.set(merchant.name, 503);
    const off = async () => {
      await measureBacklog(world().gateway.deps);
      return world().metric('skinrail_callbacks_off_merchants');
    };
    const offBefore = await off();
    await merchant.buys([world().testListing('never-ships', 1)]);
    expect((await stateOf(merchant)).callback_failing_since).toBeInstanceOf(Date);
    await world().passes('4 days');
    await merchant.buys([world().testListing('never-ships', 2)]);
    expect((await stateOf(merchant)).callback_disabled_at).toBeNull();
    await world().passes('25h');
    await world().passes('25h');
    expect(await stateOf(merchant)).toMatchObject({
      callback_disabled_at: expect.any(Date),
      callback_disabled_reason: 'nothing was taken for five days',
    });
    expect(await off()).toBe(offBefore + 1);
  });

  test('one that is taken in between starts the five days anew', async () => {
    const merchant = await world().merchant();
    world().receiver.answers.set(merchant.name, 503);
    await merchant.buys([world().testListing('never-ships', 1)]);
    await world().passes('4 days');
    world().receiver.answers.delete(merchant.name);
    await merchant.buys([world().testListing('never-ships', 2)]);
    expect((await stateOf(merchant)).callback_failing_since).toBeNull();
    world().receiver.answers.set(merchant.name, 503);
    await merchant.buys([world().testListing('never-ships', 3)]);
    await world().passes('2 days');
    expect((await stateOf(merchant)).callback_disabled_at).toBeNull();
  });

  test('no URL or no secret is no failing URL', async () => {
    const merchant = await world().merchant();
    const { db } = world().gateway.deps;
    await merchant.buys([world().testListing('ships-at-once')]);
    await db.updateTable('merchant').set({ callback_url: null }).where('id', '=', merchant.id).execute();
    await world().passes('10s');
    expect(await stateOf(merchant)).toMatchObject({ callback_failing_since: null, callback_disabled_at: null });
  });
});

describe('callbacks are off', () => {
  test('an operator switches them off and on; what happened meanwhile comes in order', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.buys([world().testListing('ships-at-once')]);
    await turn(false, merchant);
    await world().passes('10s');
    expect(merchant.attemptsAt(trade.id)).toHaveLength(1);
    expect(await dueTimes(merchant)).toEqual([null, null]);
    await turn(true, merchant);
    await world().settles();
    expect(statusesTold(merchant, trade)).toEqual(['pending', 'active', 'hold']);
  });

  test('an attempt that fails while they are switched off is not repeated until they are on', async () => {
    const merchant = await world().merchant();
    // On a connection that was used before, its end could have crossed the message, which is sent again then.
    world().receiver.closeConnections();
    world().receiver.answers.set(merchant.name, 'nothing');
    const answer = await merchant.asksToBuy([world().testListing('never-ships')]);
    const trade = answer.body.data;
    await world().until(() => merchant.attemptsAt(trade.id).length === 1, 'the attempt is under way');
    await turn(false, merchant);
    world().receiver.closeConnections();
    await world().settles();
    expect(await dueTimes(merchant)).toEqual([null]);
    world().receiver.answers.delete(merchant.name);
    await world().passes('1 day');
    expect(merchant.attemptsAt(trade.id)).toHaveLength(1);
    await turn(true, merchant);
    await world().settles();
    expect(statusesTold(merchant, trade)).toEqual(['pending']);
  });

  test('one that was recorded in the moment of switching is put right within seconds', async () => {
    const merchant = await world().merchant();
    const { deps } = world().gateway;
    const trade = await merchant.buys([world().testListing('ships-at-once')]);
    await turn(false, merchant);
    await world().passes('10s');
    const set = { callback_disabled_at: null, callback_disabled_reason: null };
    await deps.db.updateTable('merchant').set(set).where('id', '=', merchant.id).execute();
    expect(await repairDue(deps)).toBe(true);
    await world().settles();
    expect(statusesTold(merchant, trade)).toEqual(['pending', 'active', 'hold']);
  });

  test('switching on what is on changes nothing', async () => {
    const merchant = await world().merchant();
    world().receiver.answers.set(merchant.name, 500);
    const trade = await merchant.buys([world().testListing('never-ships')]);
    expect((await enables(merchant)).body.data).toMatchObject({ enabled: true });
    await world().settles();
    expect(merchant.attemptsAt(trade.id)).toHaveLength(1);
  });

  test('only with a key', async () => {
    const answer = await world().call('POST', '/v1/callbacks/url/enable');
    expect(answer).toMatchObject({ status: 401, body: { error: { key: 'MISSING_API_KEY' } } });
  });
});

describe('my secret rotates', () => {
  const hmac = (attempt: CallbackAttempt, secret: string) => {
    const fields = fieldsOf(attempt);
    return createHmac('sha256', secret).update(`${fields['id']}.${fields['t']}.${attempt.raw}`).digest('hex');
  };
  const fieldsOf = ({ signature }: CallbackAttempt): Record<string, string | undefined> =>
    Object.fromEntries(signature.split(',').map((part) => part.split('=', 2)));
  const rotates = async (merchant: Merchant, graceMs: number) =>
    (await rotateSecret(world().gateway.deps, merchant.id, graceMs)).apiSecret;
  const hears = async (merchant: Merchant, number: number) => {
    const trade = await merchant.buys([world().testListing('never-ships', number)]);
    const [attempt] = merchant.attemptsAt(trade.id);
    if (!attempt) throw new Error('nothing came');
    return attempt;
  };

  test('for the grace, callbacks are signed with both; then with the new one alone', async () => {
    const merchant = await world().merchant();
    const old = merchant.apiSecret;
    expect(fieldsOf(await hears(merchant, 1))['s1']).toBeUndefined();
    const fresh = await rotates(merchant, 24 * HOUR_MS);
    const both = await hears(merchant, 2);
    expect(both.signature).toMatch(/^t=[^,]+,id=[^,]+,s=[0-9a-f]{64},s1=[0-9a-f]{64}$/);
    expect(fieldsOf(both)).toMatchObject({ s: hmac(both, fresh), s1: hmac(both, old) });
    await world().passes('25h');
    const after = await hears(merchant, 3);
    expect(fieldsOf(after)).toMatchObject({ s: hmac(after, fresh) });
    expect(fieldsOf(after)['s1']).toBeUndefined();
  });

  test('rotating again within the grace keeps the one just replaced, not the one before', async () => {
    const merchant = await world().merchant();
    const second = await rotates(merchant, 24 * HOUR_MS);
    const third = await rotates(merchant, 24 * HOUR_MS);
    const attempt = await hears(merchant, 1);
    expect(fieldsOf(attempt)).toMatchObject({ s: hmac(attempt, third), s1: hmac(attempt, second) });
  });

  test('a secret that leaked is replaced without grace', async () => {
    const merchant = await world().merchant();
    const fresh = await rotates(merchant, 0);
    const attempt = await hears(merchant, 1);
    expect(fieldsOf(attempt)).toMatchObject({ s: hmac(attempt, fresh) });
    expect(fieldsOf(attempt)['s1']).toBeUndefined();
  });

  test('a merchant that was opened without a secret gets its first one so', async () => {
    const { deps } = world().gateway;
    const { merchant, apiSecret } = await createMerchant(deps, { name: 'Later', withoutSecret: true });
    expect([merchant.api_secret_sealed, apiSecret]).toEqual([null, null]);
    const first = await rotateSecret(deps, merchant.id, 24 * HOUR_MS);
    expect(first.apiSecret).toMatch(/^[0-9a-f]{64}$/);
    expect(first.merchant).toMatchObject({ previous_secret_sealed: null, previous_secret_until: null });
  });
});
