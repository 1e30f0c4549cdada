import { describe, expect, test } from 'vitest';
import { approvalOf, buysOne, purchasesOf } from '../support/approvals.ts';
import type { CallbackAnswer } from '../support/receiver.ts';
import { useOwnWorld } from '../support/world.ts';

/** The question before a purchase gets no answer that can be understood, or none at all. */

const world = useOwnWorld({ APPROVAL_TIMEOUT_MS: '900' });

describe('I give no answer', () => {
  test.each<[string, CallbackAnswer, string]>([
    ['408', 408, 'answered 408'],
    ['429', 429, 'answered 429'],
    ['500', 500, 'answered 500'],
    ['503', 503, 'answered 503'],
    ['a redirect', { redirectTo: 'http://127.0.0.1:9/elsewhere' }, 'answered 307'],
    ['a page that is no JSON', { status: 202, body: '<p>fine</p>' }, 'neither JSON nor a word that approves'],
    ['too long to be read', { status: 200, body: ' '.repeat(70_000) }, 'the answer is too long to be read'],
    ['silence', 'nothing', 'timeout'],
  ])('%s: I am asked three times, each under an id of its own, then it counts as a no', async (_how, answer, cause) => {
    const merchant = await world().merchant();
    const before = await merchant.balance();
    merchant.says(answer);
    const { body } = await merchant.asksToBuy([world().testListing('never-ships')]);
    const tradeId: string = body.data.id;
    for (let asked = 1; asked <= 3; asked++) {
      await world().until(() => merchant.questionsAbout(tradeId).length === asked, `question ${asked}`);
      await world().until(async () => (await approvalOf(world(), tradeId)).failures === asked, `failure ${asked}`);
      expect(await purchasesOf(world(), tradeId)).toEqual([]);
      await world().passes('6s');
    }
    expect(await merchant.trade(tradeId)).toMatchObject({ status: 'failed', error: 'APPROVAL_TIMEOUT' });
    expect(await merchant.balance()).toEqual(before);
    const approval = await approvalOf(world(), tradeId);
    expect(approval).toMatchObject({ state: 'timed_out', attempts: 3, failures: 3 });
    expect(approval.reason).toContain(cause);
    await world().passes('2h');
    const questions = merchant.questionsAbout(tradeId);
    expect(questions).toHaveLength(3);
    expect(new Set(questions.map((question) => question.callbackId)).size).toBe(3);
    expect(new Set(questions.map((question) => question.raw)).size).toBe(1);
    expect(merchant.callbacksOf(tradeId).map((callback) => callback.trade.status)).toEqual(['failed']);
  });

  test('twice, and then approve: it is bought', async () => {
    const merchant = await world().merchant();
    merchant.says((_question, nth) => (nth < 3 ? 503 : 200));
    const trade = await buysOne(world(), merchant);
    await world().passes('3s');
    await world().passes('6s');
    expect((await merchant.trade(trade.id)).status).toBe('pending');
    expect(await approvalOf(world(), trade.id)).toMatchObject({ state: 'approved', attempts: 3, failures: 2 });
  });

  test('and say how long to wait: I am not asked before', async () => {
    const merchant = await world().merchant();
    merchant.says((_question, nth) => (nth > 1 ? 200 : { status: 503, body: '', headers: { 'retry-after': '20' } }));
    const trade = await buysOne(world(), merchant);
    await world().passes('15s');
    expect(merchant.questionsAbout(trade.id)).toHaveLength(1);
    await world().passes('6s');
    expect((await merchant.trade(trade.id)).status).toBe('pending');
  });

  test('each attempt is kept with what was seen', async () => {
    const merchant = await world().merchant();
    merchant.says((_question, nth) => (nth > 1 ? 200 : { status: 500, body: 'out of order' }));
    const trade = await buysOne(world(), merchant);
    await world().passes('3s');
    const { db } = world().gateway.deps;
    const attempts = await db
      .selectFrom('approval_attempt')
      .select(['number', 'message_id', 'status', 'failure', 'response'])
      .where('trade_id', '=', trade.id)
      .orderBy('number')
      .execute();
    const [first, second] = merchant.questionsAbout(trade.id).map((question) => question.callbackId);
    expect(attempts).toEqual([
      { number: 1, message_id: first, status: 500, failure: 'answered 500', response: 'out of order' },
      { number: 2, message_id: second, status: 200, failure: null, response: '' },
    ]);
  });
});

test('my answer is lost with the process that asked: I am asked again, and not held to have been silent', async () => {
  const merchant = await world().merchant();
  merchant.says('nothing');
  const { body } = await merchant.asksToBuy([world().testListing('never-ships')]);
  const tradeId: string = body.data.id;
  const { db } = world().gateway.deps;
  await world().until(() => merchant.questionsAbout(tradeId).length === 1, 'the question');
  // As a process leaves it that dies while it waits for the answer: asked, leased, and nobody there.
  const claimed = db.updateTable('approval').set({ attempts: 2, due_at: new Date(world().now.getTime() + 15_000) });
  await claimed.where('trade_id', '=', tradeId).execute();
  merchant.says(200);
  await world().passes('20s');
  expect(await approvalOf(world(), tradeId)).toEqual({ state: 'approved', attempts: 3, failures: 0, reason: null });
  const ids = merchant.questionsAbout(tradeId).map((question) => question.callbackId);
  expect(new Set(ids).size).toBe(2);
});
