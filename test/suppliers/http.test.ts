// What stands between an adapter and the network: it never throws, never waits for ever and never tells a key.
import { describe, expect, test } from 'vitest';
import { exactDecimal, exactInteger, JsonClient } from '../../src/net/json-client.ts';
import { afterwards, deadAddress, serverThat } from './harness.ts';

function clientAt(baseUrl: string, timeoutMs = 10_000): JsonClient {
  const client = new JsonClient({ baseUrl, timeoutMs });
  afterwards(() => client.close());
  return client;
}

test('a call names its path below the base URL, its query and its body', async () => {
  const url = await serverThat(async (request, response) => {
    const body = await new Response(request).text();
    response.end(JSON.stringify({ method: request.method, url: request.url, body }));
  });
  const request = {
    method: 'POST',
    path: '/buy',
    query: new URLSearchParams([
      ['id', '1'],
      ['id', '2'],
    ]),
    body: { x: 1 },
  } as const;
  expect(await clientAt(`${url}/base/`).request(request)).toEqual({
    ok: true,
    status: 200,
    serverSeconds: expect.any(Number),
    json: { method: 'POST', url: '/base/buy?id=1&id=2', body: '{"x":1}' },
  });
});

test('every call carries the headers of its client', async () => {
  const url = await serverThat((request, response) => {
    response.end(JSON.stringify([request.headers.authorization, request.headers['content-type'] ?? null]));
  });
  const client = new JsonClient({ baseUrl: url, timeoutMs: 10_000, headers: { authorization: 'Bearer of-a-test' } });
  afterwards(() => client.close());
  const get = await client.request({ method: 'GET', path: '/' });
  const post = await client.request({ method: 'POST', path: '/', body: {} });
  expect([get, post]).toMatchObject([
    { json: ['Bearer of-a-test', null] },
    { json: ['Bearer of-a-test', 'application/json'] },
  ]);
});

test('integers that JavaScript cannot hold come as text with all their digits, and all other values as they are', async () => {
  const sent =
    '{"id":753955645187293184,"small":9007199254740991,"price":5.20,"list":[-9223372036854775808],"text":"1"}';
  const url = await serverThat((_, response) => response.end(sent));
  expect(await clientAt(url).request({ method: 'GET', path: '/' })).toMatchObject({
    json: {
      id: '753955645187293184',
      small: 9_007_199_254_740_991,
      price: 5.2,
      list: ['-9223372036854775808'],
      text: '1',
    },
  });
});

test('a request can name an integer of any length, and an amount as it is written', async () => {
  const url = await serverThat(async (request, response) => {
    response.end(JSON.stringify({ body: await new Response(request).text() }));
  });
  const body = { productId: exactInteger('753955645187293184'), maxPrice: exactDecimal('90071992547409.10') };
  expect(await clientAt(url).request({ method: 'POST', path: '/', body })).toMatchObject({
    json: { body: '{"productId":753955645187293184,"maxPrice":90071992547409.10}' },
  });
  for (const wrong of ['', '1.5', '-1', '007', '1}', 'NaN']) expect(() => exactInteger(wrong)).toThrow(RangeError);
  for (const wrong of ['', '1.', '.5', '-1', '1e3', '01.5', '1.5}'])
    expect(() => exactDecimal(wrong)).toThrow(RangeError);
});

test('a refusal in plain text keeps its status and its beginning', async () => {
  const url = await serverThat((_, response) => response.writeHead(403).end(`wrong api${' '.repeat(1000)}`));
  const answer = await clientAt(url).request({ method: 'GET', path: '/' });
  expect(answer).toMatchObject({ ok: false, status: 403, text: expect.stringMatching(/^wrong api {191}$/) });
});

test.each([
  ['2', 2000],
  ['0.25', 250],
  ['999999', 3_600_000],
  ['Wed, 21 Oct 2026 07:28:00 GMT', undefined],
  ['-1', undefined],
])('of an answer with Retry-After: %s it is told how long to wait', async (header, retryAfterMs) => {
  const url = await serverThat((_, response) => response.writeHead(429, { 'retry-after': header }).end('{}'));
  const answer = await clientAt(url).request({ method: 'GET', path: '/' });
  expect(answer).toEqual({
    ok: false,
    status: 429,
    cause: 'status 429',
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
});

test('a call may have more time than the others of its client', async () => {
  // The connection looks at its limits about once a second, so that a shorter delay would show nothing.
  const url = await serverThat((_, response) => void setTimeout(() => response.end('{}'), 2500));
  const client = clientAt(url, 100);
  expect(await client.request({ method: 'GET', path: '/', timeoutMs: 60_000 })).toMatchObject({ ok: true });
  expect(await client.request({ method: 'GET', path: '/' })).toMatchObject({ ok: false });
});

describe('an answer that is read as it comes', () => {
  const all = async (chunks: AsyncIterable<Buffer>) => {
    let text = '';
    for await (const chunk of chunks) text += chunk.toString();
    return text;
  };

  test('may be larger than any other', async () => {
    const url = await serverThat((_, response) => response.end('x'.repeat(5_000_000)));
    const answer = await clientAt(url).stream({ method: 'GET', path: '/' }, all);
    expect(answer).toEqual({ ok: true, value: 'x'.repeat(5_000_000) });
  });

  test('is none when it is cut, or when its status is no success', async () => {
    const cut = await serverThat((request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('half');
      setTimeout(() => request.socket.destroy(), 20);
    });
    expect(await clientAt(cut).stream({ method: 'GET', path: '/' }, all)).toMatchObject({ ok: false });
    const busy = await serverThat((_, response) => response.writeHead(503, { 'retry-after': '1' }).end('busy'));
    const answer = await clientAt(busy).stream({ method: 'GET', path: '/' }, all);
    expect(answer).toEqual({ ok: false, status: 503, cause: 'status 503', retryAfterMs: 1000 });
  });

  test('has a time limit of its own, which covers all of it', async () => {
    const url = await serverThat((_, response) => void response.write('half'));
    const answer = await clientAt(url).stream({ method: 'GET', path: '/', timeoutMs: 100 }, all);
    expect(answer).toEqual({ ok: false, cause: 'no answer within 100 ms' });
  });

  test('ends at once when its caller does not want it any more, and its connection with it', async () => {
    const closed = Promise.withResolvers<void>();
    const url = await serverThat((_, response) => {
      response.once('close', closed.resolve);
      response.write('half');
    });
    const abort = new AbortController();
    const answer = clientAt(url).stream({ method: 'GET', path: '/', signal: abort.signal }, async (chunks) => {
      for await (const _chunk of chunks) abort.abort();
    });
    expect(await answer).toEqual({ ok: false, cause: 'the caller has ended the call' });
    await closed.promise;
  });
});

test('a call that nobody wants any more is not sent', async () => {
  const url = await serverThat(() => expect.unreachable('it was sent'));
  const answer = await clientAt(url).request({ method: 'GET', path: '/', signal: AbortSignal.abort() });
  expect(answer).toEqual({ ok: false, cause: 'the caller has ended the call' });
});

test('a refusal below status 500 is an answer, since the marketplace itself has spoken', async () => {
  const url = await serverThat((_, response) => response.writeHead(403).end('{"success":false}'));
  expect(await clientAt(url).request({ method: 'GET', path: '/' })).toEqual({
    ok: true,
    status: 403,
    serverSeconds: expect.any(Number),
    json: { success: false },
  });
});

test('a body that stops half way counts as no answer once the time is up', async () => {
  const url = await serverThat((_, response) => void response.write('{"success":'));
  const answer = await clientAt(url, 100).request({ method: 'GET', path: '/' });
  expect(answer).toEqual({ ok: false, cause: 'no answer within 100 ms' });
});

test('a connection that is cut is a failed call', async () => {
  const url = await serverThat((request) => void request.socket.destroy());
  const answer = await clientAt(url).request({ method: 'GET', path: '/' });
  expect(answer).toEqual({ ok: false, cause: 'the connection failed (UND_ERR_SOCKET)' });
});

test('no cause shows a key, not even when nothing listens', async () => {
  const query = new URLSearchParams({ 'app-key': 'a-secret-key' });
  const answer = await clientAt(await deadAddress()).request({ method: 'GET', path: '/x', query });
  expect(answer).toMatchObject({ ok: false });
  expect(JSON.stringify(answer)).not.toContain('a-secret-key');
});

test('calls after closing fail like all others, without throwing', async () => {
  const url = await serverThat((_, response) => response.end('{}'));
  const client = new JsonClient({ baseUrl: url, timeoutMs: 1000 });
  await client.close();
  expect(await client.request({ method: 'GET', path: '/' })).toMatchObject({ ok: false });
});
