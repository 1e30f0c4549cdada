import { describe, expect, test } from 'vitest';
import { decide } from '../../src/approvals/decide.ts';
import { requestApproval } from '../../src/approvals/request.ts';
import { CollectedOutput, type CommandResult } from '../../src/cli/output.ts';
import { runInGateway } from '../../src/cli/program.ts';
import { inTransaction } from '../../src/db/transaction.ts';
import { verify } from '../../webhooks/index.js';
import { approvalOf, buysOne, purchasesOf } from '../support/approvals.ts';
import type { Merchant } from '../support/merchant.ts';
import type { CallbackAnswer } from '../support/receiver.ts';
import { useOwnWorld } from '../support/world.ts';

/** Before anything is bought, the merchant is asked. */

const world = useOwnWorld({ APPROVAL_TIMEOUT_MS: '900' });

const json = (body: unknown, status = 200): CallbackAnswer => ({ status, body: JSON.stringify(body) });

describe('I am asked', () => {
  test('once, with the trade as it waits, signed; and nothing is bought before I answer', async () => {
    const merchant = await world().merchant();
    let purchasesBefore = -1;
    merchant.says('nothing');
    const { body } = await merchant.asksToBuy([world().testListing('never-ships')]);
    const tradeId: string = body.data.id;
    await world().until(() => merchant.questionsAbout(tradeId).length === 1, 'the question');
    purchasesBefore = (await purchasesOf(world(), tradeId)).length;
    merchant.says(200);
    await world().passes('30s');

    expect(purchasesBefore).toBe(0);
    const [question] = merchant.questionsAbout(tradeId);
    expect(question?.trade).toEqual(body.data);
    const [header = '', raw = ''] = [question?.signature, question?.raw];
    const verdict = verify({ secret: merchant.apiSecret, header, body: raw });
    expect(verdict).toMatchObject({ ok: true, id: question?.callbackId, kind: 'approval' });
    expect((await merchant.trade(tradeId)).status).toBe('pending');
  });

  test('and not told: what comes after my yes begins with pending', async () => {
    const merchant = await world().merchant();
    const trade = await buysOne(world(), merchant, 'ships-at-once');
    expect(merchant.questionsAbout(trade.id)).toHaveLength(1);
    expect(merchant.callbacksOf(trade.id)[0]?.trade.status).toBe('pending');
    expect(await approvalOf(world(), trade.id)).toEqual({ state: 'approved', attempts: 1, failures: 0, reason: null });
  });
});

describe('I approve', () => {
  test.each<[string, CallbackAnswer]>([
    ['with an empty 200', 200],
    ['with 204', 204],
    ['with 202 and a word', { status: 202, body: 'ok' }],
    ['with {"action":"approve"}', json({ action: 'approve' })],
    ['with JSON that says nothing of it', json({ ok: true })],
    ['with JSON that is no object', json(null)],
  ])('%s', async (_how, answer) => {
    const merchant = await world().merchant();
    merchant.says(answer);
    const trade = await buysOne(world(), merchant);
    expect((await merchant.trade(trade.id)).status).toBe('pending');
    expect(merchant.questionsAbout(trade.id)).toHaveLength(1);
    expect(await purchasesOf(world(), trade.id)).toEqual([{ state: 'done' }]);
  });
});

describe('I reject', () => {
  test.each<[string, CallbackAnswer, string]>([
    ['with a reason', json({ action: 'reject', reason: 'this user is blocked' }), 'this user is blocked'],
    ['with a reason that cannot be stored as it is', json({ action: 'reject', reason: 'no\0\ud800' }), 'no \ufffd'],
    ['without one', json({ action: 'reject' }), ''],
    ['by denying it', json({ action: 'DENY' }), ''],
    ['with 400', 400, 'answered 400'],
    ['with 401', 401, 'answered 401'],
    ['with 403 and a reason', json({ action: 'reject', reason: 'no' }, 403), 'no'],
    ['with 404', 404, 'answered 404'],
    ['with 422 and a page', { status: 422, body: '<p>no</p>' }, 'answered 422'],
  ])('%s: nothing is bought, and my money is back at once', async (_how, answer, reason) => {
    const merchant = await world().merchant();
    const before = await merchant.balance();
    merchant.says(answer);
    const trade = await buysOne(world(), merchant);
    expect(await merchant.trade(trade.id)).toMatchObject({ status: 'failed', error: 'MERCHANT_REJECTED' });
    expect((await merchant.trade(trade.id)).items[0]).not.toHaveProperty('error');
    expect(await merchant.balance()).toEqual(before);
    expect(await purchasesOf(world(), trade.id)).toEqual([]);
    expect(await approvalOf(world(), trade.id)).toEqual({ state: 'rejected', attempts: 1, failures: 0, reason });
    expect(merchant.callbacksOf(trade.id).map((callback) => callback.trade.status)).toEqual(['failed']);
  });

  test('a trade of several items is rejected whole', async () => {
    const merchant = await world().merchant();
    merchant.says(json({ action: 'reject' }));
    const trade = await merchant.buys([world().testListing('never-ships'), world().testListing('ships-at-once')]);
    const { items } = await merchant.trade(trade.id);
    expect(items.map((item) => item.status)).toEqual(['failed', 'failed']);
    expect(merchant.callbacksOf(trade.id)).toHaveLength(1);
  });
});

test('the first answer counts: a late one to an earlier question changes nothing', async () => {
  const merchant = await world().merchant();
  const trade = await buysOne(world(), merchant);
  const before = await merchant.trade(trade.id);
  const ref = { merchantId: merchant.id, tradeId: trade.id };
  const { deps } = world().gateway;
  await inTransaction(deps, (trx) => decide(deps, trx, ref, { state: 'rejected', reason: 'late' }));
  await inTransaction(deps, (trx) => decide(deps, trx, ref, { state: 'approved' }));
  expect(await merchant.trade(trade.id)).toEqual(before);
  expect(await purchasesOf(world(), trade.id)).toHaveLength(1);
  expect((await approvalOf(world(), trade.id)).state).toBe('approved');
});

test('a node that was held up asks nothing about a trade that others have decided meanwhile', async () => {
  const merchant = await world().merchant();
  const trade = await buysOne(world(), merchant);
  const { deps } = world().gateway;
  const approval = await deps.db
    .selectFrom('approval')
    .selectAll()
    .where('trade_id', '=', trade.id)
    .executeTakeFirstOrThrow();
  const leasedUntil = new Date(world().now.getTime() + 15_000);
  await requestApproval(deps, { ...approval, state: 'asking', due_at: leasedUntil });
  expect(merchant.questionsAbout(trade.id)).toHaveLength(1);
  expect(merchant.attemptsAt(trade.id).map((attempt) => attempt.trade.status)).toEqual(['pending']);
});

describe('my approval is strict', () => {
  const show = async (merchant: Merchant) => (await merchant.call('GET', '/v1/callbacks/url')).body.data;

  async function operator(...args: string[]): Promise<CommandResult> {
    const output = new CollectedOutput();
    const { deps } = world().gateway;
    return output.with(await runInGateway(args, async () => ({ deps, applied: [] }), output));
  }

  test('when I say so with my URL: an empty 200 buys nothing, and {"action":"approve"} does', async () => {
    const merchant = await world().merchant();
    const url = world().receiver.urlOf(merchant.name);
    expect(await show(merchant)).toEqual({ url, enabled: true });
    const strict = await merchant.call('PUT', '/v1/callbacks/url', { body: { url, strictApproval: true } });
    expect(strict.body.data).toEqual({ url, enabled: true, strictApproval: true });
    const empty = { status: 200, headers: { 'retry-after': '20' } };
    merchant.says((_question, nth) => (nth === 1 ? empty : json({ action: 'approve' })));
    const trade = await buysOne(world(), merchant);
    expect(await purchasesOf(world(), trade.id)).toEqual([]);
    expect(await approvalOf(world(), trade.id)).toMatchObject({ state: 'asking', failures: 1 });
    expect((await approvalOf(world(), trade.id)).reason).toContain('strict approval asks for');
    await world().passes('21s');
    expect(await approvalOf(world(), trade.id)).toMatchObject({ state: 'approved', attempts: 2 });
    expect(await purchasesOf(world(), trade.id)).toEqual([{ state: 'done' }]);
  });

  test('until I say otherwise: a URL that is set without a word about it changes nothing', async () => {
    const merchant = await world().merchant();
    const url = world().receiver.urlOf(merchant.name);
    await merchant.call('PUT', '/v1/callbacks/url', { body: { url, strictApproval: true } });
    await merchant.call('PUT', '/v1/callbacks/url', { body: { url } });
    expect(await show(merchant)).toMatchObject({ strictApproval: true });
    await merchant.call('PUT', '/v1/callbacks/url', { body: { url, strictApproval: false } });
    expect(await show(merchant)).toEqual({ url, enabled: true });
  });

  test('when the operator sets it', async () => {
    const merchant = await world().merchant();
    const strict = await operator('merchant', 'approval', merchant.id, 'strict');
    expect(strict).toMatchObject({ exitCode: 0, stderr: '' });
    expect(strict.stdout).toMatch(/^approval +strict: only \{"action":"approve"\}$/m);
    merchant.says({ status: 204, headers: { 'retry-after': '20' } });
    const trade = await buysOne(world(), merchant);
    expect(await approvalOf(world(), trade.id)).toMatchObject({ state: 'asking', failures: 1 });
    expect((await operator('merchant', 'approval', merchant.id, 'lenient')).stdout).not.toContain('strict');
    await world().passes('21s');
    expect(await approvalOf(world(), trade.id)).toMatchObject({ state: 'approved' });
    expect(await operator('merchant', 'approval', merchant.id, 'perhaps')).toMatchObject({
      exitCode: 1,
      stderr: 'skinrail: unknown approval mode perhaps; valid modes are strict, lenient\n',
    });
  });
});
