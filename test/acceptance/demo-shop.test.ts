import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SIGNATURE_HEADER, sign } from 'skinrail/webhooks';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { startMarketplace } from '../../sandbox/marketplace/server.ts';
import { shop } from '../../sandbox/shop.ts';
import { useWorld } from '../support/world.ts';

/** The demo shop takes callbacks as a good receiver does, and answers questions as it was told to. */

const world = useWorld();
const secret = 'the demo shop’s own';

/** Signs and posts as the gateway does; each time under an id of its own, unless one is given. */
async function post(url: string, payload: unknown, id: string = randomUUID()) {
  const body = JSON.stringify(payload);
  const headers = { 'content-type': 'application/json', [SIGNATURE_HEADER]: sign({ secret, id, body }) };
  const answer = await fetch(`${url}/shop/callbacks`, { method: 'POST', headers, body });
  return { status: answer.status, body: await answer.json() };
}

function question(tradeId: string, status = 'initiated') {
  return { trade: { id: tradeId, type: 'withdraw', status, items: [{ id: 'item-1', status }] } };
}

async function tell(url: string, path: string, body: string): Promise<number> {
  const headers = { 'content-type': 'application/json' };
  return (await fetch(`${url}${path}`, { method: 'PUT', headers, body })).status;
}

describe('in the sandbox I choose what the demo shop answers:', () => {
  const url = () => world().gateway.sandbox?.marketplaceUrl ?? '';
  const choose = (approvals: string) => world().call('POST', '/sandbox/shop', { body: { approvals } });

  beforeEach(async () => {
    await tell(url(), '/shop/secret', secret);
    await choose('approve');
  });

  test('it approves unless I say otherwise, and shows me what it was asked', async () => {
    const tradeId = randomUUID();
    expect(await post(url(), question(tradeId))).toEqual({ status: 200, body: { action: 'approve' } });
    const { data } = (await world().call('GET', '/sandbox/shop')).body;
    expect(data.approvals).toBe('approve');
    expect(data.questions[0]).toMatchObject({ tradeId, answer: 'approve', times: 1, trade: { status: 'initiated' } });
  });

  test('it rejects, with a reason', async () => {
    const { status, body } = await choose('reject');
    expect([status, body.data.approvals]).toEqual([200, 'reject']);
    const answer = { status: 200, body: { action: 'reject', reason: 'The demo shop is set to reject.' } };
    expect(await post(url(), question(randomUUID()))).toEqual(answer);
  });

  test('it stays silent, and still takes news', async () => {
    await choose('silent');
    const tradeId = randomUUID();
    expect((await post(url(), question(tradeId))).status).toBe(503);
    expect((await post(url(), question(tradeId, 'pending'))).status).toBe(200);
    const { data } = (await world().call('GET', '/sandbox/shop')).body;
    expect(data.questions[0]).toMatchObject({ tradeId, answer: null });
  });

  test('a question that comes again has the answer it had, whatever I chose since', async () => {
    const [decided, undecided] = [randomUUID(), randomUUID()];
    await post(url(), question(decided));
    await choose('silent');
    await post(url(), question(undecided));
    await choose('reject');
    expect((await post(url(), question(decided))).body).toEqual({ action: 'approve' });
    expect((await post(url(), question(undecided))).body).toMatchObject({ action: 'reject' });
    const { questions } = (await world().call('GET', '/sandbox/shop')).body.data;
    expect(questions.slice(0, 2)).toMatchObject([
      { tradeId: undecided, answer: 'reject', times: 2 },
      { tradeId: decided, answer: 'approve', times: 2 },
    ]);
  });

  test('a question is not shown among the news', async () => {
    const tradeId = randomUUID();
    await post(url(), question(tradeId));
    await post(url(), question(tradeId, 'pending'), 'news-1');
    await post(url(), question(tradeId, 'pending'), 'news-1');
    const { data } = (await world().call('GET', `/sandbox/callbacks?trade=${tradeId}`)).body;
    expect(data).toMatchObject([{ deliveryId: 'news-1', status: 'pending', times: 2 }]);
  });

  test.each([[{ approvals: 'maybe' }], [{}], [{ approvals: 'approve', more: 1 }]])(
    'anything but approve, reject and silent is refused: %j',
    async (body) => {
      const answer = await world().call('POST', '/sandbox/shop', { body });
      expect(answer.body.error?.key).toBe('VALIDATION_FAILED');
    },
  );

  test('it refuses what is not genuine, and answers a test of its URL', async () => {
    const callbacks = `${url()}/shop/callbacks`;
    const headers = { 'content-type': 'application/json' };
    const forged = JSON.stringify(question(randomUUID(), 'pending'));
    const answers = await Promise.all([
      fetch(callbacks, { method: 'POST', headers, body: forged }),
      fetch(callbacks, {
        method: 'POST',
        headers: { ...headers, [SIGNATURE_HEADER]: sign({ secret: 'another', id: 'a', body: forged }) },
        body: forged,
      }),
      fetch(callbacks, { method: 'POST', headers, body: '{"test":true}' }),
    ]);
    expect(answers.map((answer) => answer.status)).toEqual([401, 401, 200]);
    expect(await answers[0]?.json()).toEqual({ refused: 'missing_header' });
    expect(await answers[1]?.json()).toEqual({ refused: 'wrong_signature' });
  });
});

describe('a demo shop of its own', () => {
  const folder = mkdtempSync(join(tmpdir(), 'skinrail-shop-'));
  const start = () => startMarketplace({ port: 0, file: join(folder, 'marketplace.db'), plugins: [shop] });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('takes nothing before it knows its secret, and remembers over a restart what I chose and what it decided', async () => {
    const before = await start();
    expect((await post(before.url, question('trade-1'))).status).toBe(503);
    await tell(before.url, '/shop/secret', secret);
    expect((await post(before.url, question('trade-1'))).body).toEqual({ action: 'approve' });
    expect(await tell(before.url, '/shop/approvals', 'reject')).toBe(200);
    expect(await tell(before.url, '/shop/approvals', 'perhaps')).toBe(400);
    await before.close();
    const after = await start();
    expect((await post(after.url, question('trade-1'))).body).toEqual({ action: 'approve' });
    expect((await post(after.url, question('trade-2'))).body).toMatchObject({ action: 'reject' });
    await after.close();
  });
});
