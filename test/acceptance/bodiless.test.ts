import { request } from 'node:http';
import { expect, test } from 'vitest';
import { steamIdOf } from '../../src/core/steam.ts';
import type { Account } from '../support/client.ts';
import type { Merchant } from '../support/merchant.ts';
import { useWorld } from '../support/world.ts';

/** Many HTTP clients send a content type with every POST: where no body is needed, nothing of one is looked at. */

const world = useWorld();

type Headers = Record<string, string>;

const bodies: readonly [what: string, headers: Headers, body: string][] = [
  ['the JSON type and a length of 0', { 'content-type': 'application/json', 'content-length': '0' }, ''],
  ['the JSON type and no chunk', { 'content-type': 'application/json', 'transfer-encoding': 'chunked' }, ''],
  ['the JSON type and null', { 'content-type': 'application/json' }, 'null'],
  ['the JSON type and an object', { 'content-type': 'application/json' }, '{"tradeId":"x"}'],
  ['the JSON type and no JSON', { 'content-type': 'application/json' }, '{broken'],
  ['the JSON type, compressed', { 'content-type': 'application/json', 'content-encoding': 'gzip' }, 'x'],
  ['another charset', { 'content-type': 'application/json; charset=iso-8859-1' }, '"\xe9"'],
  ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 'a=b'],
  ['text', { 'content-type': 'text/plain' }, 'hello'],
  ['an empty type', { 'content-type': '' }, ''],
  ['what is no type', { 'content-type': 'json' }, '{}'],
  ['no type and a body', {}, '{}'],
  ['no type and no chunk', { 'transfer-encoding': 'chunked' }, ''],
  ['more than any body may have', { 'content-type': 'application/json' }, 'x'.repeat(300_000)],
];

interface Document {
  readonly paths: Record<string, { readonly post?: { readonly requestBody?: unknown } }>;
}

test('every POST that needs no body answers the same whatever body is sent', async () => {
  const merchant = await world().merchant();
  const trade = await merchant.buys([world().testListing('never-ships')]);
  await world().until(() => merchant.callbacksOf(trade.id).length > 0, 'a callback came');
  const { body } = await merchant.call('GET', '/v1/callbacks/deliveries');
  const names: Record<string, string> = {
    tradeId: trade.id,
    itemId: trade.items[0]?.id ?? '',
    deliveryId: body.data.items[0].id,
  };
  const document = (await (await fetch(`${world().baseUrl}/openapi.json`)).json()) as Document; // the gateway's own
  const paths = Object.keys(document.paths).filter((path) => {
    const post = document.paths[path]?.post;
    return post && !post.requestBody;
  });
  expect(paths).toContain('/v1/callbacks/url/enable');
  expect(paths).toHaveLength(7);

  // Each time as another client: one may not call as often as this.
  const headersOf = (caller: Merchant) => (n: number) => ({
    'api-key': caller.apiKey,
    authorization: `Bearer ${caller.client(accountOf(n)).token}`,
  });
  for (const path of paths) {
    // It shares its limit with the route that switches the URL on.
    const headers = headersOf(path === '/v1/callbacks/test' ? await world().merchant() : merchant);
    const url = world().baseUrl + path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => names[name] ?? name);
    const bare = await post(url, headers(0), '');
    expect([path, bare.status]).not.toEqual([path, 415]);
    for (const [n, [what, more, text]] of bodies.entries()) {
      expect([path, what, await post(url, { ...headers(n + 1), ...more }, text)]).toEqual([path, what, bare]);
    }
  }
  await world().settles();
});

function accountOf(partner: number): Account {
  const tradeUrl = `https://steamcommunity.com/tradeoffer/new/?partner=${partner + 1}&token=AbCdEf12`;
  return { steamId: steamIdOf(tradeUrl), tradeUrl };
}

/** Below `fetch`, which sends no odd headers. */
function post(url: string, headers: Headers, body: string): Promise<{ status: number; key?: string }> {
  return new Promise((resolve, reject) => {
    const call = request(url, { method: 'POST', headers }, (answer) => {
      let text = '';
      answer.on('data', (chunk) => {
        text += chunk;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, key: JSON.parse(text).error?.key }));
    });
    call.on('error', reject);
    call.end(Buffer.from(body, 'latin1'));
  });
}
