// What stands between an adapter and the network: it never throws, never waits for ever and never tells a key.
import { expect, test } from 'vitest';
import { JsonClient } from '../../src/net/json-client.ts';
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
    json: { method: 'POST', url: '/base/buy?id=1&id=2', body: '{"x":1}' },
  });
});

test('a refusal below status 500 is an answer, since the marketplace itself has spoken', async () => {
  const url = await serverThat((_, response) => response.writeHead(403).end('{"success":false}'));
  expect(await clientAt(url).request({ method: 'GET', path: '/' })).toEqual({
    ok: true,
    status: 403,
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
