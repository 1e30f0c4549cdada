import { beforeAll, describe, expect, test } from 'vitest';
import { fromMerchantDollars } from '../../src/core/money.ts';
import { moveFunding } from '../../src/wallets/operations.ts';
import { fundingStatuses, fundingTypes } from '../../src/wallets/read-funding.ts';
import type { LedgerTransactionWire } from '../../src/wallets/wire.ts';
import type { Merchant } from '../support/merchant.ts';
import { useWorld } from '../support/world.ts';

/** What the operator put into my wallet and took out of it. */

const world = useWorld();
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

interface Page {
  items: LedgerTransactionWire[];
  pagination: { page: number; limit: number; total: number; totalPages: number };
}

async function page(merchant: Merchant, query = ''): Promise<Page> {
  const { status, body } = await merchant.call('GET', `/v1/ledger/transactions${query}`);
  expect(body.error).toBeUndefined();
  expect(status).toBe(200);
  return body.data;
}

async function moves(merchant: Merchant, direction: 'credit' | 'debit', amount: number): Promise<void> {
  const amountMills = fromMerchantDollars(amount, 'amount');
  const move = { merchantId: merchant.id, direction, amountMills, actor: 'test', reference: `secret-note-${amount}` };
  await moveFunding(world().gateway.deps, move);
}

const amounts = ({ items }: Page) => items.map((item) => [item.type, item.amount.usd]);

describe('the ledger of my funding', () => {
  test('is empty for a new merchant', async () => {
    const pagination = { page: 1, limit: 50, total: 0, totalPages: 0 };
    expect(await page(await world().merchant({ funds: 0 }))).toEqual({ items: [], pagination });
  });

  test('has credits and debits, newest first, with explicit nulls; the operator’s notes are not in it', async () => {
    const merchant = await world().merchant({ funds: 0 });
    await moves(merchant, 'credit', 250.5);
    await world().passes('1m');
    await moves(merchant, 'debit', 99.99);
    const whole = await page(merchant);
    const [debit, credit] = whole.items;
    const at = debit?.timestamps.created ?? '';
    expect(debit).toEqual({
      id: expect.stringMatching(UUID),
      type: 'ADMIN_DEBIT',
      status: 'POSTED',
      amount: { usd: 99.99, crypto: '0', token: null, chain: null },
      fee: 0,
      address: null,
      txnHash: null,
      timestamps: { created: at, completed: at, updated: at },
    });
    expect(Date.parse(at)).not.toBeNaN();
    expect(credit).toMatchObject({ type: 'ADMIN_CREDIT', status: 'POSTED', amount: { usd: 250.5 } });
    expect(whole.pagination).toEqual({ page: 1, limit: 50, total: 2, totalPages: 1 });
    expect(JSON.stringify(whole)).not.toContain('secret-note');
  });

  test('has no movements of trades, and none of other merchants', async () => {
    const merchant = await world().merchant();
    await world().merchant();
    await merchant.buys([world().testListing('ships-at-once'), world().testListing('recipient-declines')]);
    await world().passes('180h');
    expect(amounts(await page(merchant))).toEqual([['ADMIN_CREDIT', 1000]]);
  });
});

describe('I can ask for', () => {
  let merchant: Merchant;
  let times: string[];
  beforeAll(async () => {
    merchant = await world().merchant({ funds: 0 });
    for (const amount of [1, 2, 3, 4, 5]) {
      await moves(merchant, 'credit', amount);
      await world().passes('1m');
    }
    times = (await page(merchant)).items.map((item) => item.timestamps.created).reverse();
  });

  const dollarsOf = ({ items }: Page) => items.map((item) => item.amount.usd);
  const at = (number: number) => encodeURIComponent(times[number - 1] ?? '');
  const shifted = (number: number, ms: number) =>
    encodeURIComponent(new Date(Date.parse(times[number - 1] ?? '') + ms).toISOString());

  test('pages by limit and offset', async () => {
    const pages = await Promise.all([0, 2, 4].map((offset) => page(merchant, `?limit=2&offset=${offset}`)));
    expect(pages.map(dollarsOf)).toEqual([[5, 4], [3, 2], [1]]);
    expect(pages.map((each) => each.pagination)).toEqual(
      [1, 2, 3].map((number) => ({ page: number, limit: 2, total: 5, totalPages: 3 })),
    );
    expect(dollarsOf(await page(merchant, '?limit=2&offset=1'))).toEqual([4, 3]);
    expect(dollarsOf(await page(merchant, '?limit=100'))).toEqual([5, 4, 3, 2, 1]);
  });

  test('a page beyond the end, which says how many there are', async () => {
    const beyond = { items: [], pagination: { page: 3, limit: 3, total: 5, totalPages: 2 } };
    expect(await page(merchant, '?limit=3&offset=6')).toEqual(beyond);
    expect((await page(merchant, `?offset=${Number.MAX_SAFE_INTEGER}`)).items).toEqual([]);
  });

  test('a time, both of its ends included', async () => {
    expect(dollarsOf(await page(merchant, `?startDate=${at(2)}&endDate=${at(4)}`))).toEqual([4, 3, 2]);
    expect(dollarsOf(await page(merchant, `?startDate=${at(3)}&endDate=${at(3)}`))).toEqual([3]);
    expect(dollarsOf(await page(merchant, `?startDate=${shifted(3, 1)}`))).toEqual([5, 4]);
    expect(dollarsOf(await page(merchant, `?endDate=${shifted(3, -1)}`))).toEqual([2, 1]);
    expect((await page(merchant, `?startDate=${at(2)}&limit=1`)).pagination).toMatchObject({ total: 4, totalPages: 4 });
  });

  test('a time in another zone', async () => {
    const local = new Date(Date.parse(times[3] ?? '') + 7_200_000).toISOString().replace('Z', '+02:00');
    expect(dollarsOf(await page(merchant, `?startDate=${encodeURIComponent(local)}`))).toEqual([5, 4]);
  });

  test('nothing in particular: null is written as an empty value', async () => {
    for (const nothing of ['', 'null']) {
      const query = `?startDate=${nothing}&endDate=${nothing}&offset=${nothing}`;
      expect(await page(merchant, query)).toEqual(await page(merchant));
    }
  });

  test.each([...fundingTypes])('the type %s, of which there are none here', async (type) => {
    const none = { items: [], pagination: { page: 1, limit: 50, total: 0, totalPages: 0 } };
    expect(await page(merchant, `?type=${type}`)).toEqual(none);
  });

  test.each([...fundingStatuses])('the status %s, which nothing here has', async (status) => {
    const none = { items: [], pagination: { page: 3, limit: 2, total: 0, totalPages: 0 } };
    expect(await page(merchant, `?status=${status}&limit=2&offset=4`)).toEqual(none);
  });

  test.each([
    ['type', 'ADMIN_CREDIT'],
    ['type', 'deposit'],
    ['type', ''],
    ['status', 'POSTED'],
    ['status', 'completed'],
    ['limit', '0'],
    ['limit', '101'],
    ['limit', '2.5'],
    ['limit', ''],
    ['offset', '-1'],
    ['offset', '0.5'],
    ['offset', 'first'],
    ['offset', '1e300'],
    ['startDate', 'yesterday'],
    ['startDate', '2026-02-30T00:00:00Z'],
    ['startDate', '2026-01-01'],
    ['startDate', '2026-01-01T00:00:00'],
    ['startDate', '0001-01-01T00:00:00Z'],
    ['endDate', 'NULL'],
    ['limit', 'null'],
    ['endDate', '1760000000'],
  ])('nothing with %s=%s', async (name, value) => {
    const { status, body } = await merchant.call('GET', `/v1/ledger/transactions?${name}=${value}`);
    expect({ status, key: body.error?.key }).toEqual({ status: 400, key: 'VALIDATION_FAILED' });
    expect(Object.keys(body.error?.fields ?? {})).toEqual([name]);
  });

  test('no time that ends before it begins', async () => {
    const { body } = await merchant.call('GET', `/v1/ledger/transactions?startDate=${at(3)}&endDate=${at(2)}`);
    expect(body.error).toMatchObject({ key: 'VALIDATION_FAILED', fields: { endDate: 'must not be before startDate' } });
  });
});

describe('one transaction by its id', () => {
  test('is never there, the operator’s credits included: they give 404', async () => {
    const merchant = await world().merchant();
    const { items } = await page(merchant);
    for (const id of [items[0]?.id ?? '', 'nothing', 'x'.repeat(128), '%20']) {
      const { status, body } = await merchant.call('GET', `/v1/ledger/transactions/${id}`);
      expect({ status, key: body.error?.key, code: body.error?.code }).toEqual({
        status: 404,
        key: 'NOT_FOUND',
        code: 1003,
      });
    }
  });

  test('is asked for by 1 to 128 readable characters', async () => {
    const merchant = await world().merchant();
    for (const id of ['', 'x'.repeat(129), '%00']) {
      const { status, body } = await merchant.call('GET', `/v1/ledger/transactions/${id}`);
      expect({ status, fields: Object.keys(body.error?.fields ?? {}) }).toEqual({
        status: 400,
        fields: ['transactionId'],
      });
    }
  });
});
