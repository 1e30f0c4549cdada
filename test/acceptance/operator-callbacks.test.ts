import { describe, expect, test } from 'vitest';
import { saveCallbackUrl, switchOff } from '../../src/callbacks/endpoint.ts';
import { inTransaction } from '../../src/db/transaction.ts';
import { rotateSecret } from '../../src/merchants/rotate-secret.ts';
import { newestCommands } from '../../src/operators/commands.ts';
import { sign } from '../../webhooks/index.js';
import type { Merchant } from '../support/merchant.ts';
import { usePeople } from '../support/visitor.ts';
import { useWorld } from '../support/world.ts';

/** Staff and members see what a merchant was told, have it sent again, and find out why its server does not take it. */

const world = useWorld();
const { signedIn } = usePeople(world);

const CALLBACKS = '/operator/v1/callbacks';
const NOBODY = '01990c4e-6b3a-7c55-9f0e-2f6d1c8a7b10';
const of = (merchant: Pick<Merchant, 'id'>) => `/operator/v1/merchants/${merchant.id}/callbacks`;

/** A merchant with a trade of which one callback tells. */
async function merchantWithCallback() {
  const merchant = await world().merchant();
  const trade = await merchant.buys([world().testListing('never-ships')]);
  return { merchant, trade };
}

/** As after ten attempts that nobody took. */
async function givesUp(merchant: Merchant): Promise<void> {
  await world()
    .gateway.deps.db.updateTable('callback')
    .set({ state: 'failed', due_at: null, attempts: 10 })
    .where('merchant_id', '=', merchant.id)
    .execute();
}

async function isOff(merchant: Merchant): Promise<void> {
  const { deps } = world().gateway;
  await inTransaction(deps, (trx) => switchOff(deps, trx, merchant.id, 'by an operator'));
}

async function newestCommandOf(operator: string) {
  const [command] = await newestCommands(world().gateway.deps, { operator, limit: 1 });
  return command;
}

describe('the list of callbacks', () => {
  test('shows staff what any merchant was told, newest first, page by page', async () => {
    const { merchant, trade } = await merchantWithCallback();
    const other = await merchantWithCallback();
    const support = await signedIn('support');
    const mine = await support.gets(`${CALLBACKS}?merchantId=${merchant.id}`);
    expect(mine.nextCursor).toBeNull();
    expect(mine.items[0]).toEqual({
      id: expect.any(String),
      merchant: { id: merchant.id, name: merchant.name },
      tradeId: trade.id,
      number: expect.any(Number),
      state: 'delivered',
      attempts: 1,
      createdAt: expect.stringMatching(/^20\S+Z$/),
      deliveredAt: expect.stringMatching(/^20\S+Z$/),
      dueAt: null,
      lastStatus: 200,
      lastFailure: null,
    });
    const newest = await support.gets(`${CALLBACKS}?limit=1`);
    expect(newest.items).toMatchObject([{ merchant: { id: other.merchant.id } }]);
    const seen = [];
    for (let cursor = newest.nextCursor; cursor !== null && seen.at(-1)?.tradeId !== trade.id; ) {
      const page = await support.gets(`${CALLBACKS}?limit=1&cursor=${cursor}`);
      seen.push(...page.items);
      cursor = page.nextCursor;
    }
    const times = [...newest.items, ...seen].map(({ createdAt }) => createdAt);
    expect(times).toEqual(times.toSorted().toReversed());
    expect(seen.at(-1)).toEqual(mine.items[0]);
  });

  test('shows a member the own ones only, whatever the query names', async () => {
    const { merchant, trade } = await merchantWithCallback();
    const other = await merchantWithCallback();
    const viewer = await signedIn('viewer', merchant.id);
    for (const query of ['', `?merchantId=${other.merchant.id}`, `?tradeId=${trade.id}`]) {
      const { items } = await viewer.gets(`${CALLBACKS}${query}`);
      expect(new Set(items.map((each: { merchant: { id: string } }) => each.merchant.id)), query).toEqual(
        new Set([merchant.id]),
      );
    }
    expect(await viewer.isRefused('GET', `${CALLBACKS}?tradeId=${other.trade.id}`)).toBe('TRADE_NOT_FOUND');
    const support = await signedIn('support');
    expect(await support.isRefused('GET', `${CALLBACKS}?tradeId=${NOBODY}`)).toBe('TRADE_NOT_FOUND');
  });

  test('can be narrowed to a state, a trade and a time', async () => {
    const { merchant } = await merchantWithCallback();
    await givesUp(merchant);
    const later = await merchant.buys([world().testListing('never-ships', 2)]);
    const support = await signedIn('support');
    const list = async (query: string) => (await support.gets(`${CALLBACKS}?merchantId=${merchant.id}&${query}`)).items;
    const failed = await list('state=failed');
    expect(failed).toMatchObject([{ state: 'failed', attempts: 10 }]);
    const ofLater = await list(`tradeId=${later.id}`);
    expect(ofLater).toMatchObject([{ tradeId: later.id, state: 'delivered' }]);
    const { createdAt } = ofLater[0];
    expect(await list(`from=${createdAt}`)).toEqual(ofLater);
    expect(await list(`to=${createdAt}`)).toEqual(failed);
    const all = (await support.gets(`${CALLBACKS}?state=failed&limit=100`)).items;
    expect(all).toContainEqual(failed[0]);
  });

  test.each([
    ['state=lost', 'state'],
    ['from=yesterday', 'from'],
    ['from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z', 'to'],
    ['cursor=nonsense', 'cursor'],
    ['merchantId=shop', 'merchantId'],
    ['limit=0', 'limit'],
  ])('says what is wrong with %s', async (query, field) => {
    const support = await signedIn('support');
    const { status, body } = await support.call('GET', `${CALLBACKS}?${query}`);
    expect(status).toBe(400);
    expect(body.error).toMatchObject({ key: 'VALIDATION_FAILED', fields: { [field]: expect.any(String) } });
  });
});

describe('one callback', () => {
  test('is shown with its body and every attempt, to staff and to members of its merchant only', async () => {
    const { merchant, trade } = await merchantWithCallback();
    const other = await world().merchant();
    const viewer = await signedIn('viewer', merchant.id);
    const [{ id }] = (await viewer.gets(CALLBACKS)).items;
    const shown = await viewer.gets(`${CALLBACKS}/${id}`);
    expect(shown).toMatchObject({
      id,
      merchantId: merchant.id,
      tradeId: trade.id,
      body: merchant.attemptsAt(trade.id).at(-1)?.raw,
      attemptDetails: [{ number: 1, status: 200, failure: null }],
    });
    expect(await (await signedIn('auditor')).gets(`${CALLBACKS}/${id}`)).toEqual(shown);
    const stranger = await signedIn('admin', other.id);
    expect(await stranger.isRefused('GET', `${CALLBACKS}/${id}`)).toBe('CALLBACK_NOT_FOUND');
    expect(await stranger.isRefused('POST', `${CALLBACKS}/${id}/replay`)).toBe('CALLBACK_NOT_FOUND');
    expect(await stranger.isRefused('GET', `${CALLBACKS}/order-1`)).toBe('VALIDATION_FAILED');
  });

  test('is sent again by a developer of its merchant, and the trail has what that changed', async () => {
    const { merchant, trade } = await merchantWithCallback();
    await givesUp(merchant);
    const developer = await signedIn('developer', merchant.id);
    const [{ id }] = (await developer.gets(CALLBACKS)).items;
    await isOff(merchant);
    expect(await developer.does('POST', `${CALLBACKS}/${id}/replay`)).toMatchObject({
      id,
      state: 'pending',
      dueAt: null,
    });
    expect(await newestCommandOf(`member:${developer.person.email}`)).toMatchObject({
      command: `callback replay ${id}`,
      outcome: 'done',
      changes: [{ of: `callback ${id}`, field: 'state', before: 'failed', after: 'pending' }],
    });
    await developer.does('POST', `${of(merchant)}/enable`);
    await world().settles();
    expect(merchant.takesOf(trade.id).filter(({ callbackId }) => callbackId === id)).toHaveLength(2);
  });

  test('is not sent again by those who may only read', async () => {
    const { merchant } = await merchantWithCallback();
    for (const person of [await signedIn('viewer', merchant.id), await signedIn('finance')]) {
      const [{ id }] = (await person.gets(`${CALLBACKS}?merchantId=${merchant.id}`)).items;
      expect(await person.isRefused('POST', `${CALLBACKS}/${id}/replay`)).toBe('PERMISSION_DENIED');
    }
    expect(await (await signedIn('support')).isRefused('POST', `${CALLBACKS}/${NOBODY}/replay`)).toBe(
      'CALLBACK_NOT_FOUND',
    );
  });
});

describe('the failed callbacks of a time', () => {
  test('are all sent again, which the trail names', async () => {
    const { merchant, trade } = await merchantWithCallback();
    await givesUp(merchant);
    const support = await signedIn('support');
    const [from, to] = ['2026-01-01T00:00:00Z', '2099-01-01T00:00:00Z'];
    const tooEarly = await support.does('POST', `${of(merchant)}/replay`, { from: '2000-01-01T00:00:00Z', to: from });
    expect(tooEarly).toEqual({ replayed: 0, hasMore: false });
    expect(await support.does('POST', `${of(merchant)}/replay`, { from, to })).toEqual({ replayed: 1, hasMore: false });
    await world().settles();
    expect(merchant.takesOf(trade.id)).toHaveLength(2);
    expect(await newestCommandOf(`staff:${support.person.email}`)).toMatchObject({
      command: `callback replay-failed --merchant ${merchant.id} --from ${from} --to ${to}`,
      outcome: 'done',
    });
  });

  test('need a time, a merchant that exists, the own merchant, and more than a viewer', async () => {
    const merchant = await world().merchant();
    const other = await world().merchant();
    const from = '2026-01-01T00:00:00Z';
    const support = await signedIn('support');
    expect(await support.isRefused('POST', `${of(merchant)}/replay`, {})).toBe('VALIDATION_FAILED');
    expect(await support.isRefused('POST', `${of(merchant)}/replay`, { from, to: from })).toBe('VALIDATION_FAILED');
    expect(await support.isRefused('POST', `${of({ id: NOBODY })}/replay`, { from })).toBe('NOT_FOUND');
    const admin = await signedIn('admin', other.id);
    expect(await admin.isRefused('POST', `${of(merchant)}/replay`, { from })).toBe('PERMISSION_DENIED');
    const viewer = await signedIn('viewer', merchant.id);
    expect(await viewer.isRefused('POST', `${of(merchant)}/replay`, { from })).toBe('PERMISSION_DENIED');
  });
});

describe('a signed test of a merchant’s server', () => {
  test('says how it answered, and what to do', async () => {
    const merchant = await world().merchant();
    await saveCallbackUrl(world().gateway.deps, merchant.id, `${world().baseUrl}/healthz-nowhere`);
    const developer = await signedIn('developer', merchant.id);
    expect(await developer.does('POST', `${of(merchant)}/test`)).toEqual({
      url: `${world().baseUrl}/healthz-nowhere`,
      taken: false,
      status: expect.any(Number),
      failure: expect.any(String),
      durationMs: expect.any(Number),
      refusesForgeries: null,
      advice: expect.any(String),
    });
  });

  test('needs a URL, a merchant that exists, the own merchant, and more than a viewer', async () => {
    const merchant = await world().merchant();
    const other = await world().merchant();
    await world()
      .gateway.deps.db.updateTable('merchant')
      .set({ callback_url: null })
      .where('id', '=', merchant.id)
      .execute();
    const support = await signedIn('support');
    expect(await support.isRefused('POST', `${of(merchant)}/test`)).toBe('MERCHANT_NO_CALLBACK_URL');
    expect(await support.isRefused('POST', `${of({ id: NOBODY })}/test`)).toBe('NOT_FOUND');
    expect(await (await signedIn('admin', other.id)).isRefused('POST', `${of(merchant)}/test`)).toBe(
      'PERMISSION_DENIED',
    );
    expect(await (await signedIn('viewer', merchant.id)).isRefused('POST', `${of(merchant)}/test`)).toBe(
      'PERMISSION_DENIED',
    );
  });
});

describe('callbacks that were switched off', () => {
  test('are switched on again by those who integrate, and the trail has what that changed', async () => {
    const { merchant } = await merchantWithCallback();
    await isOff(merchant);
    const admin = await signedIn('admin', merchant.id);
    expect(await admin.does('POST', `${of(merchant)}/enable`)).toEqual({
      url: world().receiver.urlOf(merchant.name),
      isOn: true,
      disabledAt: null,
      disabledReason: null,
    });
    const command = await newestCommandOf(`member:${admin.person.email}`);
    expect(command).toMatchObject({ command: `merchant callbacks-on ${merchant.id}`, outcome: 'done' });
    expect(command?.changes).toContainEqual({
      of: `merchant ${merchant.id}`,
      field: 'callback_disabled_reason',
      before: 'by an operator',
      after: null,
    });
  });

  test('stay off for support, another merchant’s admin, and a merchant that does not exist', async () => {
    const merchant = await world().merchant();
    const other = await world().merchant();
    expect(await (await signedIn('support')).isRefused('POST', `${of(merchant)}/enable`)).toBe('PERMISSION_DENIED');
    expect(await (await signedIn('admin', other.id)).isRefused('POST', `${of(merchant)}/enable`)).toBe(
      'PERMISSION_DENIED',
    );
    const operations = await signedIn('operations');
    expect(await operations.isRefused('POST', `${of({ id: NOBODY })}/enable`)).toBe('NOT_FOUND');
    expect(await operations.isRefused('POST', `${of({ id: 'shop' })}/enable`)).toBe('VALIDATION_FAILED');
  });
});

describe('a signature', () => {
  const body = '{"trade":{"id":"1","status":"hold"}}';
  const id = NOBODY;

  async function explained(merchant: Merchant, header: string, over = body) {
    const viewer = await signedIn('viewer', merchant.id);
    return viewer.does('POST', `${of(merchant)}/verify-signature`, { header, body: over });
  }

  test('of a callback that my server got is right', async () => {
    const { merchant, trade } = await merchantWithCallback();
    const attempt = merchant.attemptsAt(trade.id).at(-1);
    expect(await explained(merchant, attempt?.signature ?? '', attempt?.raw)).toEqual({
      isRight: true,
      secret: 'current',
      problem: null,
      explanation: expect.stringContaining('right'),
    });
  });

  test('is told apart by what is wrong with it', async () => {
    const merchant = await world().merchant();
    const secret = merchant.apiSecret;
    const good = sign({ secret, id, body });
    const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);
    const found = async (header: string, over?: string) => {
      const { isRight, problem } = await explained(merchant, header, over);
      return { isRight, problem };
    };
    expect(await found('')).toEqual({ isRight: false, problem: 'missing_header' });
    expect(await found(`x-assetpay-signature: ${good}`)).toEqual({ isRight: false, problem: 'malformed_header' });
    expect(await found(good.replace(/t=[^,]+/, 't=1960-01-01T00:00:00Z'))).toMatchObject({ isRight: false });
    expect(await found(sign({ secret: 'another', id, body }))).toEqual({ isRight: false, problem: 'wrong_signature' });
    expect(await found(good, body.replace('hold', 'failed'))).toEqual({ isRight: false, problem: 'wrong_signature' });
    expect(await found(good, JSON.stringify(JSON.parse(body), null, 2))).toEqual({
      isRight: false,
      problem: 'body_changed',
    });
    expect(await found(good, `${body}\n`)).toEqual({ isRight: false, problem: 'body_changed' });
    expect(await found(sign({ secret, id, body, time: minutesAgo(10) }))).toEqual({
      isRight: true,
      problem: 'too_old',
    });
    expect(await found(sign({ secret, id, body, time: minutesAgo(-10) }))).toEqual({
      isRight: true,
      problem: 'too_far_ahead',
    });
    expect(await found(sign({ secret: 'another', id, body, time: minutesAgo(10) }))).toEqual({
      isRight: false,
      problem: 'wrong_signature',
    });
    expect(await found(sign({ secret, id, body: 'no json' }), 'no json')).toEqual({
      isRight: true,
      problem: 'body_not_json',
    });
  });

  test('with the previous secret is right while the secret rotates, and no answer has a secret', async () => {
    const merchant = await world().merchant();
    const { apiSecret } = await rotateSecret(world().gateway.deps, merchant.id, 60_000);
    const before = await explained(merchant, sign({ secret: merchant.apiSecret, id, body }));
    expect(before).toMatchObject({ isRight: true, secret: 'previous', problem: null });
    const now = await explained(merchant, sign({ secret: apiSecret, id, body }));
    expect(now).toMatchObject({ isRight: true, secret: 'current', problem: null });
    expect(JSON.stringify([before, now])).not.toContain(apiSecret);
  });

  test('is checked for the own merchant only, with a header and a body, and needs a secret', async () => {
    const merchant = await world().merchant();
    const other = await world().merchant();
    const path = `${of(merchant)}/verify-signature`;
    const admin = await signedIn('admin', other.id);
    expect(await admin.isRefused('POST', path, { header: '', body })).toBe('PERMISSION_DENIED');
    const auditor = await signedIn('auditor');
    expect(await auditor.isRefused('POST', path, { body })).toBe('VALIDATION_FAILED');
    expect(await auditor.isRefused('POST', path, { header: '', body, secret: 'x' })).toBe('VALIDATION_FAILED');
    const nowhere = `${of({ id: NOBODY })}/verify-signature`;
    expect(await auditor.isRefused('POST', nowhere, { header: '', body })).toBe('NOT_FOUND');
    await world()
      .gateway.deps.db.updateTable('merchant')
      .set({ api_secret_sealed: null })
      .where('id', '=', merchant.id)
      .execute();
    expect(await auditor.isRefused('POST', path, { header: '', body })).toBe('MERCHANT_NO_API_SECRET');
  });
});
