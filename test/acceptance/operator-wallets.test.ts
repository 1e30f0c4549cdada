import { afterEach, describe, expect, test } from 'vitest';
import { fromMerchantDollars } from '../../src/core/money.ts';
import { csvRow } from '../../src/operator-api/csv.ts';
import { moveFunding } from '../../src/wallets/operations.ts';
import { usePeople, type Visitor } from '../support/visitor.ts';
import { useOwnWorld } from '../support/world.ts';

/** Wallets, their movements, and who may credit and debit them, as a person who is signed in. */

const world = useOwnWorld();
const { signedIn, stranger } = usePeople(world);
const UNKNOWN = '01990c4e-6b3a-7c55-9f0e-2f6d1c8a7b10';
const merchantAt = (id: string, rest = '') => `/operator/v1/merchants/${id}${rest}`;
const REQUESTS = '/operator/v1/funding-requests';
const DUAL_CONTROL = '/operator/v1/dual-control';

const expectBad = async (visitor: Visitor, method: string, path: string, body?: unknown) =>
  expect(await visitor.isRefused(method, path, body)).toBe('VALIDATION_FAILED');
const expectDenied = async (visitor: Visitor, method: string, path: string, body?: unknown) =>
  expect(await visitor.isRefused(method, path, body)).toBe('PERMISSION_DENIED');

async function newest(visitor: Visitor) {
  return (await visitor.gets('/operator/v1/audit?limit=1')).items[0];
}

/** Back to no limit, which takes two. */
afterEach(async () => {
  const [owner, finance] = [await signedIn('owner'), await signedIn('finance')];
  for (const { id } of (await owner.gets(REQUESTS)).items) await owner.does('POST', `${REQUESTS}/${id}/reject`);
  const { request } = await owner.does('PUT', DUAL_CONTROL, { above: null, reason: 'the test is over' });
  if (request) await finance.does('POST', `${REQUESTS}/${request.id}/approve`);
});

const setsLimit = async (above: string) =>
  (await signedIn('owner')).does('PUT', DUAL_CONTROL, { above, reason: 'our rule' });

async function file(visitor: Visitor, path: string) {
  const response = await fetch(world().baseUrl + path, { headers: { cookie: visitor.cookie ?? '' } });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

describe('a wallet', () => {
  test('is shown to finance with all accounts of the ledger, and to members without the operator’s', async () => {
    const merchant = await world().merchant({ funds: 40 });
    const listing = world().testListing('never-ships');
    await merchant.buys([listing]);
    const { locked, available, accounts } = await (await signedIn('finance')).gets(merchantAt(merchant.id, '/wallet'));
    expect(Number(available) + Number(locked)).toBeCloseTo(40);
    expect(Number(locked)).toBeCloseTo(listing.price);
    expect(accounts).toContainEqual({ name: 'funding', balance: '-40.00' });
    const viewer = await signedIn('viewer', merchant.id);
    expect(await viewer.gets(merchantAt(merchant.id, '/wallet'))).toEqual({
      merchantId: merchant.id,
      available,
      locked,
      accounts: null,
    });
    const other = await signedIn('admin', (await world().merchant()).id);
    for (const part of ['/wallet', '/entries', '/entries.csv']) {
      await expectDenied(other, 'GET', merchantAt(merchant.id, part));
      expect(await (await signedIn('owner')).isRefused('GET', merchantAt(UNKNOWN, part))).toBe('NOT_FOUND');
    }
  });
});

describe('the movements of a wallet', () => {
  test('are those between all accounts for staff, and those of the wallet for members, who do not learn the cost', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('ships-at-once');
    const trade = await merchant.buys([listing], { externalId: 'order-7' });
    await world().passes('180h');
    const { items } = await (await signedIn('auditor')).gets(merchantAt(merchant.id, '/entries'));
    expect(items.map(({ type }: { type: string }) => type).sort()).toEqual(['capture', 'credit', 'fee', 'reserve']);
    const capture = items.find(({ type }: { type: string }) => type === 'capture');
    expect(capture).toMatchObject({
      tradeId: trade.id,
      tradeExternalId: 'order-7',
      itemId: listing.id,
      available: '0.00',
    });
    expect(capture.booking).toMatchObject({ from: 'locked', to: expect.stringMatching(/^supplier:/) });

    const viewer = await signedIn('viewer', merchant.id);
    const own = await viewer.gets(merchantAt(merchant.id, '/entries'));
    const shown = own.items.map(({ type, amount, booking }: Record<string, unknown>) => [
      type,
      Number(amount),
      booking,
    ]);
    expect(shown).toEqual([
      ['capture', listing.price, null],
      ['reserve', listing.price, null],
      ['credit', 1000, null],
    ]);
    await expectBad(viewer, 'GET', merchantAt(merchant.id, '/entries?type=fee'));
    expect((await viewer.gets(merchantAt(merchant.id, '/entries?type=capture'))).items).toHaveLength(1);
  });

  test('come in pages, by type and between two times', async () => {
    const merchant = await world().merchant({ funds: 0 });
    const { deps } = world().gateway;
    for (const n of [1, 2, 3, 4, 5]) {
      const amountMills = fromMerchantDollars(n, 'amount');
      const direction = n === 3 ? 'debit' : 'credit';
      await moveFunding(deps, { merchantId: merchant.id, direction, amountMills, actor: 'test', reference: `r${n}` });
    }
    for (const reader of [await signedIn('support'), await signedIn('developer', merchant.id)]) {
      const amounts: string[] = [];
      const times: string[] = [];
      for (let cursor = ''; ; ) {
        const page = await reader.gets(merchantAt(merchant.id, `/entries?limit=2${cursor}`));
        amounts.push(...page.items.map(({ amount }: { amount: string }) => amount));
        times.push(...page.items.map(({ at }: { at: string }) => at));
        if (page.nextCursor === null) break;
        expect(page.items).toHaveLength(2);
        cursor = `&cursor=${page.nextCursor}`;
      }
      expect([...amounts].sort()).toEqual(['1.00', '2.00', '3.00', '4.00', '5.00']);
      expect(times).toEqual([...times].sort().reverse());
      const debits = await reader.gets(merchantAt(merchant.id, '/entries?type=debit'));
      expect(debits).toMatchObject({
        items: [{ amount: '3.00', available: '-3.00', locked: '0.00' }],
        nextCursor: null,
      });
      const later = new Date(world().now.getTime() + 60_000).toISOString();
      expect((await reader.gets(merchantAt(merchant.id, `/entries?from=${later}`))).items).toEqual([]);
      expect((await reader.gets(merchantAt(merchant.id, `/entries?to=${later}`))).items).toHaveLength(5);
      await expectBad(reader, 'GET', merchantAt(merchant.id, `/entries?from=${later}&to=${later}`));
      await expectBad(reader, 'GET', merchantAt(merchant.id, '/entries?cursor=nonsense'));
      await expectBad(reader, 'GET', merchantAt(merchant.id, '/entries?type=gift'));
    }
  });
});

describe('the movements as a file', () => {
  test('are all of them in one table, page after page', async () => {
    const merchant = await world().merchant({ funds: 0 });
    const { deps } = world().gateway;
    await moveFunding(deps, {
      merchantId: merchant.id,
      direction: 'credit',
      amountMills: fromMerchantDollars(1, 'amount'),
      actor: 'test',
      reference: 'first',
    });
    const [booked] = await deps.db.selectFrom('transfer').selectAll().where('merchant_id', '=', merchant.id).execute();
    if (!booked) throw new Error('a credit was booked');
    // More than two pages. What they add up to is taken away again below, for the books.
    const many = Array.from({ length: 1100 }, (_, n) => ({ ...booked, key: `credit:many-${n}` }));
    await deps.db.insertInto('transfer').values(many).execute();
    const finance = await signedIn('finance');
    const { status, headers, text } = await file(finance, merchantAt(merchant.id, '/entries.csv?type=credit'));
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(headers.get('content-disposition')).toBe(`attachment; filename="entries-${merchant.id}.csv"`);
    const [head, ...rows] = text.split('\r\n');
    expect(head).toBe(
      'at,type,amount,available,locked,trade_id,trade_external_id,item_id,item_external_id,id,from,to,key,actor',
    );
    expect(rows.pop()).toBe('');
    expect(new Set(rows).size).toBe(1101);
    expect(rows[0]).toMatch(/^\S+Z,credit,1\.00,1\.00,0\.00,,,,,\S+,funding,available,credit:many-999,test$/);
    await deps.db
      .deleteFrom('transfer')
      .where('merchant_id', '=', merchant.id)
      .where('key', 'like', 'credit:many-%')
      .execute();
    const later = new Date(world().now.getTime() + 60_000).toISOString();
    const none = await file(finance, merchantAt(merchant.id, `/entries.csv?from=${later}`));
    expect(none.text).toBe(`${head}\r\n`);
  });

  test('have no cost for members, and no formula that a spreadsheet would run', async () => {
    const merchant = await world().merchant();
    const externalId = '=HYPERLINK("https://evil.example")';
    await merchant.buys([world().testListing('never-ships')], { externalId });
    const viewer = await signedIn('viewer', merchant.id);
    const { text } = await file(viewer, merchantAt(merchant.id, '/entries.csv'));
    const [head, reserved] = text.split('\r\n');
    expect(head).toBe('at,type,amount,available,locked,trade_id,trade_external_id,item_id,item_external_id,id');
    expect(reserved).toContain(`,"'=HYPERLINK(""https://evil.example"")",`);
    expect(reserved).toMatch(/,reserve,\d+\.\d\d,-\d+\.\d\d,/);
    await expectBad(viewer, 'GET', merchantAt(merchant.id, '/entries.csv?type=fee'));
    await expectBad(viewer, 'GET', merchantAt(merchant.id, '/entries.csv?from=yesterday'));
  });

  test.each([
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\tx', "'\tx"],
    ['\r=1', '"\'\r=1"'],
    ['a "b", c', '"a ""b"", c"'],
    ['two\nlines', '"two\nlines"'],
    ['a=b', 'a=b'],
    ['', ''],
  ])('write the text %j as %j', (text, cell) => {
    expect(csvRow([text, { number: '-1.00' }, null])).toBe(`${cell},-1.00,\r\n`);
  });
});

describe('finance', () => {
  test('credits and debits a wallet, each reference once', async () => {
    const merchant = await world().merchant({ funds: 0 });
    const finance = await signedIn('finance');
    const path = merchantAt(merchant.id, '/funding');
    const credit = { direction: 'credit', amount: '250.5', reference: 'invoice-1', reason: 'an invoice' };
    expect(await finance.does('POST', path, credit)).toEqual({
      outcome: 'booked',
      request: null,
      available: '250.50',
      locked: '0.00',
    });
    const entry = await newest(finance);
    expect(entry).toMatchObject({
      operator: `staff:${finance.person.email}`,
      command: `wallet credit ${merchant.id} 250.5 --reference invoice-1 --reason "an invoice"`,
    });
    expect(entry.changes).toContainEqual({
      of: `merchant ${merchant.id}`,
      field: 'wallet available_mills',
      before: null,
      after: '250500',
    });
    expect(await finance.does('POST', path, credit)).toMatchObject({ outcome: 'already_booked', available: '250.50' });
    expect(await finance.isRefused('POST', path, { ...credit, amount: '9' })).toBe('REFUSED');

    const debit = { direction: 'debit', amount: '50', reference: 'payout-1', reason: 'a payout' };
    expect(await finance.does('POST', path, debit)).toMatchObject({ outcome: 'booked', available: '200.50' });
    const next = { ...debit, reference: 'payout-2' };
    expect(await finance.does('POST', path, next)).toMatchObject({ outcome: 'booked', available: '150.50' });
    const { body } = await finance.call('POST', path, { ...debit, reference: 'payout-3', amount: '1000' });
    expect(body.error).toMatchObject({ key: 'REFUSED', message: 'only $150.50 is available' });
  });

  test('gives an amount of whole cents, a reference and a reason', async () => {
    const merchant = await world().merchant({ funds: 0 });
    const finance = await signedIn('finance');
    const path = merchantAt(merchant.id, '/funding');
    const fine = { direction: 'credit', amount: '1.00', reference: 'invoice-9', reason: 'an invoice' };
    for (const wrong of [
      { amount: '0' },
      { amount: '-1' },
      { amount: '1.005' },
      { amount: 1 },
      { direction: 'gift' },
    ]) {
      await expectBad(finance, 'POST', path, { ...fine, ...wrong });
    }
    await expectBad(finance, 'POST', path, { ...fine, reason: '' });
    const { reference: _, ...unnamed } = fine;
    await expectBad(finance, 'POST', path, unnamed);
    expect(await finance.isRefused('POST', merchantAt(UNKNOWN, '/funding'), fine)).toBe('NOT_FOUND');
  });

  test('alone funds wallets: neither operations nor support nor members do', async () => {
    const merchant = await world().merchant({ funds: 0 });
    const body = { direction: 'credit', amount: '1', reason: 'mine' };
    for (const visitor of [
      await signedIn('operations'),
      await signedIn('support'),
      await signedIn('admin', merchant.id),
    ]) {
      await expectDenied(visitor, 'POST', merchantAt(merchant.id, '/funding'), body);
      await expectDenied(visitor, 'POST', `${REQUESTS}/${UNKNOWN}/approve`);
      await expectDenied(visitor, 'POST', `${REQUESTS}/${UNKNOWN}/reject`);
      await expectDenied(visitor, 'PUT', DUAL_CONTROL, { above: null, reason: 'mine' });
    }
    const member = await signedIn('admin', merchant.id);
    await expectDenied(member, 'GET', REQUESTS);
    await expectDenied(member, 'GET', DUAL_CONTROL);
    const finance = await signedIn('finance');
    await expectDenied(finance, 'PUT', DUAL_CONTROL, { above: null, reason: 'mine' });
    expect(await finance.isRefused('POST', `${REQUESTS}/${UNKNOWN}/approve`)).toBe('NOT_FOUND');
    await expectBad(finance, 'POST', `${REQUESTS}/mine/reject`);
  });
});

describe('a credit above the limit of dual control', () => {
  test('waits for a second person, who is not the one that asked for it', async () => {
    const merchant = await world().merchant({ funds: 0 });
    expect(await setsLimit('100')).toEqual({ above: '100.00', request: null });
    const [ann, bob] = [await signedIn('finance'), await signedIn('finance')];
    const path = merchantAt(merchant.id, '/funding');
    expect(await ann.gets(DUAL_CONTROL)).toEqual({ above: '100.00' });
    const credit = { direction: 'credit', amount: '100.01', reference: 'large-1', reason: 'a large invoice' };
    const { outcome, request, available } = await ann.does('POST', path, credit);
    expect({ outcome, available }).toEqual({ outcome: 'waiting', available: '0.00' });
    expect(request).toMatchObject({
      kind: 'credit',
      merchant: { id: merchant.id, name: merchant.name },
      amount: '100.01',
      reference: 'large-1',
      reason: 'a large invoice',
      requestedBy: `staff:${ann.person.email}`,
      state: 'waiting',
      decidedBy: null,
    });
    expect((await ann.does('POST', path, credit)).request.id).toBe(request.id);
    expect((await bob.gets(REQUESTS)).items).toEqual([request]);

    const { body } = await ann.call('POST', `${REQUESTS}/${request.id}/approve`);
    expect(body.error).toMatchObject({
      key: 'REFUSED',
      message: expect.stringMatching(/another operator must approve/),
    });
    const approved = await bob.does('POST', `${REQUESTS}/${request.id}/approve`);
    expect(approved).toMatchObject({ state: 'approved', decidedBy: `staff:${bob.person.email}` });
    const entry = await newest(bob);
    expect(entry.command).toBe(`wallet approve ${request.id}`);
    expect(entry.changes).toEqual(
      expect.arrayContaining([
        { of: `request ${request.id}`, field: 'decision', before: null, after: 'approved' },
        { of: `merchant ${merchant.id}`, field: 'wallet available_mills', before: null, after: '100010' },
      ]),
    );
    expect(await bob.isRefused('POST', `${REQUESTS}/${request.id}/approve`)).toBe('REFUSED');
    expect((await bob.gets(merchantAt(merchant.id, '/wallet'))).available).toBe('100.01');
    expect((await bob.gets(`${REQUESTS}?state=all&limit=1`)).items).toMatchObject([{ id: request.id }]);
  });

  test('is one for each reference, and anyone with the right may reject it', async () => {
    const merchant = await world().merchant({ funds: 0 });
    await setsLimit('100');
    const finance = await signedIn('finance');
    const credit = { direction: 'credit', amount: '101', reference: 'invoice-2', reason: 'an invoice' };
    const first = await finance.does('POST', merchantAt(merchant.id, '/funding'), credit);
    const other = { ...credit, reference: 'invoice-3' };
    const second = await finance.does('POST', merchantAt(merchant.id, '/funding'), other);
    expect(first.request.id).not.toBe(second.request.id);
    const page = await finance.gets(`${REQUESTS}?limit=1`);
    expect(page).toMatchObject({ items: [{ id: second.request.id }], nextCursor: second.request.id });
    const rest = await finance.gets(`${REQUESTS}?limit=1&cursor=${page.nextCursor}`);
    expect(rest).toMatchObject({ items: [{ id: first.request.id }], nextCursor: null });

    expect(await finance.does('POST', `${REQUESTS}/${first.request.id}/reject`)).toMatchObject({ state: 'rejected' });
    expect((await newest(finance)).command).toBe(`wallet reject ${first.request.id}`);
    expect((await finance.gets(merchantAt(merchant.id, '/wallet'))).available).toBe('0.00');
    await expectBad(finance, 'GET', `${REQUESTS}?state=old`);
  });

  test('is not approved by someone who was let in today by the person who asks', async () => {
    const merchant = await world().merchant({ funds: 0 });
    await setsLimit('100');
    const owner = await signedIn('owner');
    const invitation = { email: 'straw@example.com', name: 'Straw', role: 'finance' };
    const { link } = await owner.does('POST', '/operator/v1/staff', invitation);
    const straw = stranger();
    const token = link.split('#')[1];
    await straw.does('POST', '/operator/v1/links/use', { token, password: 'correct horse battery' });
    const credit = { direction: 'credit', amount: '900', reference: 'invoice-7', reason: 'an invoice' };
    const { request } = await owner.does('POST', merchantAt(merchant.id, '/funding'), credit);
    expect(await straw.isRefused('POST', `${REQUESTS}/${request.id}/approve`)).toBe('REFUSED');
    await world().passes('24h');
    expect(await straw.does('POST', `${REQUESTS}/${request.id}/approve`)).toMatchObject({ state: 'approved' });
  });

  test('that is a debit which the wallet does not cover goes on waiting', async () => {
    const merchant = await world().merchant({ funds: 5 });
    await setsLimit('10');
    const [ann, bob] = [await signedIn('finance'), await signedIn('owner')];
    const debit = { direction: 'debit', amount: '20', reference: 'payout-9', reason: 'a payout' };
    const { request } = await ann.does('POST', merchantAt(merchant.id, '/funding'), debit);
    expect(await bob.isRefused('POST', `${REQUESTS}/${request.id}/approve`)).toBe('REFUSED');
    expect((await bob.gets(REQUESTS)).items).toMatchObject([{ id: request.id, state: 'waiting' }]);
  });
});

describe('the limit of dual control', () => {
  test('is lowered at once by an owner, and raised or lifted when a second person approves', async () => {
    const owner = await signedIn('owner');
    expect(await owner.gets(DUAL_CONTROL)).toEqual({ above: null });
    expect(await setsLimit('500')).toEqual({ above: '500.00', request: null });
    expect((await newest(owner)).command).toBe('wallet dual-control --above 500 --reason "our rule"');
    const lifted = await owner.does('PUT', DUAL_CONTROL, { above: null, reason: 'no longer needed' });
    expect(lifted).toMatchObject({ above: '500.00', request: { kind: 'limit', amount: null, merchant: null } });
    expect(await owner.isRefused('POST', `${REQUESTS}/${lifted.request.id}/approve`)).toBe('REFUSED');
    const finance = await signedIn('finance');
    expect(await finance.does('POST', `${REQUESTS}/${lifted.request.id}/approve`)).toMatchObject({ state: 'approved' });
    expect((await newest(finance)).changes).toContainEqual({
      of: 'dual-control',
      field: 'above_mills',
      before: '500000',
      after: null,
    });
    expect(await owner.gets(DUAL_CONTROL)).toEqual({ above: null });
  });

  test('is an amount with a reason', async () => {
    const owner = await signedIn('owner');
    for (const body of [{ above: '0', reason: 'x' }, { above: '5' }, { above: 5, reason: 'x' }, { reason: 'x' }]) {
      await expectBad(owner, 'PUT', DUAL_CONTROL, body);
    }
  });
});
