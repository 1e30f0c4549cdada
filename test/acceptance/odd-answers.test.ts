import type { Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { saveCallbackUrl } from '../../src/callbacks/endpoint.ts';
import type { Merchant } from '../support/merchant.ts';
import { type RawAnswer, RawReceiver, whole } from '../support/raw-receiver.ts';
import { useOwnWorld } from '../support/world.ts';

/** Answers of merchants' servers as no HTTP library would write them. */

const world = useOwnWorld({ APPROVAL_TIMEOUT_MS: '900', CALLBACK_TIMEOUT_MS: '5000' });

let server: RawReceiver;
beforeAll(async () => {
  server = await RawReceiver.start();
});
afterAll(() => server.stop());
beforeEach(() => {
  server.requests.length = 0;
});

const approve = whole('{"action":"approve"}');
const head = (...lines: string[]) => `${lines.join('\r\n')}\r\n\r\n`;

async function merchantAt(answer: RawAnswer): Promise<Merchant> {
  const merchant = await world().merchant();
  server.answer = answer;
  await saveCallbackUrl(world().gateway.deps, merchant.id, server.url);
  return merchant;
}

async function buysOne(merchant: Merchant): Promise<string> {
  const { body } = await merchant.asksToBuy([world().testListing('never-ships')]);
  expect(body.error).toBeUndefined();
  return body.data.id;
}

function callbackOf(tradeId: string) {
  return world()
    .gateway.deps.db.selectFrom('callback')
    .innerJoin('callback_attempt', 'callback_attempt.callback_id', 'callback.id')
    .select(['callback.state', 'status', 'failure', 'callback.attempts'])
    .where('callback.trade_id', '=', tradeId)
    .executeTakeFirst();
}

function approvalOf(tradeId: string) {
  return world()
    .gateway.deps.db.selectFrom('approval')
    .select(['state', 'failures', 'reason'])
    .where('trade_id', '=', tradeId)
    .executeTakeFirstOrThrow();
}

const manyHeaders = Array.from({ length: 500 }, (_, n) => `x-policy-${n}: ${'p'.repeat(200)}`);

/** Each says 200, in its own way. */
const ways: [string, (socket: Socket) => void][] = [
  ['has a body that never ends', (socket) => socket.write(`${head('HTTP/1.1 200 OK', 'content-length: 100')}thanks`)],
  [
    'has chunks that never end',
    (socket) => socket.write(`${head('HTTP/1.1 200 OK', 'transfer-encoding: chunked')}5\r\nthank\r\n`),
  ],
  [
    'has a body that is shorter than it says',
    (socket) => socket.end(`${head('HTTP/1.1 200 OK', 'content-length: 100')}ok`),
  ],
  [
    'has a body that is longer than it says',
    (socket) => socket.end(`${head('HTTP/1.1 200 OK', 'content-length: 2')}ok, thank you`),
  ],
  [
    'has chunks that are wrong',
    (socket) => socket.end(`${head('HTTP/1.1 200 OK', 'transfer-encoding: chunked')}zz\r\nok\r\n`),
  ],
  [
    'has chunks that are cut',
    (socket) => socket.end(`${head('HTTP/1.1 200 OK', 'transfer-encoding: chunked')}5\r\nth`),
  ],
  [
    'is reset after its headers',
    (socket) => socket.write(head('HTTP/1.1 200 OK', 'content-length: 100'), () => socket.resetAndDestroy()),
  ],
  ['is closed after its headers', (socket) => socket.end(head('HTTP/1.1 200 OK', 'content-length: 100'))],
  ['has no length', (socket) => socket.end(`${head('HTTP/1.1 200 OK')}ok`)],
  ['is of HTTP/1.0', (socket) => socket.end(head('HTTP/1.0 200 OK', 'server: old'))],
  ['has 100 kB of headers', (socket) => socket.write(head('HTTP/1.1 200 OK', ...manyHeaders, 'content-length: 0'))],
  ['is a 204 with a body', (socket) => socket.write(`${head('HTTP/1.1 204 No Content', 'content-length: 2')}ok`)],
  [
    'has trailers',
    (socket) =>
      socket.write(
        `${head('HTTP/1.1 200 OK', 'transfer-encoding: chunked', 'trailer: x-a')}2\r\nok\r\n0\r\nx-a: b\r\n\r\n`,
      ),
  ],
  [
    'comes after 100 Continue',
    (socket) => socket.write(head('HTTP/1.1 100 Continue') + head('HTTP/1.1 200 OK', 'content-length: 0')),
  ],
  [
    'comes after 102 Processing, twice',
    (socket) => socket.write(head('HTTP/1.1 102 Processing').repeat(2) + head('HTTP/1.1 200 OK', 'content-length: 0')),
  ],
  [
    'comes after 103 Early Hints and 100 Continue',
    (socket) =>
      socket.write(
        head('HTTP/1.1 103 Early Hints', 'link: </a.css>; rel=preload') +
          head('HTTP/1.1 100 Continue') +
          head('HTTP/1.1 200 OK', 'content-length: 0'),
      ),
  ],
  ['is compressed, but is not', (socket) => socket.write(whole('ok', 'content-encoding: gzip\r\n'))],
  [
    'keeps the connection and goes on talking',
    (socket) => socket.write(Buffer.concat([whole('ok'), Buffer.from('\r\nbye\r\n')])),
  ],
  [
    'promises to keep the connection and closes it',
    (socket) => socket.end(head('HTTP/1.1 200 OK', 'connection: keep-alive', 'content-length: 0')),
  ],
];

describe('a callback is taken by the status of an answer that', () => {
  test.each(ways)('%s', async (_what, answer) => {
    const merchant = await merchantAt((socket, request) =>
      request.isQuestion ? socket.write(approve) : answer(socket),
    );
    const tradeId = await buysOne(merchant);
    await world().until(async () => (await callbackOf(tradeId)) !== undefined, 'the first attempt');
    expect(await callbackOf(tradeId)).toEqual({
      state: 'delivered',
      status: expect.toSatisfy((status: number) => status === 200 || status === 204),
      failure: null,
      attempts: 1,
    });
  });

  test('says nothing, and is not taken then', async () => {
    const merchant = await merchantAt((socket, request) =>
      request.isQuestion ? socket.write(approve) : socket.end(head('HTTP/1.1 100 Continue')),
    );
    const tradeId = await buysOne(merchant);
    await world().until(async () => (await callbackOf(tradeId)) !== undefined, 'the first attempt');
    expect(await callbackOf(tradeId)).toMatchObject({ state: 'pending', status: null });
    server.answer = (socket) => socket.write(approve);
    await world().passes('10s');
    expect(await callbackOf(tradeId)).toMatchObject({ state: 'delivered' });
  });

  test('answers 410 with a body that never ends, which switches callbacks off', async () => {
    const merchant = await merchantAt((socket, request) =>
      socket.write(request.isQuestion ? approve : head('HTTP/1.1 410 Gone', 'content-length: 100')),
    );
    const tradeId = await buysOne(merchant);
    await world().until(async () => (await callbackOf(tradeId)) !== undefined, 'the first attempt');
    await world().settles();
    const { body } = await merchant.call('GET', '/v1/callbacks/url');
    expect(body.data).toMatchObject({ enabled: false, disabledReason: 'it answered 410 Gone' });
  });
});

describe('an approval needs its whole answer', () => {
  const yes = '{"action":"approve"}';
  test.each<[string, (socket: Socket) => void, string]>([
    [
      'is shorter than it says',
      (socket) => socket.end(`${head('HTTP/1.1 200 OK', 'content-length: 100')}${yes}`),
      'did not come whole',
    ],
    [
      'is longer than it says',
      (socket) => socket.end(`${head('HTTP/1.1 200 OK', 'content-length: 20')}${yes}{"action":"reject"}`),
      'did not come whole',
    ],
    ['never ends', (socket) => socket.write(`${head('HTTP/1.1 200 OK', 'content-length: 100')}${yes}`), 'timeout'],
    [
      'has chunks without an end',
      (socket) => socket.end(`${head('HTTP/1.1 200 OK', 'transfer-encoding: chunked')}14\r\n${yes}\r\n`),
      'did not come whole',
    ],
    [
      'is reset',
      (socket) =>
        socket.write(`${head('HTTP/1.1 200 OK', 'content-length: 100')}${yes}`, () => socket.resetAndDestroy()),
      'did not come whole',
    ],
    ['is closed before it begins', (socket) => socket.end(head('HTTP/1.1 200 OK', 'content-length: 100')), 'whole'],
  ])('one that %s is no answer, and is asked for again', async (_what, answer, cause) => {
    const merchant = await merchantAt((socket) => answer(socket));
    const tradeId = await buysOne(merchant);
    await world().until(async () => (await approvalOf(tradeId)).failures === 1, 'the first failure');
    expect(await approvalOf(tradeId)).toEqual({ state: 'asking', failures: 1, reason: expect.stringContaining(cause) });
    server.answer = (socket) => socket.write(approve);
    await world().passes('5s');
    expect(await approvalOf(tradeId)).toMatchObject({ state: 'approved' });
    expect((await merchant.trade(tradeId)).status).toBe('pending');
  });

  test.each<[string, string]>([
    [
      'after 100 Continue',
      head('HTTP/1.1 100 Continue') + head('HTTP/1.1 200 OK', `content-length: ${yes.length}`) + yes,
    ],
    ['of HTTP/1.0, which ends with the connection', `${head('HTTP/1.0 200 OK')}${yes}`],
    [
      'in chunks',
      `${head('HTTP/1.1 200 OK', 'transfer-encoding: chunked')}a\r\n${yes.slice(0, 10)}\r\na\r\n${yes.slice(10)}\r\n0\r\n\r\n`,
    ],
    ['of HTTP/1.0 that is empty', head('HTTP/1.0 200 OK')],
  ])('one %s is whole', async (_what, answer) => {
    const merchant = await merchantAt((socket) => socket.end(answer));
    const tradeId = await buysOne(merchant);
    await world().settles();
    expect(await approvalOf(tradeId)).toEqual({ state: 'approved', failures: 0, reason: null });
    expect((await merchant.trade(tradeId)).status).toBe('pending');
  });

  test('4xx is a no by its status, whatever becomes of its body', async () => {
    const merchant = await merchantAt((socket) => socket.write(head('HTTP/1.1 403 Forbidden', 'content-length: 100')));
    const tradeId = await buysOne(merchant);
    await world().until(async () => (await approvalOf(tradeId)).state !== 'asking', 'the decision');
    expect(await approvalOf(tradeId)).toEqual({ state: 'rejected', failures: 0, reason: 'answered 403' });
  });

  test('it is never what a server still had to say about something else', async () => {
    const extra = head('HTTP/1.1 200 OK', 'content-length: 0');
    // Each answer to a callback is followed by a second 200, which waits on the connection for whoever asks next.
    const merchant = await merchantAt((socket, { isQuestion }) => {
      if (isQuestion) return socket.write(whole('{"action":"reject"}'));
      return socket.write(extra, () => setImmediate(() => socket.write(extra)));
    });
    for (let n = 0; n < 5; n++) {
      const tradeId = await buysOne(merchant);
      await world().settles();
      expect(await approvalOf(tradeId)).toMatchObject({ state: 'rejected' });
    }
    const heads = server.requests.filter((request) => request.isQuestion).map((request) => request.head.toLowerCase());
    expect(heads).toHaveLength(5);
    for (const each of heads) expect(each).toContain('connection: close');
  });

  test('it is asked for in a form that can be read: as JSON, and not compressed', async () => {
    const merchant = await merchantAt((socket) => socket.write(approve));
    await buysOne(merchant);
    await world().settles();
    const [question] = server.requests;
    expect(question?.head.toLowerCase()).toContain('\r\naccept-encoding: identity');
    expect(question?.head.toLowerCase()).toContain('\r\naccept: application/json');
  });
});

test('a connection that is closed just when it is used again costs no attempt', async () => {
  let cut = 0;
  const used = new WeakSet<Socket>();
  const merchant = await merchantAt((socket, { isQuestion }) => {
    if (isQuestion) return socket.write(approve);
    if (!used.has(socket)) return used.add(socket) && socket.write(whole('ok'));
    cut++;
    return socket.resetAndDestroy();
  });
  for (let n = 0; n < 3; n++) {
    const tradeId = await buysOne(merchant);
    await world().until(async () => (await callbackOf(tradeId)) !== undefined, 'the attempt');
    expect(await callbackOf(tradeId)).toMatchObject({ state: 'delivered', attempts: 1 });
  }
  expect(cut).toBeGreaterThan(0);
});

test('callbacks share a connection as long as their answers are well formed', async () => {
  const merchant = await merchantAt((socket, { isQuestion }) => socket.write(isQuestion ? approve : whole('ok')));
  const before = server.connections;
  for (let n = 0; n < 4; n++) {
    await buysOne(merchant);
    await world().settles();
  }
  const callbacks = server.requests.filter((request) => !request.isQuestion).length;
  const questions = server.requests.length - callbacks;
  expect(callbacks).toBe(4);
  expect(server.connections - before).toBeLessThan(questions + callbacks);
});
